"""Finishes what was left: calls without a final answer, bets of a process that died, features nobody came back to."""

import asyncio

import structlog

from pitboss_studio.clock import now_ms, steady_ms
from pitboss_studio.rounds.delivery import Delivery
from pitboss_studio.rounds.play import Play
from pitboss_studio.settings import Settings
from pitboss_studio.storage import calls, live, rounds
from pitboss_studio.storage.calls import Call
from pitboss_studio.storage.database import Database

log = structlog.get_logger(__name__)

AT_ONCE = 16


class Recovery:
    """One background task. It owns no state: everything it needs is in the database."""

    def __init__(self, database: Database, delivery: Delivery, play: Play, settings: Settings) -> None:
        self._database = database
        self._delivery = delivery
        self._play = play
        self._settings = settings

    async def run(self) -> None:
        """Until cancelled. A failure is logged and tried again with the next turn."""
        await self._database.run(calls.all_due_now)
        while True:
            try:
                await self.turn()
            except Exception:
                log.exception("recovery turn failed")
            await asyncio.sleep(self._settings.recovery_pause)

    async def turn(self) -> None:
        """Everything that is due now, each once."""
        due = await self._database.run(lambda db: calls.due_calls(db, now_ms(), AT_ONCE))
        await asyncio.gather(*(self._resume(call) for call in due))
        for round_id in await self._database.run(lambda db: live.over_by(db, steady_ms(), AT_ONCE)):
            await self._play.expire(round_id)
        oldest = now_ms() - int(self._settings.feature_timeout * 1000)
        for round_ in await self._database.run(lambda db: rounds.left_open_since(db, oldest, AT_ONCE)):
            log.info("finishing an abandoned round", round_id=round_.id)
            await self._play.finish(round_.id)

    async def _resume(self, call: Call) -> None:
        if call.kind == "BET":
            await self._delivery.cancel_left_over_bet(call)
            await self._delivery.attempt(call.round_id, "CANCEL")
        else:
            await self._delivery.send(call)
