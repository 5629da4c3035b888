"""Bonuses that end: removed by their agent, or over by their time. Each end is a command under its wallet's lock."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import NamedTuple

from pitboss.domain.play.commands import EndBonus
from pitboss.domain.play.decision import Accepted, Outcome
from pitboss.engine.arrivals import Arrivals
from pitboss.engine.engine import Engine
from pitboss.storage.bonuses import given
from pitboss.storage.database import Connection, Database

Open = Callable[[], AbstractAsyncContextManager[Connection]]
"""A connection that sees the agent's rows; what was written is committed at its end."""
MOST_AT_ONCE = 500


async def remove_bonus(engine: Engine, arrivals: Arrivals, agent_id: int, user_in_game: str, code: str) -> Outcome:
    """End a player's bonus: its money is taken away, its free stakes are void, a round in flight still settles.

    Accepted; Refused(CANCELED_SINCE) when it was over before, Refused(CAMPAIGN_UNKNOWN) when it has none of this code.
    `find_bonus` in `pitboss.storage.bonuses.given` finds the userInGame; `take_from_player` does all of it but telling the studio.
    """
    return await engine.submit(EndBonus(arrivals.id(), agent_id, user_in_game, code, remove=True))


class Taken(NamedTuple):
    """What became of a removal; `called_off`: the campaign its studio must be told is over, since nobody has any of it now."""

    outcome: Outcome
    called_off: str | None


async def take_from_player(
    open_connection: Open, engine: Engine, arrivals: Arrivals, agent_id: int, username: str, code: str, now: datetime
) -> Taken | None:
    """Remove one player's bonus by his name, as `remove_bonus` does; None when he has none of this code."""
    async with open_connection() as connection:
        found = await given.find_bonus(connection, agent_id, username, code)
    if found is None:
        return None
    outcome = await remove_bonus(engine, arrivals, agent_id, found.user_in_game, code)
    campaign_id = found.campaign_id.hex
    async with open_connection() as connection:
        others = await given.open_grants_of(connection, agent_id, campaign_id)
        called_off = not others and await given.cancel_campaign(connection, agent_id, campaign_id, now)
    return Taken(outcome, campaign_id if called_off else None)


async def take_from_all(
    open_connection: Open, engine: Engine, arrivals: Arrivals, agent_id: int, campaign_id: str
) -> None:
    """Remove a campaign from all who still have something of it."""
    async with open_connection() as connection:
        campaign = await given.find_campaign(connection, agent_id, campaign_id)
        users = await given.open_grants_of(connection, agent_id, campaign_id)
    assert campaign is not None
    for user in users:
        await remove_bonus(engine, arrivals, agent_id, user, campaign.code)


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
            due = await given.due_grants(connection, self._clock(), MOST_AT_ONCE)
        ended = [
            await self._engine.submit(
                EndBonus(self._arrivals.id(), grant.agent_id, grant.user_in_game, grant.code, remove=False)
            )
            for grant in due
        ]
        return any(isinstance(outcome, Accepted) for outcome in ended)
