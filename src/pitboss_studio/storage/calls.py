"""Wallet calls as they were composed: kept before they are sent, so that a retry has the same bytes."""

import sqlite3
from dataclasses import dataclass

from pitboss_studio.clock import now_ms

COMMANDS = {"BET": "changebalance", "WIN": "changebalance", "CANCEL": "cancel", "CONFIRM": "cancel"}


@dataclass(frozen=True)
class Call:
    """One command of a round. `kind` CONFIRM is a second cancel, for a bet that may land behind the first."""

    id: int
    round_id: int
    kind: str
    body: bytes
    attempts: int
    created_at: int
    last_answer: str | None

    @property
    def command(self) -> str:
        """The wallet command it is sent as."""
        return COMMANDS[self.kind]


def journal(db: sqlite3.Connection, round_id: int, kind: str, body: bytes, due_at: int) -> None:
    """Keep a call to be sent. `due_at` is when recovery may send it if nobody else has."""
    db.execute(
        "INSERT INTO calls (round_id, kind, body, state, due_at, created_at) VALUES (?, ?, ?, 'pending', ?, ?)",
        (round_id, kind, body, due_at, now_ms()),
    )


def pending_call(db: sqlite3.Connection, round_id: int, kind: str) -> Call | None:
    """The round's call of this kind while it waits for its answer."""
    row = db.execute(
        "SELECT * FROM calls WHERE round_id = ? AND kind = ? AND state = 'pending'", (round_id, kind)
    ).fetchone()
    return _call(row) if row else None


def is_pending(db: sqlite3.Connection, call: Call) -> bool:
    """Whether the call still waits: a second answer to it changes nothing."""
    return bool(db.execute("SELECT 1 FROM calls WHERE id = ? AND state = 'pending'", (call.id,)).fetchone())


def due_calls(db: sqlite3.Connection, now: int, limit: int) -> list[Call]:
    """What waits and is due, oldest due first."""
    rows = db.execute(
        "SELECT * FROM calls WHERE state = 'pending' AND due_at <= ? ORDER BY due_at LIMIT ?", (now, limit)
    )
    return [_call(row) for row in rows]


def finish(db: sqlite3.Connection, call: Call, state: str, answer: str) -> None:
    """The call has its final answer: `done`, or `refused` for good."""
    db.execute(
        "UPDATE calls SET state = ?, attempts = attempts + 1, last_answer = ? WHERE id = ?", (state, answer, call.id)
    )


def postpone(db: sqlite3.Connection, call: Call, due_at: int, answer: str) -> None:
    """No final answer: try again then."""
    db.execute(
        "UPDATE calls SET attempts = attempts + 1, due_at = ?, last_answer = ? WHERE id = ?",
        (due_at, answer, call.id),
    )


def all_due_now(db: sqlite3.Connection) -> None:
    """After a start: whatever waits was left by the process before us, so nobody else is sending it."""
    db.execute("UPDATE calls SET due_at = 0 WHERE state = 'pending'")


def _call(row: sqlite3.Row) -> Call:
    return Call(
        row["id"], row["round_id"], row["kind"], row["body"], row["attempts"], row["created_at"], row["last_answer"]
    )
