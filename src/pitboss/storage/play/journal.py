"""Reading an agent's journal behind the play: by its numbers, each reader with a cursor of its own.

What a reader makes of the events is stored in the transaction that moves its cursor, so a crash repeats or loses nothing. Readers
who take turns over one connection (`JournalReaders`) read and decode the journal once between them.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec

from pitboss.storage import statements
from pitboss.storage.database import Connection, Database

_AT_ONCE = 1_000
"""Events read as one text: half the work of a row each, and no text so long that its memory has to be fetched anew each time."""
MOST_KEPT = 20_000
"""Events, of all agents together: some 20 MB."""


PLAY = frozenset({"bet", "win", "refund", "cancel"})
TRANSFERS = frozenset({"deposit", "withdraw"})
"""Kinds of events: what studios do to wallets, and what agents do to them (to their own as well)."""


class Told(msgspec.Struct, frozen=True, gc=False):
    """An event of the journal, as far as its readers go into it (`_event` in `engine/decide.py`, `happenings.py`)."""

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
    async with conn.transaction():
        after, head = await _lock_cursor(conn, agent_id, reader) or (0, None)
        if head is None or head <= after:
            yield None
            return
        upto = min(head, after + most)
        yield Stretch(agent_id, after, upto, head > upto)
        await conn.execute(statements.sql("behind/move_cursor"), agent_id, reader, upto)


async def _lock_cursor(conn: Connection, agent_id: int, reader: str) -> Sequence[Any] | None:
    """Where the reader stands, and the journal's last number (None before its first event); None when another process is at it."""
    row = await conn.fetchrow(statements.sql("behind/lock_cursor"), agent_id, reader)
    if row is None and await conn.fetchval(statements.sql("behind/open_cursor"), agent_id, reader) is not None:
        row = await conn.fetchrow(statements.sql("behind/lock_cursor"), agent_id, reader)
    return None if row is None else tuple(row)


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


class _Part(NamedTuple):
    """Lines of a journal, from the number behind `after` on, without a gap."""

    after: int
    lines: list[Line]

    @property
    def end(self) -> int:
        return self.after + len(self.lines)

    def with_more(self, lines: list[Line]) -> "_Part":
        return _Part(self.after, self.lines + lines)

    def last(self, most: int) -> "_Part":
        return _Part(max(self.after, self.end - most), self.lines[-most:])


class KeptLines:
    """What was read over one connection last: the newest part of each journal, for readers who stand a little behind one another.

    Of a connection, since a number stands for one event for ever on one server only: another that takes over from it may lack the
    last of them, and give their numbers to others.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._of: dict[int, _Part] = {}

    async def read(self, conn: Connection, stretch: Stretch) -> list[Line]:
        """The stretch's events in order. Whoever stands before what is kept reads by himself."""
        part = self._of.get(stretch.agent_id)
        if part is None or stretch.after > part.end:
            part = _Part(stretch.after, [])
        elif stretch.after < part.after:
            return await read_lines(conn, stretch)
        if stretch.upto > part.end:
            part = part.with_more(await read_lines(conn, stretch._replace(after=part.end)))
            if part.end != stretch.upto:
                # Numbers are missing (the audit says so): they do not tell places.
                return await read_lines(conn, stretch)
            self._keep(stretch.agent_id, part)
        return part.lines[stretch.after - part.after : stretch.upto - part.after]

    def _keep(self, agent_id: int, part: _Part) -> None:
        """As much of it as may be, in the place of other agents' that was added to longest ago."""
        self._of.pop(agent_id, None)
        self._of[agent_id] = part.last(self._most)
        while sum(len(kept.lines) for kept in self._of.values()) > self._most:
            del self._of[next(iter(self._of))]


def _is_gone(conn: Connection) -> bool:
    try:
        return conn.is_closed()
    except asyncpg.InterfaceError:
        # The pool has taken it back when it broke.
        return True


class JournalReaders:
    """The connection of readers that take turns, one at a time, and what they have read over it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held = AsyncExitStack()
        self._conn: Connection | None = None
        self._kept = KeptLines()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[tuple[Connection, KeptLines]]:
        """The same connection again, unless it is gone or something went wrong over it the last time."""
        if self._conn is None or _is_gone(self._conn):
            await self.aclose()
            self._conn = await self._held.enter_async_context(self._database.anyone())
        try:
            yield self._conn, self._kept
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Give the connection back, and forget what was read over it."""
        held, self._held = self._held, AsyncExitStack()
        self._conn, self._kept = None, KeptLines()
        await held.aclose()
