"""Finishes what was left: calls without a final answer, bets of a process that died, features nobody came back to."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial

import structlog

from pitboss_studio.clock import now_ms, steady_ms
from pitboss_studio.rounds.delivery import Delivery
from pitboss_studio.rounds.play import Play
from pitboss_studio.settings import Settings
from pitboss_studio.storage import calls, live, rounds
from pitboss_studio.storage.calls import Call
from pitboss_studio.storage.database import Database

log = structlog.get_logger(__name__)

AT_ONCE = 64

_Work = Callable[[], Coroutine[object, object, None]]


class Recovery:
    """One background task that looks for work and never waits for any of it: an operator that does not answer keeps only its own
    calls waiting. It owns no state that would have to survive: everything it needs is in the database."""

    def __init__(self, database: Database, delivery: Delivery, play: Play, settings: Settings) -> None:
        self._database = database
        self._delivery = delivery
        self._play = play
        self._settings = settings
        self._under_way: dict[tuple[str, int], asyncio.Task[None]] = {}

    async def adopt(self) -> None:
        """What the process before us left is due now. Before the first round of this one."""
        await self._database.run(calls.all_due_now)

    async def run(self) -> None:
        """Until cancelled. A failure is logged and tried again with the next turn."""
        try:
            while True:
                try:
                    await self.turn()
                except Exception:
                    log.exception("recovery turn failed")
                await asyncio.sleep(self._settings.recovery_pause)
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def turn(self) -> None:
        """Begin everything that is due now and not under way yet, as far as there is room."""
        # Twice what can be under way, so that what is new is seen behind it.
        most = 2 * AT_ONCE
        for call in await self._database.run(lambda db: calls.due_calls(db, now_ms(), most)):
            self._begin(("call", call.id), partial(self._resume, call))
        for round_id in await self._database.run(lambda db: live.over_by(db, steady_ms(), most)):
            self._begin(("round", round_id), partial(self._play.expire, round_id))
        oldest = now_ms() - int(self._settings.feature_timeout * 1000)
        for round_ in await self._database.run(lambda db: rounds.left_open_since(db, oldest, most)):
            self._begin(("round", round_.id), partial(self._finish, round_.id))

    def _begin(self, key: tuple[str, int], work: _Work) -> None:
        if key in self._under_way or len(self._under_way) >= AT_ONCE:
            return
        task = asyncio.create_task(self._guard(work))
        self._under_way[key] = task
        task.add_done_callback(lambda _: self._under_way.pop(key, None))

    async def _guard(self, work: _Work) -> None:
        try:
            await work()
        except Exception:
            log.exception("recovery of a round failed")

    async def _resume(self, call: Call) -> None:
        if call.kind == "BET":
            await self._delivery.cancel_left_over_bet(call)
            await self._delivery.attempt(call.round_id, "CANCEL")
        else:
            await self._delivery.send(call)

    async def _finish(self, round_id: int) -> None:
        log.info("finishing an abandoned round", round_id=round_id)
        await self._play.finish(round_id)
