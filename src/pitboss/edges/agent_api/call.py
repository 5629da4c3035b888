"""One call that was let in: who calls, what it says, and what a handler may use."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from pitboss.domain.catalogue import Agent, AgentType, Catalogue
from pitboss.domain.players import Player
from pitboss.edges.agent_api.activity import Activity
from pitboss.edges.agent_api.fields import Fields
from pitboss.edges.gate import Gate
from pitboss.engine.hub import Hub
from pitboss.providers import Connectors
from pitboss.storage.database import Connection
from pitboss.storage.players.players import find_player
from pitboss.wire.agent_api import ApiError, ErrorCode


@dataclass(frozen=True, slots=True)
class Call:
    """`agent` is whom the call is for: the key's own, or one under it. `now` is UTC; `catalogue` stays one picture throughout."""

    hub: Hub
    catalogue: Catalogue
    agent: Agent
    fields: Fields
    now: datetime
    activity: Activity
    gate: Gate
    connectors: Connectors

    @asynccontextmanager
    async def tenant(self) -> AsyncIterator[Connection]:
        """A transaction that sees the agent's rows, once there is a place for it. Raises Busy."""
        async with self.gate.inside(), self.hub.database.tenant(self.agent.id) as connection:
            yield connection

    def for_transfer_agents(self) -> None:
        """Raises AGENT_INVALID_TYPE for an agent that keeps its players' money itself."""
        if self.agent.type is not AgentType.TRANSFER:
            raise ApiError(ErrorCode.AGENT_INVALID_TYPE)

    async def player(self) -> Player:
        """The player the member `username` names. Raises PLAYER_NOT_FOUND."""
        username = self.fields.text("username")
        async with self.tenant() as connection:
            player = await find_player(connection, self.agent.id, username)
        if player is None:
            raise ApiError(ErrorCode.PLAYER_NOT_FOUND)
        return player

    def told_time(self, at: datetime) -> str:
        """RFC 3339 with microseconds in the agent's offset, `Z` where that is UTC."""
        offset = self.agent.utc_offset_min
        local = at.astimezone(timezone(timedelta(minutes=offset)))
        text = local.isoformat(timespec="microseconds")
        return text if offset else text.removesuffix("+00:00") + "Z"


Handler = Callable[[Call], Awaitable[object]]
