"""Engines over a test's database, each with a pool and a process number of its own, as if it were a process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

import asyncpg

from pitboss.bench.world import CURRENCY, Seat, World
from pitboss.domain import ids
from pitboss.domain.catalogue.game import Game
from pitboss.domain.ledger.commands import MoveMoney
from pitboss.domain.money import Currency
from pitboss.domain.play.commands import CancelTransaction, PlaceBet, SettleWin
from pitboss.engine.arrivals import Arrivals
from pitboss.engine.decide import Accounts
from pitboss.engine.engine import Engine
from pitboss.storage.database import APP_ROLE, Database
from pitboss.storage.play.batch import PlayStore
from pitboss.storage.process import next_process_number

EUR = Currency(CURRENCY, 2)
OPENING = 10_000
"""Minor units each player of a test starts with."""


def now() -> datetime:
    return datetime.now(UTC)


class Desk(NamedTuple):
    """An engine at work, and the commands a studio or agent would send it. Amounts in minor units."""

    engine: Engine
    arrivals: Arrivals
    world: World

    def bet(self, seat: Seat, tx_id: str, amount: int, round_id: str | None = None) -> PlaceBet:
        made = self.arrivals
        return PlaceBet(
            id=made.id(), wallet_tx_id=made.id(), number=made.number(), round_number=made.number(), agent_id=seat.agent_id,
            provider_id=self.world.provider_id, user_in_game=seat.user_in_game, token=seat.token, provider_tx_id=tx_id,
            round_id=round_id or tx_id, round_finished=None, currency=EUR, amount=amount, game=_game(self.world),
            playable=True, agent_active=True, settle_rate="1", reason=None, campaign_code=None, history_id=None,
            said=f"BET {amount}",
        )  # fmt: skip

    def win(self, seat: Seat, tx_id: str, amount: int, round_id: str | None = None) -> SettleWin:
        made = self.arrivals
        return SettleWin(
            id=made.id(), wallet_tx_id=made.id(), number=made.number(), round_number=made.number(), agent_id=seat.agent_id,
            provider_id=self.world.provider_id, user_in_game=seat.user_in_game, provider_tx_id=tx_id,
            round_id=round_id or tx_id, round_finished=None, currency=EUR, amount=amount, game=_game(self.world),
            settle_rate="1", reason=None, campaign_code=None, history_id=None, said=f"WIN {amount}",
        )  # fmt: skip

    def move(self, seat: Seat, request_id: str, amount: int, *, deposit: bool) -> MoveMoney:
        made = self.arrivals
        return MoveMoney(
            id=made.id(), wallet_tx_id=made.id(), agent_tx_id=made.id(), number=made.number(), agent_id=seat.agent_id,
            user_in_game=seat.user_in_game, agent_wallet=ids.agent_wallet(CURRENCY), provider_tx_id=f"r:{request_id}",
            amount=amount, is_deposit=deposit, said=f"MOVE {deposit} {amount}",
        )  # fmt: skip

    def cancel(self, seat: Seat, tx_id: str) -> CancelTransaction:
        made = self.arrivals
        return CancelTransaction(
            id=made.id(), wallet_tx_id=made.id(), number=made.number(), agent_id=seat.agent_id,
            provider_id=self.world.provider_id, user_in_game=seat.user_in_game, provider_tx_id=tx_id, round_finished=None,
            allow_negative=False,
        )  # fmt: skip


def _game(world: World) -> Game:
    return Game(
        id=world.game_id, provider_id=world.provider_id, provider_game_id=1, code="x", name="x", category="slot", rtp=None,
        has_free_round=False, has_free_chip=False, fun_mode=False, devices=(), logo_url="", bet_values={},
        restricted_countries=(), prohibited_countries=(), active=True, created_at=now(), default_limits={},
    )  # fmt: skip


@asynccontextmanager
async def open_desk(
    database_url: str,
    world: World,
    *,
    engine_url: str | None = None,
    store: Callable[[Database], PlayStore] = PlayStore,
    engine_class: type[Engine] = Engine,
    **options: Any,
) -> AsyncIterator[Desk]:
    """`engine_url`: where the engine reaches the database, when not directly. At the end what was taken is answered."""
    houses = await _houses(database_url)
    database = await Database.open(engine_url or database_url, APP_ROLE)
    async with database.anyone() as conn:
        arrivals = Arrivals(await next_process_number(conn))
    engine = engine_class(store(database), arrivals, lambda agent_id: Accounts(houses[agent_id], None), now, **options)
    running = asyncio.create_task(engine.run())
    try:
        yield Desk(engine, arrivals, world)
        async with asyncio.timeout(30):
            await engine.drain()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        database.pool.terminate()


async def _houses(database_url: str) -> Mapping[int, Mapping[str, int]]:
    conn = await asyncpg.connect(database_url)
    try:
        rows = await conn.fetch("SELECT agent_id, id FROM account WHERE kind = 'house'")
        return {row["agent_id"]: {CURRENCY: row["id"]} for row in rows}
    finally:
        await conn.close()
