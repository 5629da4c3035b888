"""Reading an agent's journal behind the play: by its numbers, each reader with a cursor of its own.

What a reader makes of the events is stored in the transaction that moves its cursor, so a crash repeats or loses nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

import msgspec

from pitboss.storage import statements
from pitboss.storage.database import Connection

_AT_ONCE = 1_000
"""Events read as one text: half the work of a row each, and no text so long that its memory has to be fetched anew each time."""


class Told(msgspec.Struct, frozen=True, gc=False):
    """An event of the journal, as far as its readers go into it (`_event` in `engine/decide.py`, `storage/happenings.py`)."""

    kind: str
    id: str
    user_in_game: str
    currency: str
    provider_id: int
    provider_tx_id: str
    wallet_version: int | None
    game_id: int | None
    round_id: str | None
    real: int
    bonus: int
    settle_rate: str | None
    reason: str | None
    campaign_code: str | None
    undoes: str | None = None
    finished: bool = False
    round_bets: int | None = None
    round_stands: int | None = None
    free_value: int = 0
    player_id: str | None = None
    changes: dict[str, object] | None = None


class Line(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An event and when it was stored (UTC)."""

    at: datetime
    told: Told


_LINES, _TOLD = msgspec.json.Decoder(list[Line]), msgspec.json.Decoder(Told)


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


async def read_lines(conn: Connection, stretch: Stretch) -> list[Line]:
    """The stretch's events in order."""
    found: list[Line] = []
    for after in range(stretch.after, stretch.upto, _AT_ONCE):
        upto = min(after + _AT_ONCE, stretch.upto)
        found += _LINES.decode(await conn.fetchval(statements.sql("behind/read"), stretch.agent_id, after, upto))
    return found


def line_of(text: str, at: datetime) -> Line:
    """An event's JSON that was read by itself."""
    return Line(at, _TOLD.decode(text))


async def read_transfers(conn: Connection, stretch: Stretch, since: datetime) -> list[str]:
    """The userInGame of every wallet with a deposit or withdrawal in the stretch that is not older than `since`."""
    rows = await conn.fetch(statements.sql("behind/read_transfers"), *stretch[:3], since)
    return [row[0] for row in rows]
