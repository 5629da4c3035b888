"""Live rounds: what was drawn for them and stays secret, and when they began."""

import json
import sqlite3
from dataclasses import dataclass, field

from pitboss_studio.games.game import Json


@dataclass(frozen=True)
class Live:
    """A live round's clock and secret. `started_at` is None until its bet is accepted (UNIX ms)."""

    round_id: int
    secret: Json = field(repr=False)
    lasts_ms: int
    started_at: int | None

    @property
    def ends_at(self) -> int | None:
        """When it is over if nobody touches it (UNIX ms)."""
        return self.started_at + self.lasts_ms if self.started_at is not None else None


def insert(db: sqlite3.Connection, round_id: int, secret: Json, lasts_ms: int) -> None:
    """Keep what was drawn, before the bet is sent."""
    db.execute(
        "INSERT INTO live_rounds (round_id, secret, lasts_ms) VALUES (?, ?, ?)",
        (round_id, json.dumps(secret), lasts_ms),
    )


def start(db: sqlite3.Connection, round_id: int, now: int) -> bool:
    """Its bet is accepted: the clock runs from now. False when the round is not a live one."""
    changed = db.execute(
        "UPDATE live_rounds SET started_at = coalesce(started_at, ?) WHERE round_id = ?", (now, round_id)
    )
    return changed.rowcount == 1


def find(db: sqlite3.Connection, round_id: int) -> Live | None:
    """The live round of this id."""
    row = db.execute("SELECT * FROM live_rounds WHERE round_id = ?", (round_id,)).fetchone()
    return Live(row["round_id"], json.loads(row["secret"]), row["lasts_ms"], row["started_at"]) if row else None


def over_by(db: sqlite3.Connection, now: int, limit: int) -> list[int]:
    """Ids of rounds that are still open though their time is up."""
    rows = db.execute(
        """SELECT r.id FROM rounds r JOIN live_rounds l ON l.round_id = r.id
           WHERE r.state = 'bet_ok' AND l.started_at + l.lasts_ms <= ? LIMIT ?""",
        (now, limit),
    )
    return [row["id"] for row in rows]
