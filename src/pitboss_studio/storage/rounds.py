"""Rounds: written whole when drawn, then only moved from state to state, each move guarded by the state before."""

import json
import sqlite3
from dataclasses import dataclass
from decimal import Decimal

from pitboss_studio.clock import now_ms
from pitboss_studio.games.game import Json, Outcome, Stake, Step
from pitboss_studio.money import add, plain
from pitboss_studio.storage.grants import Promotion
from pitboss_studio.storage.seeds import Seed
from pitboss_studio.storage.sessions import Session

OPEN_STATES = ("bet_sent", "bet_ok", "win_sent", "canceling")
"""States that something must still be done about. Final ones: settled, bet_refused, canceled, and, loudly logged
because the operator refused for good what is owed, win_refused and cancel_refused."""


@dataclass(frozen=True)
class Round:
    """One game round. `shown` of its `step_count` steps have been shown; `win` is what all of them win together.

    `promotion` is None where the player pays the stake.
    """

    id: int
    session_id: str
    player_id: int
    game_id: int
    spin_id: str
    state: str
    currency: str
    stake: Decimal
    selection: Json
    nonce: int
    seed_id: int
    steps: tuple[Json, ...]
    shown: int
    win: Decimal
    bet_transaction: int
    win_transaction: int
    balance_after_bet: str | None
    balance_after: str | None
    code: str | None
    created_at: int
    promotion: Promotion | None

    @property
    def is_open(self) -> bool:
        """Whether something must still be done about it."""
        return self.state in OPEN_STATES

    @property
    def shown_win(self) -> Decimal:
        """What the steps shown so far have won."""
        total = Decimal(0)
        for step in self.steps[: self.shown]:
            total = add(total, Decimal(str(step["win"])))
        return total


def insert_round(
    db: sqlite3.Connection,
    session: Session,
    spin_id: str,
    stake: Stake,
    seed: Seed,
    outcome: Outcome,
    ids: tuple[int, int, int],
    promotion: Promotion | None = None,
) -> Round:
    """Store a drawn round in state `bet_sent`. `ids`: of the round, its bet and its win."""
    round_id, bet_transaction, win_transaction = ids
    campaign = (promotion.campaign_code, promotion.total, promotion.left) if promotion else (None, None, None)
    win = Decimal(0)
    for step in outcome.steps:
        win = add(win, step.win)
    steps = [{"view": step.view, "win": plain(step.win)} for step in outcome.steps]
    now = now_ms()
    values = (
        round_id, session.id, session.player.id, session.game_id, spin_id, "bet_sent", session.player.currency,
        plain(stake.amount), json.dumps(stake.selection), seed.id, seed.next_nonce,
        json.dumps(steps, separators=(",", ":")), len(steps), 0, plain(win), bet_transaction, win_transaction, now, now,
        *campaign,
    )  # fmt: skip
    db.execute(
        """INSERT INTO rounds (id, session_id, player_id, game_id, spin_id, state, currency, stake, selection, seed_id,
               nonce, steps, step_count, shown, win, bet_transaction, win_transaction, created_at, updated_at,
               campaign_code, campaign_total, campaign_left)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        values,
    )
    return load_round(db, round_id)


def load_round(db: sqlite3.Connection, round_id: int) -> Round:
    """The round of this id, which must exist."""
    found = find_round(db, round_id)
    if found is None:
        raise LookupError(f"no round {round_id}")
    return found


def find_round(db: sqlite3.Connection, round_id: int) -> Round | None:
    """The round of this id."""
    return _one(db.execute("SELECT * FROM rounds WHERE id = ?", (round_id,)))


def find_spin(db: sqlite3.Connection, session_id: str, spin_id: str) -> Round | None:
    """The round the page asked for under this spin id."""
    return _one(db.execute("SELECT * FROM rounds WHERE session_id = ? AND spin_id = ?", (session_id, spin_id)))


def find_transaction(db: sqlite3.Connection, transaction_id: int) -> Round | None:
    """The round a bet or win belongs to."""
    return _one(
        db.execute(
            "SELECT * FROM rounds WHERE bet_transaction = ?1 UNION SELECT * FROM rounds WHERE win_transaction = ?1",
            (transaction_id,),
        )
    )


def open_round(db: sqlite3.Connection, player_id: int, game_id: int) -> Round | None:
    """The player's unfinished round of this game, whichever session began it."""
    return _one(
        db.execute("SELECT * FROM rounds WHERE player_id = ? AND game_id = ? AND unfinished", (player_id, game_id))
    )


def history(db: sqlite3.Connection, player_id: int, game_id: int, before: int | None, limit: int) -> list[Round]:
    """The player's rounds, newest first, those with smaller ids than `before`."""
    rows = db.execute(
        "SELECT * FROM rounds WHERE player_id = ? AND game_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
        (player_id, game_id, before if before is not None else (1 << 63) - 1, limit),
    )
    return [_round(row) for row in rows]


def move(db: sqlite3.Connection, round_id: int, before: str, after: str, **columns: object) -> bool:
    """Move a round from one state to another and set columns; False, and no change, when it was not in `before`."""
    allowed = {"shown", "balance_after_bet", "balance_after", "code"}
    if not set(columns) <= allowed:
        raise ValueError(f"only {sorted(allowed)} change with a state")
    sets = "".join(f", {name} = ?" for name in columns)
    changed = db.execute(
        f"UPDATE rounds SET state = ?, updated_at = ?{sets} WHERE id = ? AND state = ?",  # noqa: S608 - names from the list above
        (after, now_ms(), *columns.values(), round_id, before),
    )
    return changed.rowcount == 1


def decide(db: sqlite3.Connection, round_id: int, last: Step) -> None:
    """A live round is over: its one step becomes what happened, and its win is known."""
    step = {"view": last.view, "win": plain(last.win)}
    db.execute(
        "UPDATE rounds SET steps = ?, win = ?, updated_at = ? WHERE id = ? AND state = 'bet_ok'",
        (json.dumps([step], separators=(",", ":")), plain(last.win), now_ms(), round_id),
    )


def left_open_since(db: sqlite3.Connection, before: int, limit: int) -> list[Round]:
    """Rounds whose player has not asked for the next step since then. Live ones end by their own clock."""
    rows = db.execute(
        """SELECT * FROM rounds WHERE state = 'bet_ok' AND updated_at < ?
           AND id NOT IN (SELECT round_id FROM live_rounds) ORDER BY updated_at LIMIT ?""",
        (before, limit),
    )
    return [_round(row) for row in rows]


def _one(cursor: sqlite3.Cursor) -> Round | None:
    row = cursor.fetchone()
    return _round(row) if row else None


def _round(row: sqlite3.Row) -> Round:
    return Round(
        id=row["id"],
        session_id=row["session_id"],
        player_id=row["player_id"],
        game_id=row["game_id"],
        spin_id=row["spin_id"],
        state=row["state"],
        currency=row["currency"],
        stake=Decimal(row["stake"]),
        selection=json.loads(row["selection"]),
        nonce=row["nonce"],
        seed_id=row["seed_id"],
        steps=tuple(json.loads(row["steps"])),
        shown=row["shown"],
        win=Decimal(row["win"]),
        bet_transaction=row["bet_transaction"],
        win_transaction=row["win_transaction"],
        balance_after_bet=row["balance_after_bet"],
        balance_after=row["balance_after"],
        code=row["code"],
        created_at=row["created_at"],
        promotion=Promotion(row["campaign_code"], row["campaign_total"], row["campaign_left"])
        if row["campaign_code"] is not None
        else None,
    )
