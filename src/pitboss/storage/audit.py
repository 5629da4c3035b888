"""The append-only, hash-chained record of every administrative act, written in the act's own transaction.

hash = SHA-256(previous hash + canonical JSON of [seq, at, actor, action, agent_id, subject, detail]); the first previous
hash is 32 zero bytes. Details hold texts, whole numbers, booleans, null, lists and objects of them; never a secret.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import asyncpg

from pitboss.storage.database import Connection

_FIRST_PREVIOUS = bytes(32)
Detail = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Act:
    """An administrative transaction under way: who does it, and when (UTC)."""

    conn: Connection
    actor: str
    now: datetime

    async def record(self, action: str, subject: str, detail: Detail, agent_id: int | None = None) -> None:
        """Append what was done to the audit."""
        await append(self.conn, self.actor, action, agent_id, subject, detail, self.now)


@asynccontextmanager
async def act(conn: Connection, actor: str, now: datetime, reload: bool = True) -> AsyncIterator[Act]:
    """One transaction, alone among the administration's; with `reload`, running processes load their catalogue again."""
    async with conn.transaction():
        if reload:
            await conn.execute("UPDATE hub SET config_version = config_version + 1")
        else:
            await conn.fetchval("SELECT only_row FROM hub FOR UPDATE")
        yield Act(conn, actor, now)


async def append(
    conn: Connection, actor: str, action: str, agent_id: int | None, subject: str, detail: Detail, now: datetime
) -> int:
    """Add a link to the chain and return its number. The caller's transaction holds the hub's row (see `act`)."""
    last = await conn.fetchrow("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    seq, previous = (last["seq"] + 1, last["hash"]) if last else (1, _FIRST_PREVIOUS)
    digest = _hash(previous, seq, now, actor, action, agent_id, subject, detail)
    await conn.execute(
        "INSERT INTO audit (seq, at, actor, action, agent_id, subject, detail, previous, hash)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        seq, now, actor, action, agent_id, subject, json.dumps(detail), previous, digest,
    )  # fmt: skip
    return int(seq)


class Link(NamedTuple):
    """One act as it stands in the audit. `at` is UTC."""

    seq: int
    at: datetime
    actor: str
    action: str
    agent_id: int | None
    subject: str
    detail: Detail


async def read_audit(
    conn: Connection,
    *,
    actor: str | None,
    action: str | None,
    subject: str | None,
    agents: Sequence[int] | None,
    before: int | None,
    most: int,
) -> list[Link]:
    """Up to `most` acts, newest first, from the one before `before`. `agents`: only acts on these; None takes all."""
    rows = await conn.fetch(
        "SELECT seq, at, actor, action, agent_id, subject, detail FROM audit"
        " WHERE ($1::text IS NULL OR actor = $1) AND ($2::text IS NULL OR action = $2) AND ($3::text IS NULL OR subject = $3)"
        " AND ($4::integer[] IS NULL OR agent_id = ANY ($4)) AND ($5::bigint IS NULL OR seq < $5) ORDER BY seq DESC LIMIT $6",
        actor, action, subject, agents, before, most,
    )  # fmt: skip
    return [Link(**{**row, "detail": json.loads(row["detail"])}) for row in rows]


async def verify_chain(conn: Connection) -> int | None:
    """The number of the first link that is missing, changed, or does not follow from the one before; None: all whole."""
    expected, previous = 1, _FIRST_PREVIOUS
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        async for row in conn.cursor("SELECT * FROM audit ORDER BY seq", prefetch=500):
            if row["seq"] != expected or row["previous"] != previous or _hash_of(row) != row["hash"]:
                return expected
            expected, previous = expected + 1, row["hash"]
    return None


def _hash_of(row: asyncpg.Record) -> bytes:
    detail = json.loads(row["detail"])
    return _hash(
        row["previous"], row["seq"], row["at"], row["actor"], row["action"], row["agent_id"], row["subject"], detail
    )


def _hash(
    previous: bytes,
    seq: int,
    at: datetime,
    actor: str,
    action: str,
    agent_id: int | None,
    subject: str,
    detail: Detail,
) -> bytes:
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    link = [seq, when, actor, action, agent_id, subject, detail]
    text = json.dumps(link, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(previous + text.encode()).digest()
