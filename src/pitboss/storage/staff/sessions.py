"""Who is signed in at the back office. A browser holds a token of 256 random bits, the database its hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pitboss.domain.staff.rights import RIGHTS, Right, Role
from pitboss.domain.staff.sign_in import IDLE_FOR, SIGNED_IN_FOR, wait_after
from pitboss.storage.audit import act
from pitboss.storage.database import Connection
from pitboss.storage.staff.passwords import is_password

_SEEN_EVERY = timedelta(minutes=1)
_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in. `agent_id`: sees that agent and those under it; None sees all."""

    username: str
    role: Role
    agent_id: int | None
    token_hash: bytes

    def may(self, right: Right) -> bool:
        """Whether the role has this right. Who is bound to an agent looks after no staff: it would make people who see more."""
        return right in RIGHTS[self.role] and (right is not Right.STAFF or self.agent_id is None)

    @property
    def actor(self) -> str:
        """How the audit names this person."""
        return f"staff:{self.username}"


async def sign_in(conn: Connection, username: str, password: str, address: str, now: datetime) -> str | None:
    """A new session's token; None where name and password do not belong together, or too many were tried. `address`: whence."""
    if "\x00" in username:
        return None
    kept = await _count_guess(conn, username, now)
    if not await is_password(password, kept):
        return None
    token = secrets.token_urlsafe(32)
    async with act(conn, f"staff:{username}", now, reload=False) as under_way:
        # Whoever was shut out, or given another password, while the hash was compared does not come in.
        still = await conn.fetchval(
            "UPDATE staff SET wrong_guesses = 0, locked_until = NULL, last_sign_in = $3"
            " WHERE username = $1 AND password_hash = $2 AND active RETURNING true",
            username,
            kept,
            now,
        )
        if not still:
            return None
        await conn.execute(
            "INSERT INTO staff_session (token_hash, username, address, created_at, seen_at) VALUES ($1, $2, $3, $4, $4)",
            _hash(token), username, address, now,
        )  # fmt: skip
        # The audit remembers them for good.
        await conn.execute("DELETE FROM staff_session WHERE created_at < $1", now - _KEPT)
        await under_way.record("staff.sign_in", username, {"address": address})
    return token


async def _count_guess(conn: Connection, username: str, now: datetime) -> str | None:
    """The hash to compare with, None where nobody may come in. Counted before it is compared: many at once are many guesses."""
    async with conn.transaction():
        row = await conn.fetchrow(
            "SELECT password_hash, active, wrong_guesses, locked_until FROM staff WHERE username = $1 FOR UPDATE",
            username,
        )
        if row is None or not row["active"] or (row["locked_until"] is not None and row["locked_until"] > now):
            return None
        guesses = row["wrong_guesses"] + 1
        wait = wait_after(guesses)
        await conn.execute(
            "UPDATE staff SET wrong_guesses = $2, locked_until = $3 WHERE username = $1",
            username,
            guesses,
            now + wait if wait else None,
        )
    return str(row["password_hash"])


async def visitor(conn: Connection, token: str, now: datetime, used: bool = True) -> Visitor | None:
    """Who holds this token; None where it is nobody's, over, or idle for too long. `used`: a person does something, which keeps
    it from being idle; what an open page asks by itself does not."""
    row = await conn.fetchrow(
        "SELECT f.username, f.role, f.agent_id, s.token_hash, s.seen_at FROM staff_session s"
        " JOIN staff f ON f.username = s.username"
        " WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.created_at > $2 AND s.seen_at > $3 AND f.active",
        _hash(token), now - SIGNED_IN_FOR, now - IDLE_FOR,
    )  # fmt: skip
    if row is None:
        return None
    if used and row["seen_at"] < now - _SEEN_EVERY:
        await conn.execute("UPDATE staff_session SET seen_at = $2 WHERE token_hash = $1", row["token_hash"], now)
    return Visitor(row["username"], Role(row["role"]), row["agent_id"], row["token_hash"])


async def is_signed_in(conn: Connection, who: Visitor, now: datetime) -> bool:
    """Whether a visitor of a moment ago still is one, with the same rights; what asks is a person's doing."""
    found = await conn.fetchval(
        "UPDATE staff_session s SET seen_at = greatest(s.seen_at, $6) FROM staff f WHERE f.username = s.username"
        " AND s.token_hash = $1 AND s.ended_at IS NULL AND s.created_at > $2 AND s.seen_at > $3 AND f.active AND f.role = $4"
        " AND f.agent_id IS NOT DISTINCT FROM $5 RETURNING true",
        who.token_hash, now - SIGNED_IN_FOR, now - IDLE_FOR, who.role.value, who.agent_id, now,
    )  # fmt: skip
    return bool(found)


async def is_open(conn: Connection, who: Visitor, now: datetime) -> bool:
    """The same of what a page asks by itself, which keeps nobody signed in."""
    found = await conn.fetchval(
        "SELECT true FROM staff_session s JOIN staff f ON f.username = s.username WHERE s.token_hash = $1"
        " AND s.ended_at IS NULL AND s.created_at > $2 AND s.seen_at > $3 AND f.active AND f.role = $4"
        " AND f.agent_id IS NOT DISTINCT FROM $5",
        who.token_hash, now - SIGNED_IN_FOR, now - IDLE_FOR, who.role.value, who.agent_id,
    )  # fmt: skip
    return bool(found)


async def sign_out(conn: Connection, who: Visitor, now: datetime) -> None:
    """End the session. Again is no error."""
    async with act(conn, who.actor, now, reload=False) as under_way:
        ended = await conn.fetchval(
            "UPDATE staff_session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL RETURNING true",
            who.token_hash,
            now,
        )
        if ended:
            await under_way.record("staff.sign_out", who.username, {})


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
