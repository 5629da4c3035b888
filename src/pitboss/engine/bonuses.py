"""Bonuses that end: removed by their agent, or over by their time. Each end is a command under its wallet's lock."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from pitboss.domain.play.commands import EndBonus
from pitboss.domain.play.decision import Accepted, Outcome
from pitboss.engine.arrivals import Arrivals
from pitboss.engine.engine import Engine
from pitboss.storage import bonus
from pitboss.storage.database import Database

MOST_AT_ONCE = 500


async def remove_bonus(engine: Engine, arrivals: Arrivals, agent_id: int, user_in_game: str, code: str) -> Outcome:
    """End a player's bonus: its money is taken away, its free stakes are void, a round in flight still settles.

    Accepted; Refused(CANCELED_SINCE) when it was over before, Refused(CAMPAIGN_UNKNOWN) when it has none of this code.
    `find_bonus` in `pitboss.storage.bonus` finds the userInGame; tell the studio by `call_off` afterwards.
    """
    return await engine.submit(EndBonus(arrivals.id(), agent_id, user_in_game, code, remove=True))


class BonusKeeper:
    """Ends what is due, of all agents. `database` is the worker's; `ready`: whether the engine knows the agents yet."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        arrivals: Arrivals,
        clock: Callable[[], datetime],
        ready: Callable[[], Awaitable[bool]],
    ) -> None:
        self._database = database
        self._engine = engine
        self._arrivals = arrivals
        self._clock = clock
        self._ready = ready

    async def turn(self) -> bool:
        """End some; whether there were any that could be ended."""
        if not await self._ready():
            return False
        async with self._database.anyone() as connection:
            due = await bonus.due_grants(connection, self._clock(), MOST_AT_ONCE)
        ended = [
            await self._engine.submit(
                EndBonus(self._arrivals.id(), grant.agent_id, grant.user_in_game, grant.code, remove=False)
            )
            for grant in due
        ]
        return any(isinstance(outcome, Accepted) for outcome in ended)
