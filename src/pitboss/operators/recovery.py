"""Finishes what a crash, a network or an operator left between the hub and a seamless agent's wallet: nothing is dropped, nothing
guessed (wallet protocol, "The hub as platform").

Any number of workers: each takes due calls under a lease, a round's calls in their order. One dead operator keeps no other waiting.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog

from pitboss.domain.play.decision import Accepted, Canceled, Outcome, Refused
from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless.call import CallKind, Phase
from pitboss.domain.seamless.operator_call import NotKnown
from pitboss.engine.seamless import SeamlessPlay
from pitboss.operators.breaker import State
from pitboss.storage.database import DATABASE_ERRORS, Database
from pitboss.storage.operator_calls.unsettled import Taken, agents_with_due, make_all_due, take_due
from pitboss.storage.play.pushes import leave_balances

log = structlog.get_logger()

AT_ONCE = 16
"""Calls of one agent that one worker has at a time, at the most."""
_NOT_KNOWN = Refused(Refusal.OUTCOME_UNKNOWN)


def _always(_: int) -> State:
    return State.CLOSED


class Recovery:
    """`database` must be open as the worker's role. `breaker`: how an agent's breaker stands in this process."""

    def __init__(
        self,
        database: Database,
        play: SeamlessPlay,
        clock: Callable[[], datetime],
        breaker: Callable[[int], State] = _always,
    ) -> None:
        self._database = database
        self._play = play
        self._clock = clock
        self._breaker = breaker
        self._pace: dict[int, int] = {}
        self._answering: set[int] = set()
        self._at_work: dict[int, asyncio.Task[None]] = {}

    def answers_again(self, agent_id: int) -> None:
        """An operator's breaker has closed: what waits for it is due."""
        self._answering.add(agent_id)

    async def turn(self) -> bool:
        """Set to work on every agent with due calls that nobody here is at already; false: what there is is being done."""
        async with self._database.anyone() as connection:
            while self._answering:
                await make_all_due(connection, self._answering.pop(), self._clock())
            due = await agents_with_due(connection, self._clock())
        for agent_id in due:
            # What an open breaker would keep back is better left to a worker that gets through.
            if agent_id not in self._at_work and self._breaker(agent_id) is not State.OPEN:
                task = asyncio.create_task(self._work_off(agent_id))
                self._at_work[agent_id] = task
                task.add_done_callback(lambda _, agent_id=agent_id: self._at_work.pop(agent_id, None))  # type: ignore[misc]
        return False

    async def close(self) -> None:
        """Let what is under way come to its end."""
        await asyncio.gather(*self._at_work.values(), return_exceptions=True)

    async def _work_off(self, agent_id: int) -> None:
        try:
            while self._breaker(agent_id) is not State.OPEN and (taken := await self._take(agent_id)):
                outcomes = await asyncio.gather(*(self._finish(agent_id, one) for one in taken))
                self._keep_pace(agent_id, sum(outcome != _NOT_KNOWN for outcome in outcomes), len(taken))
                await self._tell_games(agent_id, zip(taken, outcomes, strict=True))
        except DATABASE_ERRORS as error:
            log.warning("recovery_failed", agent_id=agent_id, error=type(error).__name__)
        except Exception:
            log.exception("recovery_broken", agent_id=agent_id)

    def _keep_pace(self, agent_id: int, answered: int, asked: int) -> None:
        """An operator that has just come back, or is slow, would fall again under all that waits for it: twice as much at a time
        while it answers, half as much when it does not."""
        pace = self._pace.get(agent_id, AT_ONCE)
        self._pace[agent_id] = min(2 * pace, AT_ONCE) if 2 * answered >= asked else max(pace // 2, 1)

    async def _take(self, agent_id: int) -> list[Taken]:
        probing = self._breaker(agent_id) is State.PROBING
        if probing:
            self._pace[agent_id] = 1
        async with self._database.anyone() as connection:
            return await take_due(connection, agent_id, self._clock(), self._pace.get(agent_id, AT_ONCE))

    async def _finish(self, agent_id: int, one: Taken) -> Outcome | None:
        """What the operator said in the end; None when it was not asked."""
        call = one.call
        if call.kind is CallKind.BET and call.phase is Phase.ASK:
            # Whoever had it is gone, and nobody can say whether the operator took the stake.
            await self._play.settle(
                agent_id, one.user_in_game, call, NotKnown("the hub stopped before it was answered")
            )
            return None
        return await self._play.carry(agent_id, one.user_in_game, call)

    async def _tell_games(self, agent_id: int, settled: Iterable[tuple[Taken, Outcome | None]]) -> None:
        """A studio that is told at once knows the balance; of what was settled late, open games learn by a push."""
        wallets = {one.user_in_game for one, outcome in settled if isinstance(outcome, Accepted | Canceled)}
        if wallets:
            async with self._database.anyone() as connection, connection.transaction():
                await leave_balances(connection, agent_id, sorted(wallets), self._clock())
