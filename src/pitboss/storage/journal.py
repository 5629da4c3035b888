"""Reading an agent's journal behind the play: by its numbers, each reader with a cursor of its own.

What a reader makes of the events is stored in the transaction that moves its cursor, so a crash repeats or loses nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

from pitboss.storage import statements
from pitboss.storage.database import Connection


class Stretch(NamedTuple):
    """A part of an agent's journal that this reader alone holds: numbers above `after` up to `upto`. `more`: whether the journal
    goes on behind it."""

    agent_id: int
    after: int
    upto: int
    more: bool


async def agents_with_unread(conn: Connection, reader: str) -> list[int]:
    """Agents whose journal goes on behind the reader's cursor."""
    return [row[0] for row in await conn.fetch(statements.sql("behind/unread"), reader)]


@asynccontextmanager
async def next_stretch(conn: Connection, agent_id: int, reader: str, most: int) -> AsyncIterator[Stretch | None]:
    """A transaction over the next stretch of at most `most` events; the cursor moves with its commit. None where there is nothing
    to read, or another process is at it."""
    await conn.execute(statements.sql("behind/open_cursor"), agent_id, reader)
    async with conn.transaction():
        after = await conn.fetchval(statements.sql("behind/lock_cursor"), agent_id, reader)
        head = await conn.fetchval(statements.sql("behind/head"), agent_id) if after is not None else None
        if after is None or head is None or head <= after:
            yield None
            return
        upto = min(head, after + most)
        yield Stretch(agent_id, after, upto, head > upto)
        await conn.execute(statements.sql("behind/move_cursor"), agent_id, reader, upto)


async def read_events(conn: Connection, stretch: Stretch) -> list[tuple[str, datetime]]:
    """The stretch's events in order: JSON, and when they were stored (UTC)."""
    return [(row[0], row[1]) for row in await conn.fetch(statements.sql("behind/read"), *stretch[:3])]


async def read_transfers(conn: Connection, stretch: Stretch, since: datetime) -> list[str]:
    """The userInGame of every wallet with a deposit or withdrawal in the stretch that is not older than `since`."""
    rows = await conn.fetch(statements.sql("behind/read_transfers"), *stretch[:3], since)
    return [row[0] for row in rows]
