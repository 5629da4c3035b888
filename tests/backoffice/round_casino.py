"""Rounds played over the wallet protocol at two casinos of one hub, and a diary of them that nobody else writes."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg

from pitboss.domain.agents.entry import NewAgent
from pitboss.domain.bonus.gift import Gift
from pitboss.domain.bonus.template import BonusType
from pitboss.domain.catalogue.agent import AgentType
from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.engine.open import open_hub
from pitboss.settings import Settings
from pitboss.storage.agents import create_agent
from pitboss.storage.bonuses import given as bonus
from pitboss.storage.bonuses.given import Receiver
from pitboss.storage.rounds.search import RoundFilter, RoundPage, search
from pitboss.storage.rounds.timeline import Timeline, timeline
from wallet_world import Player, Reply, World, arrange

OTHER_PREFIX = "othr1"
_numbers = itertools.count(50_001)


def fresh() -> int:
    """A transaction or round id nobody used."""
    return next(_numbers)


@dataclass
class RoundCasino:
    """`world` is where it is played; `diary`: the round ids that opened, in their order."""

    world: World
    diary: list[str] = field(default_factory=list)
    names: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def player(self, cents: int = 100_000, currency: str = "EUR", **more: Any) -> Player:
        """One of this casino's."""
        prefix = self.world.hub.live.current.agents[self.world.agent_id].prefix
        number = next(self.names)
        names = {
            "player_id": f"{prefix}{fresh():011d}", "token": f"{prefix}token{fresh():020d}", "username": f"{prefix}guest{number}",
        }  # fmt: skip
        return await self.world.player(cents, currency=currency, **(names | more))

    async def say(self, kind: str, player: Player, amount: str, round_id: int, **more: Any) -> Reply:
        """A message that the hub answers well."""
        tx = more.pop("transaction_id", None) or fresh()
        reply = await self.world.change(kind, player, tx, Decimal(amount), round_id=round_id, **more)
        assert reply.code == "OK", reply.body
        return reply

    async def round(self, player: Player, **more: Any) -> str:
        """A stake of 2.00 and a win of 1.50 that ends it; its id."""
        round_id = fresh()
        await self.say("BET", player, "2", round_id, **more)
        self.diary.append(str(round_id))
        await self.say("WIN", player, "1.5", round_id, round_finished=True, **more)
        return str(round_id)

    async def open_round(self, player: Player, **more: Any) -> str:
        """A stake, and nothing yet."""
        round_id = fresh()
        await self.say("BET", player, "2", round_id, **more)
        self.diary.append(str(round_id))
        return str(round_id)

    async def cancel(self, player: Player, tx: int, round_id: int | str, **more: Any) -> Reply:
        data = {
            "user_id": player.user_id, "transaction_id": tx, "round_id": int(round_id), "game_id": 200, "round_finished": None,
        }  # fmt: skip
        return await self.world.call("cancel", data | more)

    async def give(self, player: Player, multiplier: int) -> str:
        """Two free stakes of 1.00, wagered so many times; the campaign's code."""
        hub, now, day = self.world.hub, datetime.now(UTC), timedelta(days=1)
        game = hub.live.current.games_by_provider[self.world.provider_id, 200]
        gift = Gift(
            reference=f"test:{hub.arrivals.id()}", said="", template="FS10", name="Free spins", kind=BonusType.FREE_SPINS,
            provider_id=self.world.provider_id, games=(game.id,), wager_games=(), currency="EUR", value=100, stakes=2,
            multiplier=Decimal(multiplier), max_conversion=None, valid_from=now - day, use_by=now + day,
            expires_at=now + 10 * day,
        )  # fmt: skip
        receiver = Receiver(player.player_id, player.wallet_id, hub.arrivals.id())
        async with hub.database.tenant(self.world.agent_id) as conn:
            given = await bonus.give_grant(
                conn, self.world.agent_id, hub.arrivals.id(), f"code-{hub.arrivals.id()}", gift, [receiver], now
            )
        return given.code

    async def find(self, cursor: str | None = None, size: int = 50, **wanted: Any) -> RoundPage:
        """A page, as the running application reads it."""
        async with self.world.hub.database.tenant(self.world.agent_id) as conn:
            return await search(conn, self.world.agent_id, RoundFilter(**wanted), cursor, size)

    async def found(self, **wanted: Any) -> list[str | None]:
        """The studio's ids of the rounds of the first page."""
        return [row.round_id for row in (await self.find(**wanted)).rows]

    async def timeline(self, player: Player, round_id: int | str) -> Timeline | None:
        async with self.world.hub.database.tenant(self.world.agent_id) as conn:
            return await timeline(conn, self.world.agent_id, self.world.provider_id, player.wallet_id, str(round_id))

    async def message(self, tx: int | str, is_cancel: bool = False) -> Any:
        """The row of a message, as its owner reads it."""
        return await self.world.owner.fetchrow(
            "SELECT * FROM transaction WHERE agent_id = $1 AND provider_tx_id = $2 AND is_cancel = $3",
            self.world.agent_id, str(tx), is_cancel,
        )  # fmt: skip

    async def opening(self, round_id: str) -> Any:
        """The row of the first message of a round of one player."""
        return await self.world.owner.fetchrow(
            "SELECT * FROM transaction WHERE agent_id = $1 AND round_id = $2 ORDER BY wallet_version LIMIT 1",
            self.world.agent_id, round_id,
        )  # fmt: skip

    async def number_of(self, round_id: str) -> str:
        """What an operator knows the round by."""
        row = await self.world.owner.fetchval(
            "SELECT number FROM round WHERE agent_id = $1 AND round_id = $2", self.world.agent_id, round_id
        )
        return str(row)


@asynccontextmanager
async def two_casinos(url: str, directory: Path) -> AsyncIterator[tuple[RoundCasino, RoundCasino]]:
    """Two transfer agents of one hub, both with the studio `acme`."""
    owner = await asyncpg.connect(url)
    try:
        box, agent_id = await arrange(owner, directory)
        numbers = itertools.count(5_000)
        other = await create_agent(
            owner, box,
            NewAgent(name="Other Casino", type=AgentType.TRANSFER, prefix=OTHER_PREFIX, currencies=(CurrencyWish("EUR"),)),
            EVERYWHERE_INSIDE, actor="test", now=datetime.now(UTC) - timedelta(days=1), number=lambda: next(numbers),
        )  # fmt: skip
        async with open_hub(Settings(url)) as hub:
            acme = hub.live.current.providers_by_code["acme"].id
            worlds = (World(hub, owner, box, agent, acme) for agent in (agent_id, other.agent_id))
            one, two = map(RoundCasino, worlds)
            yield one, two
    finally:
        await owner.close()
