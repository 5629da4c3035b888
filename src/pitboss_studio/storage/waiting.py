"""What is not finished, told from outside the running studio: reads its file and changes nothing."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

_UNFINISHED = """
    SELECT r.id AS round_id, coalesce(c.kind, 'PLAY') AS what, r.state, coalesce(c.created_at, r.updated_at) AS since,
        coalesce(c.attempts, 0) AS attempts, c.last_answer, r.game_id, r.currency, r.stake, r.win, p.user_id
    FROM rounds r JOIN players p ON p.id = r.player_id
    LEFT JOIN calls c ON c.round_id = r.id AND c.state = 'pending'
    WHERE r.unfinished OR c.id IS NOT NULL
    ORDER BY since, r.id
"""


@dataclass(frozen=True)
class Waiting:
    """A round that is not finished, and the call it waits for: BET, WIN, CANCEL, CONFIRM (a second cancel), or PLAY where it is
    the player's turn. `since` is UNIX ms; `win` is None until it is owed, so that nothing is told before it is shown."""

    round_id: int
    what: str
    state: str
    since: int
    attempts: int
    last_answer: str | None
    user_id: str
    game_id: int
    currency: str
    stake: str
    win: str | None


def unfinished(path: Path) -> list[Waiting]:
    """Everything that waits, longest first. Raises sqlite3.Error when the file is not there or is none of ours."""
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
    try:
        db.row_factory = sqlite3.Row
        return [_waiting(row) for row in db.execute(_UNFINISHED)]
    finally:
        db.close()


def _waiting(row: sqlite3.Row) -> Waiting:
    owed = row["what"] == "WIN"
    return Waiting(
        row["round_id"],
        row["what"],
        row["state"],
        row["since"],
        row["attempts"],
        row["last_answer"],
        row["user_id"],
        row["game_id"],
        row["currency"],
        row["stake"],
        row["win"] if owed else None,
    )
