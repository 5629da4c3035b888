"""The engine's front: takes commands, gathers them into batches, answers with outcomes after the commit.

Commands that arrive while the previous batch is under way form the next; nobody waits for a timer. A batch is one agent's, the
agents that have something waiting take turns. What another process holds waits for it apart, so that it stalls nobody.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

import structlog

from pitboss.domain.play.decision import Outcome, Refused
from pitboss.domain.refusals import Refusal
from pitboss.engine.arrivals import Arrivals
from pitboss.engine.bonus_book import BonusBook
from pitboss.engine.decide import Accounts, Batch, Command, bonuses_asked, key_of, wallets_of
from pitboss.engine.failures import Failure, classify
from pitboss.storage.play.batch import BatchTransaction, PlayStore

log = structlog.get_logger()

PIPELINES = 2
"""While the database is at work for one batch, Python decides the next; measured in docs/performance.md."""
MAX_WAITERS = 4
"""How many commands at once may wait for locks that other processes hold; each needs a connection."""
_MAX_CONFLICTS = 8
_LOOK_EVERY = 0.1
"""How often late commands are looked for: nobody waits much longer than the command's time."""
_LONGEST_PAUSE = 0.5


_Line = tuple[int, int]
"""An agent and one of the pipelines."""


class _Pending:
    """A command, and who waits for it. `deadline` is in the event loop's time; `tried`: an attempt is under way."""

    __slots__ = ("answer", "command", "deadline", "maybe_stored", "tried")

    def __init__(self, command: Command, answer: "asyncio.Future[Outcome]", deadline: float) -> None:
        self.command = command
        self.answer = answer
        self.deadline = deadline
        self.maybe_stored = self.tried = False

    def resolve(self, outcome: Outcome) -> None:
        """Tell it, unless nobody waits any more."""
        if not self.answer.done():
            self.answer.set_result(outcome)

    def give_up(self) -> None:
        """Its time is over: refused if it surely was not stored, else unknown."""
        unknown = self.maybe_stored or self.tried
        self.resolve(Refused(Refusal.OUTCOME_UNKNOWN if unknown else Refusal.OVERLOADED))


class Engine:
    """`accounts(agent_id)`: the agent's accounts by currency. Times in seconds."""

    def __init__(
        self,
        store: PlayStore,
        arrivals: Arrivals,
        accounts: Callable[[int], Accounts],
        clock: Callable[[], datetime],
        *,
        max_queued: int = 4_096,
        max_batch: int = 128,
        command_timeout: float = 10.0,
    ) -> None:
        self._store = store
        self._arrivals = arrivals
        self._accounts = accounts
        self._clock = clock
        self._max_queued = max_queued
        self._max_of_agent = max(1, max_queued // 4)
        self._max_batch = max_batch
        self._command_timeout = command_timeout
        self._waiting: dict[_Line, deque[_Pending]] = {}
        self._ready: list[asyncio.Queue[_Line]] = [asyncio.Queue() for _ in range(PIPELINES)]
        self._queued = 0
        self._under_way: list[list[_Pending]] = [[] for _ in range(PIPELINES)]
        self._deferred: set[_Pending] = set()
        self._held: dict[int, list[_Pending]] = {}
        self._apart: set[asyncio.Task[None]] = set()
        self._waiters = asyncio.Semaphore(MAX_WAITERS)

    @property
    def queued(self) -> int:
        """Commands taken and not yet answered."""
        return self._queued

    async def submit(self, command: Command) -> Outcome:
        """Decide and store `command`; the outcome, after the commit. Refused(OVERLOADED) when the queue is full or it could not
        even be tried in time; Refused(OUTCOME_UNKNOWN) when it cannot be learned whether it was stored: send the same id again."""
        # A player is always on the same pipeline, so that two of them do not want one wallet; with all its wallets, since they
        # share its limits.
        line = command.agent_id, hash(command.user_in_game.partition("-")[0]) % PIPELINES
        mine = self._waiting.get(line)
        if self._queued >= self._max_queued or (mine is not None and len(mine) >= self._max_of_agent):
            return Refused(Refusal.OVERLOADED)
        loop = asyncio.get_running_loop()
        pending = _Pending(command, loop.create_future(), loop.time() + self._command_timeout)
        if mine is None:
            self._waiting[line] = deque((pending,))
            self._ready[line[1]].put_nowait(line)
        else:
            mine.append(pending)
        self._queued += 1
        try:
            return await pending.answer
        finally:
            self._queued -= 1

    async def run(self) -> None:
        """Run batches until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_time())
            for place in range(PIPELINES):
                tasks.create_task(self._run(place))

    async def _run(self, place: int) -> None:
        ready = self._ready[place]
        while True:
            line = await ready.get()
            await self._run_batch(place, line)
            # An agent keeps its place only by queueing again behind the others.
            if self._waiting[line]:
                ready.put_nowait(line)
            else:
                del self._waiting[line]

    async def _keep_time(self) -> None:
        """Give up what is late, whatever it waits for: a database that says nothing must not silence us."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            now = asyncio.get_running_loop().time()
            for waiting in self._waiting.values():
                while waiting and waiting[0].deadline < now:
                    waiting.popleft().give_up()
            for pending in (*chain.from_iterable(self._under_way), *self._deferred):
                if pending.deadline < now:
                    pending.give_up()

    async def drain(self) -> None:
        """Wait until all that was taken is answered."""
        while self._queued:  # noqa: ASYNC110 - once, at the end of a process; an event a command would cost every command
            await asyncio.sleep(0.01)

    def _take(self, line: _Line, most: int) -> list[_Pending]:
        """What waits in a line, oldest first, without what is too late."""
        now = asyncio.get_running_loop().time()
        waiting = self._waiting[line]
        batch = [waiting.popleft() for _ in range(min(len(waiting), most))]
        for pending in batch:
            if pending.deadline < now:
                pending.give_up()
        return [pending for pending in batch if not pending.answer.done()]

    async def _run_batch(self, place: int, line: _Line) -> None:
        agent_id, batch = line[0], self._take(line, self._max_batch)
        if not batch:
            return
        self._under_way[place] = batch
        try:
            held = await self._attempt(agent_id, batch, wait=False, line=line)
        except Exception as error:  # noqa: BLE001 - whatever it is, each command must get an answer
            _log_failure(classify(error), error, agent_id, len(batch))
            self._try_each(agent_id, batch)
        else:
            if held:
                self._wait_for(agent_id, held)
        self._under_way[place] = []

    def _defer(self, batch: list[_Pending]) -> None:
        for pending in batch:
            if pending not in self._deferred:
                self._deferred.add(pending)
                pending.answer.add_done_callback(partial(self._settled, pending))

    def _settled(self, pending: _Pending, _: "asyncio.Future[Outcome]") -> None:
        self._deferred.discard(pending)

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._apart.add(task)
        task.add_done_callback(self._apart.discard)

    def _try_each(self, agent_id: int, batch: list[_Pending]) -> None:
        """One by one, so that what is wrong with one does not stop the others."""
        self._defer(batch)
        for pending in batch:
            self._aside(self._settle_alone(agent_id, pending))

    def _wait_for(self, agent_id: int, held: list[_Pending]) -> None:
        """Wait for other processes' locks beside the pipeline; what gathers meanwhile goes together, since alone each would need
        a turn at a wallet that everybody wants."""
        self._defer(held)
        if agent_id in self._held:
            self._held[agent_id] += held
        else:
            self._held[agent_id] = held
            self._aside(self._settle_held(agent_id))

    async def _settle_held(self, agent_id: int) -> None:
        while waiting := self._held[agent_id]:
            async with self._waiters:
                batch = [pending for pending in waiting[: self._max_batch] if not pending.answer.done()]
                del waiting[: self._max_batch]
                try:
                    if batch:
                        await self._attempt(agent_id, batch, wait=True)
                except Exception as error:  # noqa: BLE001 - as above
                    _log_failure(classify(error), error, agent_id, len(batch))
                    self._try_each(agent_id, batch)
        del self._held[agent_id]

    async def _settle_alone(self, agent_id: int, pending: _Pending) -> None:
        """Try one command by itself until it is settled, its time is over, or it proves impossible."""
        conflicts, pause = 0, 0.01
        loop = asyncio.get_running_loop()
        while not pending.answer.done() and loop.time() < pending.deadline and conflicts < _MAX_CONFLICTS:
            try:
                async with self._waiters:
                    await self._attempt(agent_id, [pending], wait=True)
            except Exception as error:  # noqa: BLE001 - as above
                failure = classify(error)
                if failure is Failure.BROKEN:
                    _log_failure(failure, error, agent_id, 1)
                    break
                if failure is Failure.CONFLICT:
                    conflicts += 1
                elif failure is Failure.LOST:
                    await asyncio.sleep(pause * (1 + random.random()))  # noqa: S311 - jitter
                    pause = min(2 * pause, _LONGEST_PAUSE)
        pending.give_up()

    async def _attempt(
        self, agent_id: int, batch: list[_Pending], *, wait: bool, line: _Line | None = None
    ) -> list[_Pending]:
        """One transaction over the batch; answers all but those it returns, whose wallets another process holds. What has come to
        the `line` by the time the transaction is open goes along: larger batches, and a round trip less to wait."""
        for pending in batch:
            pending.tried = True
        try:
            async with self._store.begin(agent_id) as transaction:
                if line is not None:
                    batch += self._take(line, self._max_batch - len(batch))
                    for pending in batch:
                        pending.tried = True
                outcomes, held = await self._decide(transaction, agent_id, batch, wait)
                # Until here nothing can have been stored; from here on, only the commit's answer tells.
                for pending, _ in outcomes:
                    pending.maybe_stored = True
        finally:
            for pending in batch:
                pending.tried = False
        for pending, outcome in outcomes:
            pending.resolve(outcome)
        return held

    async def _decide(
        self, transaction: BatchTransaction, agent_id: int, batch: list[_Pending], wait: bool
    ) -> tuple[list[tuple[_Pending, Outcome]], list[_Pending]]:
        names = {name for pending in batch for name in wallets_of(pending.command)}
        wallets, last_batch_ns = await transaction.lock(list(names), wait)
        held: list[_Pending] = []
        missing = names.difference(wallets)
        if missing and not wait:
            taken = await transaction.existing(list(missing))
            if taken:
                held = [p for p in batch if not taken.isdisjoint(wallets_of(p.command))]
                batch = [p for p in batch if taken.isdisjoint(wallets_of(p.command))]
                if not batch:
                    return [], held
        commands = [pending.command for pending in batch]
        loaded = await transaction.load([key_of(c, wallets.get(c.user_in_game)) for c in commands])
        accounts = self._accounts(agent_id)
        calls = []
        if accounts.operator is not None:
            calls = await transaction.load_calls([wallet.id for wallet in wallets.values()])
        book = None
        asked = bonuses_asked(commands, loaded, wallets)
        if asked is not None:
            book = BonusBook(asked.wallet_ids, await transaction.load_bonuses(asked), self._new_ids)
        limited = {stored.player.player_id for stored in loaded if stored.player is not None and stored.player.limited}
        limits = await transaction.load_limited(list(limited)) if limited else {}
        decided = Batch(
            self._arrivals.id(after_ns=last_batch_ns), wallets, accounts, self._clock(), calls, book, limits
        )
        outcomes = [decided.decide(command, stored) for command, stored in zip(commands, loaded, strict=True)]
        changes = decided.changes()
        if not changes.is_empty():
            await transaction.store(changes)
        return list(zip(batch, outcomes, strict=True)), held

    def _new_ids(self) -> tuple[str, str, int]:
        return self._arrivals.id(), self._arrivals.id(), self._arrivals.number()


def _log_failure(failure: Failure, error: Exception, agent_id: int, commands: int) -> None:
    if failure is Failure.BROKEN:
        log.error("batch_broken", agent_id=agent_id, commands=commands, exc_info=error)
    else:
        log.warning(
            "batch_failed", agent_id=agent_id, commands=commands, failure=failure.value, error=type(error).__name__
        )
