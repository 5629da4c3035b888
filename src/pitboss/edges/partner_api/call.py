"""One call that was let in: who calls, what it says, and what an operation may use."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

from pitboss.domain.catalogue import Agent, Catalogue, Game
from pitboss.domain.money import Currency
from pitboss.domain.players import Player
from pitboss.edges.gate import Gate
from pitboss.edges.partner_api.fields import Fields, QueryFields
from pitboss.engine.hub import Hub
from pitboss.providers import Connectors
from pitboss.storage.database import Connection
from pitboss.storage.players.players import find_player
from pitboss.wire.partner_api import ErrorCode, PartnerError

FieldsT_co = TypeVar("FieldsT_co", bound=Fields, covariant=True)


@dataclass(frozen=True, slots=True)
class Call(Generic[FieldsT_co]):
    """`agent` is the key's; `now` is UTC; `catalogue` stays one picture throughout."""

    hub: Hub
    catalogue: Catalogue
    agent: Agent
    fields: FieldsT_co
    now: datetime
    gate: Gate
    connectors: Connectors

    @asynccontextmanager
    async def tenant(self) -> AsyncIterator[Connection]:
        """A transaction that sees the agent's rows, once there is a place for it. Raises Busy."""
        async with self.gate.inside(), self.hub.database.tenant(self.agent.id) as connection:
            yield connection

    async def player(self, connection: Connection, username: str) -> Player:
        """The agent's player of this name. Raises ERR_PLAYER_NOT_FOUND."""
        player = await find_player(connection, self.agent.id, username)
        if player is None:
            raise PartnerError(ErrorCode.PLAYER_NOT_FOUND)
        return player

    def currency_of(self, player: Player) -> Currency:
        """The player's currency; the agent's base currency where none was said."""
        return self.agent.currencies.get(player.currency or "") or self.agent.base_currency

    def told_time(self, at: datetime) -> str:
        """RFC 3339 in UTC with microseconds."""
        return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"

    def game(self, code: str) -> Game:
        """The game of this code, when the agent is configured for its studio. Raises ERR_GAME_NOT_FOUND."""
        game = self.catalogue.games_by_code.get(code)
        if game is None or game.provider_id not in self.agent.providers:
            raise PartnerError(ErrorCode.GAME_NOT_FOUND)
        return game


WriteCall = Call[Fields]
ReadCall = Call[QueryFields]


class Afterwards(NamedTuple):
    """The data of an answer, and what is to be done once it is committed: whom nobody may wait for in a transaction is told then.
    What that gives, when it is an error, takes the answer's place."""

    data: object
    then: Callable[[], Awaitable[PartnerError | None]]


Act = Callable[[Connection], Awaitable[object]]
"""What a write does in the transaction that remembers its answer; returns the answer's data, or Afterwards."""


class Elsewhere(NamedTuple):
    """A write whose work is a transaction of its own (the engine's) and so cannot be in the one that remembers the answer. Its
    requestId is claimed for good before `work`, which is done again, and must do no harm then, as long as nothing is remembered;
    `act` tells the answer from what has become of it."""

    work: Callable[[], Awaitable[None]]
    act: Act


Write = Callable[[WriteCall], Awaitable[Act | Elsewhere]]
"""Reads and judges the request by itself, and asks outside what must be asked; gives the act."""
Read = Callable[[ReadCall], Awaitable[object]]
"""The answer's data."""
