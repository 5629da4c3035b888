"""Finishes what a crash, a network or an operator left between the hub and a seamless agent's wallet: nothing is dropped, nothing
guessed (wallet protocol, "The hub as platform").

Any number of workers: each takes due calls under a lease, a round's calls in their order. One dead operator keeps no other waiting.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from pitboss.domain.seamless.call import CallKind, Phase
from pitboss.domain.seamless.operator_call import NotKnown
from pitboss.engine.seamless import SeamlessPlay
from pitboss.storage.database import DATABASE_ERRORS, Database
from pitboss.storage.operator_calls import Taken, agents_with_due, make_all_due, take_due

log = structlog.get_logger()

AT_ONCE = 16
"""Calls of one agent that one worker has at a time."""


class Recovery:
    """`database` must be open as the worker's role."""

    def __init__(self, database: Database, play: SeamlessPlay, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._play = play
        self._clock = clock
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
            if agent_id not in self._at_work:
                task = asyncio.create_task(self._work_off(agent_id))
                self._at_work[agent_id] = task
                task.add_done_callback(lambda _, agent_id=agent_id: self._at_work.pop(agent_id, None))  # type: ignore[misc]
        return False

    async def close(self) -> None:
        """Let what is under way come to its end."""
        await asyncio.gather(*self._at_work.values(), return_exceptions=True)

    async def _work_off(self, agent_id: int) -> None:
        try:
            while taken := await self._take(agent_id):
                await asyncio.gather(*(self._finish(agent_id, one) for one in taken))
        except DATABASE_ERRORS as error:
            log.warning("recovery_failed", agent_id=agent_id, error=type(error).__name__)
        except Exception:
            log.exception("recovery_broken", agent_id=agent_id)

    async def _take(self, agent_id: int) -> list[Taken]:
        async with self._database.anyone() as connection:
            return await take_due(connection, agent_id, self._clock(), AT_ONCE)

    async def _finish(self, agent_id: int, one: Taken) -> None:
        call = one.call
        if call.kind is CallKind.BET and call.phase is Phase.ASK:
            # Whoever had it is gone, and nobody can say whether the operator took the stake.
            await self._play.settle(
                agent_id, one.user_in_game, call, NotKnown("the hub stopped before it was answered")
            )
            return
        await self._play.carry(agent_id, one.user_in_game, call)
