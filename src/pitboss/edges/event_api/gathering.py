"""Batches of one agent that wait at the same time are stored in one transaction: its locks, statements and commit are paid once."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import structlog

from pitboss.domain.events.event import Event
from pitboss.edges.gate import Busy, Gate
from pitboss.engine.hub import Hub
from pitboss.storage.database import DATABASE_ERRORS
from pitboss.storage.events.writing import Stored, make_partition, open_store, store_events

log = structlog.get_logger()

_AT_ONCE, _WAITING = 4, 64
"""Transactions at the database, and what waits before it: agents, and batches of each."""
_OF_AN_AGENT = 3
"""Transactions of one agent: while one holds the agent's head, the next take their keys."""
_MOST_TOGETHER = 10_000
"""Events of one transaction, but that a batch is never taken apart."""
_ATTEMPTS = 3


class NotStored(Exception):
    """The database did not take it, or nobody knows whether it did."""


class _Batch(NamedTuple):
    events: Sequence[Event]
    answer: asyncio.Future[Stored]


class _Line:
    """One agent's batches that wait, and how many tasks take from it."""

    def __init__(self) -> None:
        self.waiting: deque[_Batch] = deque()
        self.tasks = 0

    def take(self) -> list[_Batch]:
        """Those at the front that go together."""
        taken = [self.waiting.popleft()]
        size = len(taken[0].events)
        while self.waiting and size + len(self.waiting[0].events) <= _MOST_TOGETHER:
            taken.append(self.waiting.popleft())
            size += len(taken[-1].events)
        return taken


class Gathering:
    """Takes batches of judged events to the store."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._gate = Gate(_AT_ONCE, _WAITING, hub.settings.command_timeout)
        self._lines: dict[int, _Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._opened: set[int] = set()
        self._months: set[date] = set()

    async def store(self, agent_id: int, events: Sequence[Event]) -> Stored:
        """Stored, or known to be there: tried again while it is unknown what became of it. Raises NotStored and Busy."""
        line = self._lines.setdefault(agent_id, _Line())
        if len(line.waiting) >= _WAITING:
            raise Busy
        batch = _Batch(events, asyncio.get_running_loop().create_future())
        line.waiting.append(batch)
        if line.tasks < _OF_AN_AGENT:
            line.tasks += 1
            task = asyncio.create_task(self._serve(agent_id, line))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await batch.answer

    async def _serve(self, agent_id: int, line: _Line) -> None:
        try:
            while line.waiting:
                try:
                    async with self._gate.inside():
                        # Who came meanwhile comes along; another task may have taken all.
                        if line.waiting:
                            await self._store_together(agent_id, line.take())
                except Busy:
                    _refuse(line)
        finally:
            line.tasks -= 1

    async def _store_together(self, agent_id: int, batches: list[_Batch]) -> None:
        try:
            stored = await self._stored(agent_id, [event for batch in batches for event in batch.events])
        except Exception as error:  # noqa: BLE001 - whatever it is, each batch must get an answer, and the next have their turn
            for batch in batches:
                _fail(batch, error)
        else:
            _tell(batches, stored)

    async def _stored(self, agent_id: int, events: Sequence[Event]) -> Stored:
        now = self._hub.clock()
        for attempt in range(_ATTEMPTS):
            try:
                await self._prepare(agent_id, now.date())
                async with self._hub.database.tenant(agent_id) as connection:
                    return await store_events(connection, agent_id, events, now)
            except DATABASE_ERRORS as error:
                self._opened.discard(agent_id)
                self._months.clear()
                log.warning("events_not_stored", agent_id=agent_id, error=type(error).__name__, attempt=attempt + 1)
                await asyncio.sleep(0.05 * 4**attempt)
        raise NotStored

    async def _prepare(self, agent_id: int, month: date) -> None:
        month = month.replace(day=1)
        if month not in self._months:
            async with self._hub.database.anyone() as connection:
                await make_partition(connection, month)
            self._months.add(month)
        if agent_id not in self._opened:
            async with self._hub.database.tenant(agent_id) as connection:
                await open_store(connection, agent_id)
            self._opened.add(agent_id)


def _tell(batches: list[_Batch], stored: Stored) -> None:
    """Each batch what became of it, by its own positions."""
    start = 0
    for batch in batches:
        stop = start + len(batch.events)
        repeats = [position - start for position in stored.repeats if start <= position < stop]
        conflicts = [position - start for position in stored.conflicts if start <= position < stop]
        # Whoever hung up waits for nothing any more.
        if not batch.answer.done():
            batch.answer.set_result(Stored(len(batch.events) - len(repeats) - len(conflicts), repeats, conflicts))
        start = stop


def _refuse(line: _Line) -> None:
    while line.waiting:
        _fail(line.waiting.popleft(), Busy())


def _fail(batch: _Batch, error: Exception) -> None:
    if not batch.answer.done():
        batch.answer.set_exception(error)
