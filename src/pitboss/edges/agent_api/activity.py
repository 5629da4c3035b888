"""How many players are in each game, counted now and then: `activePlayers` of the games list."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from pitboss.storage.database import Connection
from pitboss.storage.players.sessions import active_players

_RECENT = timedelta(minutes=30)
_KEPT = timedelta(seconds=5)


class Activity:
    """Remembers an agent's counts for some seconds, so that a list of games costs no count each time."""

    def __init__(self) -> None:
        self._counted: dict[int, tuple[datetime, Mapping[int, int]]] = {}

    async def by_game(
        self, agent_id: int, now: datetime, tenant: Callable[[], AbstractAsyncContextManager[Connection]]
    ) -> Mapping[int, int]:
        """Players with a session of the last half hour that has not ended, by the hub's game id; games without any are missing.

        `tenant` opens a transaction of the agent.
        """
        known = self._counted.get(agent_id)
        if known is not None and timedelta() <= now - known[0] < _KEPT:
            return known[1]
        async with tenant() as connection:
            counts = await active_players(connection, agent_id, now - _RECENT)
        self._counted[agent_id] = (now, counts)
        return counts
