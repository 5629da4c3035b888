"""API keys of agents: made, rotated with two live at once, revoked. Only keyed hashes are stored."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from pitboss.domain.agents.keys import NewKey, Scope, new_key
from pitboss.domain.invalid import Invalid
from pitboss.storage.audit import Act, act
from pitboss.storage.database import Connection
from pitboss.storage.secrets import SecretBox

GRACE = timedelta(hours=24)
"""How long a rotated key goes on working."""

RandBits = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as it is listed: everything but the key."""

    public_id: str
    agent_id: int
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def live(self, now: datetime) -> bool:
        """Whether it lets its agent in at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


async def list_keys(conn: Connection, agent_id: int | None = None) -> list[KeyRow]:
    """One agent's keys, or all, newest first."""
    rows = await conn.fetch(
        "SELECT public_id, agent_id, scope, created_at, expires_at, revoked_at FROM api_key"
        " WHERE $1::integer IS NULL OR agent_id = $1 ORDER BY agent_id, scope, created_at DESC, public_id",
        agent_id,
    )
    return [_key_row(row) for row in rows]


async def create_key(
    conn: Connection,
    box: SecretBox,
    agent_id: int,
    scope: Scope,
    *,
    actor: str,
    now: datetime,
    expires_at: datetime | None = None,
    randbits: RandBits = secrets.randbits,
) -> NewKey:
    """One more key of an agent beside those it has. Raises Invalid for an unknown agent."""
    async with act(conn, actor, now) as under_way:
        key = await make_key(under_way, box, agent_id, await _prefix(conn, agent_id), scope, expires_at, randbits)
        detail = {"scope": scope.value, "expires_at": expires_at.isoformat() if expires_at else None}
        await under_way.record("key.create", key.public_id, detail, agent_id)
        return key


async def rotate_key(
    conn: Connection,
    box: SecretBox,
    agent_id: int,
    scope: Scope,
    *,
    actor: str,
    now: datetime,
    grace: timedelta = GRACE,
    randbits: RandBits = secrets.randbits,
) -> NewKey:
    """A new key. Those in use go on working for `grace`; what an earlier rotation left ends now, so that two live at once."""
    async with act(conn, actor, now) as under_way:
        key = await make_key(under_way, box, agent_id, await _prefix(conn, agent_id), scope, None, randbits)
        old = [row for row in await list_keys(conn, agent_id) if row.scope is scope and row.live(now)]
        old = [row for row in old if row.public_id != key.public_id]
        for row in old:
            on_its_way_out = row.expires_at is not None and row.expires_at <= now + grace
            ends = now if on_its_way_out else now + grace
            await conn.execute("UPDATE api_key SET expires_at = $2 WHERE public_id = $1", row.public_id, ends)
        detail = {
            "scope": scope.value,
            "replaces": [row.public_id for row in old],
            "grace_s": int(grace.total_seconds()),
        }
        await under_way.record("key.rotate", key.public_id, detail, agent_id)
        return key


async def revoke_key(conn: Connection, public_id: str, *, actor: str, now: datetime) -> KeyRow:
    """Ends a key at once; again is no error. Raises Invalid for an unknown one."""
    async with act(conn, actor, now) as under_way:
        row = await conn.fetchrow(
            "UPDATE api_key SET revoked_at = coalesce(revoked_at, $2) WHERE public_id = $1"
            " RETURNING public_id, agent_id, scope, created_at, expires_at, revoked_at",
            public_id,
            now,
        )
        if row is None:
            raise Invalid("key_id", "there is no such key")
        await under_way.record("key.revoke", public_id, {"scope": row["scope"]}, row["agent_id"])
        return _key_row(row)


async def make_key(
    under_way: Act,
    box: SecretBox,
    agent_id: int,
    prefix: str,
    scope: Scope,
    expires_at: datetime | None,
    randbits: RandBits,
) -> NewKey:
    """Store a new key within an act that records it."""
    key = new_key(scope, prefix, randbits)
    await under_way.conn.execute(
        "INSERT INTO api_key (public_id, agent_id, scope, key_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        key.public_id, agent_id, scope.value, box.hash_key(key.text), under_way.now, expires_at,
    )  # fmt: skip
    return key


async def _prefix(conn: Connection, agent_id: int) -> str:
    prefix: str | None = await conn.fetchval("SELECT prefix FROM agent WHERE id = $1", agent_id)
    if prefix is None:
        raise Invalid("agent", "there is no such agent")
    return prefix


def _key_row(row: asyncpg.Record) -> KeyRow:
    return KeyRow(
        row["public_id"], row["agent_id"], Scope(row["scope"]), row["created_at"], row["expires_at"], row["revoked_at"]
    )
