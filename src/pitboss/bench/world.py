"""Agents, players and money to measure with, all made through the product's own doors, so that the books are right."""

import asyncio
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pitboss.domain import ids
from pitboss.domain.agents.entry import NewAgent
from pitboss.domain.catalogue.agent import AgentType
from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.catalogue.new_provider import NewProvider
from pitboss.domain.ledger.commands import FundAgent, MoveMoney
from pitboss.domain.outbound import EVERYWHERE_INSIDE, PUBLIC_ONLY
from pitboss.domain.play.decision import Accepted
from pitboss.domain.sessions import NewSession
from pitboss.engine.arrivals import Arrivals
from pitboss.engine.hub import Hub
from pitboss.engine.open import open_hub
from pitboss.settings import Settings
from pitboss.storage import migrate
from pitboss.storage.agents import CreatedAgent, create_agent
from pitboss.storage.catalogue.games import import_games
from pitboss.storage.catalogue.providers import create_provider
from pitboss.storage.database import Connection, Database
from pitboss.storage.players.players import create_player
from pitboss.storage.players.sessions import start_session
from pitboss.storage.players.wallets import open_wallet
from pitboss.storage.process import next_process_number
from pitboss.storage.secrets import SecretBox, ensure_master_key, open_box

CURRENCY = "EUR"
STUDIO_GAME = 1
_TOGETHER = 500


class Seat(NamedTuple):
    """A player at a game; `balance` in minor units."""

    agent_id: int
    player_id: str
    user_in_game: str
    token: str
    wallet_id: int
    balance: int


class World(NamedTuple):
    """One studio with one game, and the players of some agents at it."""

    provider_id: int
    operator_id: str
    secret: str
    game_id: int
    seats: tuple[tuple[Seat, ...], ...]
    """By agent."""
    agents: tuple[CreatedAgent, ...] = ()

    def __repr__(self) -> str:
        return f"World({self.operator_id!r}, {len(self.seats)} agents)"


class OperatorWallet(NamedTuple):
    """Where the players of seamless agents have their money."""

    url: str
    secret: str

    def __repr__(self) -> str:
        return f"OperatorWallet({self.url!r})"


async def build_world(
    database_url: str,
    data_dir: Path,
    *,
    agents: int = 1,
    players: int = 1_000,
    balance: int = 10**8,
    wallet: OperatorWallet | None = None,
) -> World:
    """Upgrade the database and put `players` players in all, with `balance` minor units each, at one game. With `wallet` their
    agents are seamless, and the money is there already."""
    await migrate.upgrade(database_url)
    name = f"bench_{secrets.token_hex(4)}"
    now = datetime.now(UTC)
    owner = await Database.open(database_url, role=None, size=1)
    try:
        async with owner.anyone() as conn:
            await ensure_master_key(conn, data_dir)
            box = await open_box(conn, None)
            arrivals = Arrivals(await next_process_number(conn))
            studio = NewProvider(code=name)
            made = await create_provider(conn, box, studio, PUBLIC_ONLY, actor="bench", now=now, wallet_url="")
            games = [{"gameId": STUDIO_GAME, "name": "Bench", "category": "slot"}]
            await import_games(conn, name, games, PUBLIC_ONLY, actor="bench", now=now)
            owners = [
                await _create_agent(conn, box, f"{name} {number}", name, now, arrivals, wallet)
                for number in range(agents)
            ]
    finally:
        await owner.close()
    async with open_hub(Settings(database_url=database_url)) as hub:
        provider = hub.live.current.providers_by_code[name]
        game = hub.live.current.games_by_provider[provider.id, STUDIO_GAME]
        seats = tuple(
            [
                await _seat_players(hub, agent_id, provider.id, game.id, players // agents, balance)
                for agent_id in (owner_of.agent_id for owner_of in owners)
            ]
        )
    return World(provider.id, made.operator_id, made.secret_key, game.id, seats, tuple(owners))


async def _create_agent(
    conn: Connection,
    box: SecretBox,
    name: str,
    provider: str,
    now: datetime,
    arrivals: Arrivals,
    wallet: OperatorWallet | None,
) -> CreatedAgent:
    new = NewAgent(name=name, type=AgentType.TRANSFER, currencies=(CurrencyWish(CURRENCY),), providers=(provider,))
    if wallet is not None:
        new = replace(new, type=AgentType.SEAMLESS, wallet_url=wallet.url, secret=wallet.secret)
    return await create_agent(conn, box, new, EVERYWHERE_INSIDE, actor="bench", now=now, number=arrivals.number)


async def _seat_players(
    hub: Hub, agent_id: int, provider_id: int, game_id: int, players: int, balance: int
) -> tuple[Seat, ...]:
    prefix = hub.live.current.agents[agent_id].prefix
    async with hub.database.tenant(agent_id) as conn:
        seats = [
            await _seat(hub, conn, agent_id, prefix, provider_id, game_id, f"bench{number:06d}", balance)
            for number in range(players)
        ]
    if hub.live.current.agents[agent_id].type is AgentType.SEAMLESS:
        return tuple(seats)
    await _fund(hub, agent_id, players * balance)
    for start in range(0, players, _TOGETHER):
        outcomes = await asyncio.gather(*(_deposit(hub, seat) for seat in seats[start : start + _TOGETHER]))
        assert all(outcomes), "a deposit of the world was refused"
    return tuple(seats)


async def _seat(
    hub: Hub, conn: Connection, agent_id: int, prefix: str, provider_id: int, game_id: int, username: str, balance: int
) -> Seat:
    arrivals, now = hub.arrivals, hub.clock()
    player_id, token = arrivals.player_id(prefix), arrivals.session_token(prefix)
    await create_player(conn, agent_id, player_id, username, CURRENCY, "", now)
    wallet_id = await open_wallet(conn, agent_id, arrivals.number(), player_id, CURRENCY)
    of_operator = hub.live.current.agents[agent_id].type is AgentType.SEAMLESS
    session = NewSession(
        token, player_id, wallet_id, provider_id, game_id, None, CURRENCY, "en", "desktop", None, None, None, now,
        now + timedelta(days=1), f"theoperatorsown{username}" if of_operator else None,
    )  # fmt: skip
    await start_session(conn, agent_id, session, alone=False)
    return Seat(agent_id, player_id, ids.user_in_game(player_id, CURRENCY), token, wallet_id, balance)


async def _fund(hub: Hub, agent_id: int, amount: int) -> None:
    arrivals = hub.arrivals
    account = hub.live.current.agents[agent_id].funding_accounts[CURRENCY]
    command = FundAgent(
        arrivals.id(), arrivals.id(), arrivals.number(), agent_id, ids.agent_wallet(CURRENCY), "r:bench-fund", amount, account,
        f"FUND {amount} {CURRENCY}",
    )  # fmt: skip
    outcome = await hub.engine.submit(command)
    assert isinstance(outcome, Accepted), outcome


async def _deposit(hub: Hub, seat: Seat) -> bool:
    arrivals = hub.arrivals
    command = MoveMoney(
        arrivals.id(), arrivals.id(), arrivals.id(), arrivals.number(), seat.agent_id, seat.user_in_game,
        ids.agent_wallet(CURRENCY), f"r:bench-{seat.player_id}", seat.balance, True, f"DEPOSIT {seat.balance} {CURRENCY}",
    )  # fmt: skip
    return isinstance(await hub.engine.submit(command), Accepted)
