"""Server seeds of a session: the one in use, the one that comes next, and those already revealed."""

import sqlite3
from dataclasses import dataclass

from pitboss_studio import fairness


@dataclass(frozen=True)
class Seed:
    """A server seed with what it is mixed with. `next_nonce` counts the rounds drawn from it."""

    id: int
    server_seed: str
    client_seed: str
    next_nonce: int
    state: str

    @property
    def commitment(self) -> str:
        """SHA-256 of the server seed, shown before it is used."""
        return fairness.commitment(self.server_seed)

    def __repr__(self) -> str:
        return f"Seed({self.commitment[:12]}…, {self.state})"


def plant(db: sqlite3.Connection, session_id: str) -> None:
    """Give a new session its active seed and the next one; no effect where there are any."""
    if not db.execute("SELECT 1 FROM seeds WHERE session_id = ?", (session_id,)).fetchone():
        _insert(db, session_id, "active")
        _insert(db, session_id, "next")


def live_seed(db: sqlite3.Connection, session_id: str, state: str = "active") -> Seed:
    """The session's active seed, or the `next` one."""
    row = db.execute("SELECT * FROM seeds WHERE session_id = ? AND state = ?", (session_id, state)).fetchone()
    return _seed(row)


def seed_by_id(db: sqlite3.Connection, seed_id: int) -> Seed:
    """The seed of this id, which must exist."""
    return _seed(db.execute("SELECT * FROM seeds WHERE id = ?", (seed_id,)).fetchone())


def take_nonce(db: sqlite3.Connection, session_id: str) -> Seed:
    """The active seed as it is before this round; its nonce is used up."""
    seed = live_seed(db, session_id)
    db.execute("UPDATE seeds SET next_nonce = next_nonce + 1 WHERE id = ?", (seed.id,))
    return seed


def rotate(db: sqlite3.Connection, session_id: str, client_seed: str) -> Seed:
    """Reveal the active seed and put the next one in its place with this client seed; returns the revealed one.

    The caller makes sure that no open round was drawn from it.
    """
    old = live_seed(db, session_id)
    db.execute("UPDATE seeds SET state = 'revealed' WHERE id = ?", (old.id,))
    db.execute(
        "UPDATE seeds SET state = 'active', client_seed = ? WHERE session_id = ? AND state = 'next'",
        (client_seed, session_id),
    )
    _insert(db, session_id, "next")
    return old


def reveal_idle(db: sqlite3.Connection, session_ids: list[str]) -> None:
    """A new launch: the seeds of the player's earlier sessions are revealed, so that their rounds can be verified.

    A session that is still open in another tab goes on with its next seed, whose commitment that tab has shown.
    """
    for session_id in session_ids:
        seed = live_seed(db, session_id)
        if seed.next_nonce and not in_use(db, seed.id):
            rotate(db, session_id, seed.client_seed)


def in_use(db: sqlite3.Connection, seed_id: int) -> bool:
    """Whether a round drawn from this seed is unfinished, so that revealing it would tell the future."""
    return bool(db.execute("SELECT 1 FROM rounds WHERE seed_id = ? AND unfinished", (seed_id,)).fetchone())


def _insert(db: sqlite3.Connection, session_id: str, state: str) -> None:
    db.execute(
        "INSERT INTO seeds (session_id, server_seed, client_seed, state) VALUES (?, ?, ?, ?)",
        (session_id, fairness.new_server_seed(), fairness.new_client_seed(), state),
    )


def _seed(row: sqlite3.Row) -> Seed:
    return Seed(row["id"], row["server_seed"], row["client_seed"], row["next_nonce"], row["state"])
