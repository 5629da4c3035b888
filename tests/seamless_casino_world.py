"""A casino with a wallet of its own behind a hub: the agent, a studio with a game, and players with money at the operator."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from operator_process import OPERATOR_ID, SECRET, OperatorProcess
from pitboss.domain.agents.entry import NewAgent, WalletTermsChanges
from pitboss.domain.catalogue.agent import AgentType
from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.catalogue.game_list import decode_game_list
from pitboss.domain.catalogue.new_provider import NewProvider
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.domain.sessions import NewSession
from pitboss.engine.arrivals import Arrivals
from pitboss.storage.agents import create_agent
from pitboss.storage.catalogue.games import import_games
from pitboss.storage.catalogue.providers import create_provider
from pitboss.storage.database import Connection, Database
from pitboss.storage.players.players import create_player
from pitboss.storage.players.sessions import start_session
from pitboss.storage.players.wallets import open_wallet
from pitboss.storage.process import next_process_number
from pitboss.storage.secrets import ensure_master_key, open_box

STUDIO_GAME = 12
_GAMES = b'[{"gameId": 12, "name": "Twelve", "category": "slot"}]'


class Guest(NamedTuple):
    """A player: as the studio knows it, and as the operator does. `opening`: minor units at the operator."""

    user_id: str
    token: str
    operator_user: str
    opening: int


class SeamlessCasino(NamedTuple):
    """What a studio must know to play at it."""

    agent_id: int
    provider_id: int
    operator_id: str
    secret: str
    guests: tuple[Guest, ...]

    def __repr__(self) -> str:
        return f"SeamlessCasino({len(self.guests)} guests)"


async def build_casino(
    database_url: str, folder: Path, operator: OperatorProcess, wallet_url: str, *, guests: int, timeout_ms: int
) -> SeamlessCasino:
    """In a migrated database. Every fourth guest has little money, so that bets are refused as well."""
    owner = await Database.open(database_url, role=None, size=1)
    now = datetime.now(UTC)
    try:
        async with owner.anyone() as conn:
            await ensure_master_key(conn, folder)
            box = await open_box(conn, None)
            arrivals = Arrivals(await next_process_number(conn))
            studio = await create_provider(
                conn, box, NewProvider(code="acme"), EVERYWHERE_INSIDE, actor="test", now=now, wallet_url=""
            )
            await import_games(conn, "acme", decode_game_list(_GAMES), EVERYWHERE_INSIDE, actor="test", now=now)
            agent = NewAgent(
                name="Sea Casino", type=AgentType.SEAMLESS, wallet_url=wallet_url, operator_id=OPERATOR_ID, secret=SECRET,
                currencies=(CurrencyWish("EUR"),), default_country="FI",
                wallet_terms=WalletTermsChanges(connect_timeout_ms=timeout_ms, timeout_ms=timeout_ms),
            )  # fmt: skip
            made = await create_agent(
                conn, box, agent, EVERYWHERE_INSIDE, actor="test", now=now, number=arrivals.number
            )
            [provider_id, game_id] = await conn.fetchrow("SELECT provider_id, id FROM game")
            seated = [
                await _seat(conn, arrivals, made.agent_id, made.prefix, (provider_id, game_id), operator, number)
                for number in range(guests)
            ]
    finally:
        await owner.close()
    return SeamlessCasino(made.agent_id, provider_id, studio.operator_id, studio.secret_key, tuple(seated))


async def _seat(
    conn: Connection, arrivals: Arrivals, agent_id: int, prefix: str, at: tuple[int, int], operator: OperatorProcess,
    number: int,
) -> Guest:  # fmt: skip
    opening = 500 if number % 4 == 3 else 1_000_000
    there = await asyncio.to_thread(operator.player, f"{opening // 100}")
    player_id, token, now = arrivals.player_id(prefix), arrivals.session_token(prefix), datetime.now(UTC)
    async with conn.transaction():
        await conn.execute("SELECT set_config('app.agent_id', $1, true)", str(agent_id))
        await create_player(conn, agent_id, player_id, f"guest{number:04d}", None, "", now)
        wallet_id = await open_wallet(conn, agent_id, arrivals.number(), player_id, "EUR")
        session = NewSession(
            token,
            player_id,
            wallet_id,
            *at,
            None,
            "EUR",
            "en",
            "desktop",
            None,
            None,
            None,
            now,
            now + timedelta(days=1),
        )
        await start_session(conn, agent_id, session, alone=False)
        await conn.execute("UPDATE player SET operator_user_id = $2 WHERE player_id = $1", player_id, there.id)
        await conn.execute("UPDATE session SET operator_token = $2 WHERE token = $1", token, there.token)
    return Guest(f"{player_id}-EUR", token, there.id, opening)


numbers = itertools.count(10**18)
"""Ids of transactions and rounds that no studio here has used."""
