"""A hub at work over a fresh database, with agents, studios and games, reached through real HTTP."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from pitboss.app import compose
from pitboss.domain.agents.entry import NewAgent
from pitboss.domain.catalogue import AgentType
from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.catalogue.game_list import decode_game_list
from pitboss.domain.catalogue.new_provider import NewProvider, NewUnit
from pitboss.domain.ledger.commands import FundAgent
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.domain.play.commands import CancelTransaction, PlaceBet, RefundBet, SettleWin
from pitboss.domain.play.decision import Accepted, Asked, Outcome
from pitboss.domain.seamless.operator_call import Agreed
from pitboss.engine.hub import Hub
from pitboss.engine.open import open_hub, utc_now
from pitboss.operators import open_wallets
from pitboss.settings import Settings
from pitboss.storage.agents import CreatedAgent, create_agent
from pitboss.storage.catalogue.games import import_games
from pitboss.storage.catalogue.providers import create_provider
from pitboss.storage.database import Connection, Database
from pitboss.storage.secrets import SecretBox, ensure_master_key, open_box

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MADE_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CURRENCIES = ("EUR", "IDR", "THB", "JPY")
STUDIO_GAMES = [
    {
        "gameId": 126,
        "name": "Leprechaun Riches",
        "category": "slot",
        "rtp": "97.35",
        "hasFreeRound": True,
        "funMode": True,
        "betLimits": {
            "low": {"label": "Low", "isDefault": False, "limits": {"EUR": {"min": "0.1", "max": "5"}}},
            "standard": {"label": "Standard", "isDefault": True, "limits": {"EUR": {"min": "0.1", "max": "10000"}}},
        },
    },
    {"gameId": 7, "name": "Thai River", "category": "slot", "prohibitedCountries": ["TW"]},
]
TABLE_GAMES = [{"gameId": 126, "name": "Lightning Table", "category": "live_casino", "funMode": True}]


@dataclass
class Stage:
    """`one` is a transfer agent with money; `east` one under it, at +07:00; `sea` is seamless; `other` stands by itself."""

    hub: Hub
    owner: Connection
    http: httpx.AsyncClient
    one: CreatedAgent
    east: CreatedAgent
    sea: CreatedAgent
    other: CreatedAgent
    sessions: dict[str, Any] = field(default_factory=dict)

    async def call(self, name: str, body: object = None, *, agent: CreatedAgent | None = None, **headers: str) -> Any:
        """An agent API call (`v1.6/deposit`); the decoded answer, numbers with a point as their text."""
        return decoded(await self.post(name, body, agent=agent, **headers))

    async def post(
        self, name: str, body: object = None, *, agent: CreatedAgent | None = None, **headers: str
    ) -> httpx.Response:
        """The same, as the HTTP answer. bytes are sent as they are."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        key = (agent or self.one).external_api_key
        given = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(f"/external/{name}", content=content, headers=given)

    async def sql(self, statement: str, *values: object) -> None:
        """As the owner; the running hub then reads its configuration again."""
        await self.owner.execute(statement, *values)
        await self.owner.execute("UPDATE hub SET config_version = config_version + 1")
        await self.hub.live.refresh()

    async def waiting(self) -> int:
        """Transactions that wait for a lock."""
        # Within a transaction, who does what is read once.
        await self.owner.execute("SELECT pg_stat_clear_snapshot()")
        count: int = await self.owner.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return count

    async def player(self, username: str = "player0001", agent: CreatedAgent | None = None, **more: object) -> None:
        answer = await self.call("v1.6/createPlayer", {"username": username, **more}, agent=agent)
        assert answer == {"ok": True, "result": {}}

    async def launched(self, username: str, currency: str, agent: CreatedAgent | None = None) -> str:
        """A session's token."""
        body = {
            "username": username, "isMobile": False, "gameId": "pg_00001", "lang": "en", "playerIp": "203.0.113.9",
            "currency": currency,
        }  # fmt: skip
        answer = await self.call("v1.6/launchGame", body, agent=agent)
        return str(httpx.URL(answer["result"]["url"]).params["token"])

    async def play(
        self,
        kind: str,
        token: str,
        amount: int,
        tx_id: str,
        round_id: str,
        *,
        agent: CreatedAgent | None = None,
        **more: Any,
    ) -> Outcome:
        """What a studio's bet, win, refund or cancel becomes, in minor units, handed to the engine."""
        agent = agent or self.one
        if token not in self.sessions:
            self.sessions[token] = await self.owner.fetchrow(
                "SELECT w.user_in_game, w.currency FROM session s"
                " JOIN wallet w ON w.agent_id = s.agent_id AND w.id = s.wallet_id WHERE s.token = $1",
                token,
            )
        row = self.sessions[token]
        catalogue, arrivals = self.hub.live.current, self.hub.arrivals
        game, currency = catalogue.games_by_code["pg_00001"], catalogue.currencies[row["currency"]]
        rate = catalogue.rate(currency.code, "EUR", self.hub.clock())
        common: dict[str, Any] = {
            "id": arrivals.id(), "wallet_tx_id": arrivals.id(), "number": arrivals.number(), "agent_id": agent.agent_id,
            "provider_id": game.provider_id, "user_in_game": row["user_in_game"], "provider_tx_id": tx_id,
            "round_finished": None, "round_id": round_id,
        }  # fmt: skip
        if kind == "cancel":
            return await self.hub.engine.submit(CancelTransaction(**common, allow_negative=False))
        common |= {
            "currency": currency, "amount": amount, "game": more.pop("game", game), "history_id": None,
            "campaign_code": more.pop("campaign_code", None), "said": f"{kind} {amount} {round_id}",
            "reason": more.pop("reason", None),
            "settle_rate": None if rate is None else str(rate),
        }  # fmt: skip
        if kind == "bet":
            common |= {"token": token, "playable": True, "agent_active": True}
        if kind != "refund":
            common["round_number"] = arrivals.number()
        command = {"bet": PlaceBet, "win": SettleWin, "refund": RefundBet}[kind](**common)
        outcome = await self.hub.engine.submit(command)  # type: ignore[arg-type]
        if isinstance(outcome, Asked):
            # As by an operator that agrees.
            agreed = Agreed({"balance": Decimal(1_000), "currency_code": currency.code})
            outcome = await self.hub.seamless.settle(agent.agent_id, row["user_in_game"], outcome.call, agreed)
        assert isinstance(outcome, Accepted), outcome
        return outcome


def decoded(response: httpx.Response) -> Any:
    """The JSON of an answer, exact."""
    assert response.headers["content-type"] == "application/json"
    return json.loads(response.content, parse_float=str)


class Midday:
    """A clock that goes as others do, from twenty past twelve (UTC) on a Wednesday in the middle of a month: no quarter of an hour,
    hour, day (of any time zone), week or month ends during a test. The nearest such day to come, so that what goes by the real
    clock beside it still holds."""

    def __init__(self) -> None:
        began = utc_now()
        days = (began.date() + timedelta(days=ahead) for ahead in range(1, 32))
        day = next(day for day in days if day.isoweekday() == 3 and 8 <= day.day <= 22)
        self._ahead = datetime.combine(day, time(12, 20), UTC) - began

    def __call__(self) -> datetime:
        return utc_now() + self._ahead

    def unix_ns(self) -> int:
        """The same for ids, which tell when a command came."""
        return (self() - _EPOCH) // timedelta(microseconds=1) * 1000


@asynccontextmanager
async def on_stage(
    database_url: str, folder: Path, clock: Callable[[], datetime] = utc_now, **settings: object
) -> AsyncIterator[Stage]:
    """Set up, serve on a free port, and take down. `clock`: the hub's."""
    owner = await Database.open(database_url, None, size=2)
    try:
        async with owner.anyone() as conn:
            agents = await _furnish(conn, folder)
            chosen = Settings(database_url=database_url, allow_private_urls=True).with_(**settings)
            async with (
                open_hub(chosen, open_wallets, clock) as hub,
                served(hub) as address,
                httpx.AsyncClient(base_url=address, timeout=30) as http,
            ):
                if isinstance(clock, Midday):
                    hub.arrivals._unix_ns = clock.unix_ns
                stage = Stage(hub, conn, http, *agents)
                await _fund(stage)
                yield stage
    finally:
        await owner.close()


@asynccontextmanager
async def served(hub: Hub) -> AsyncIterator[str]:
    """Over real HTTP, on a free port."""
    server = uvicorn.Server(
        uvicorn.Config(compose(hub), host="127.0.0.1", port=0, lifespan="off", log_config=None, proxy_headers=False)
    )
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


async def _furnish(conn: Connection, folder: Path) -> list[CreatedAgent]:
    await ensure_master_key(conn, folder)
    box = await open_box(conn, None)
    await _studio(conn, box, STUDIO_GAMES, NewProvider(
        code="pg", name="Pocket Games Soft", operator_id="hubatpg", secret="pg secret", logo_url="https://cdn.example/pg.png",
        launch_url="https://m.studio.example/60/index.html?btt=1", units=(NewUnit("KIDR", "IDR", 3),),
    ))  # fmt: skip
    await _studio(conn, box, TABLE_GAMES, NewProvider(
        code="evolution", name="Evolution (new)", operator_id="hubatevo", secret="evo secret",
        launch_url="https://tables.example/", restricted_countries=("DZ", "AO"), prohibited_countries=("AU", "CU"),
    ))  # fmt: skip
    numbers = itertools.count(1)
    agents: list[CreatedAgent] = []
    for new in (
        _agent("One", "2sjcc", operator_id="casinoone"),
        _agent("East", "eastt", parent_id=1, utc_offset_min=420),
        _agent(
            "Sea", "seaaa", type=AgentType.SEAMLESS, wallet_url="http://127.0.0.1:9/wallet", operator_id="casinosea"
        ),
        _agent("Other", "other", default_country="AU"),
    ):
        made = await create_agent(
            conn, box, new, EVERYWHERE_INSIDE, actor="test", now=MADE_AT, number=lambda: next(numbers)
        )
        agents.append(made)
    for currency, rate in (("IDR", "0.0002"), ("THB", "0.025")):
        await conn.execute(f"INSERT INTO rate VALUES ('{currency}', 'EUR', $1, {rate})", MADE_AT)
    return agents


def _agent(name: str, prefix: str, **more: Any) -> NewAgent:
    members = {"type": AgentType.TRANSFER, "currencies": tuple(CurrencyWish(code) for code in CURRENCIES), **more}
    return NewAgent(name=name, prefix=prefix, **members)


async def _studio(conn: Connection, box: SecretBox, games: list[dict[str, Any]], new: NewProvider) -> None:
    url = "http://127.0.0.1:8080/wallet"
    await create_provider(conn, box, new, EVERYWHERE_INSIDE, actor="test", now=MADE_AT, wallet_url=url)
    document = decode_game_list(json.dumps(games).encode())
    await import_games(conn, new.code, document, EVERYWHERE_INSIDE, actor="test", now=MADE_AT)


async def _fund(stage: Stage) -> None:
    """A million of every currency for the transfer agents, but for the yen."""
    for agent in (stage.one, stage.east, stage.other):
        accounts = stage.hub.live.current.agents[agent.agent_id].funding_accounts
        for code in ("EUR", "IDR", "THB"):
            arrivals = stage.hub.arrivals
            fund = FundAgent(
                arrivals.id(), arrivals.id(), arrivals.number(), agent.agent_id, f"agent-{code}", f"fund-{code}",
                1_000_000_00, accounts[code], f"fund {code}",
            )  # fmt: skip
            assert isinstance(await stage.hub.engine.submit(fund), Accepted)
