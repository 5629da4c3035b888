"""Short ways to be a studio at a real hub, and to arrange what the studio finds there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha1
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from pitboss.domain.agents.entry import NewAgent
from pitboss.domain.catalogue.agent import AgentType
from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.catalogue.game_list import decode_game_list
from pitboss.domain.catalogue.new_provider import NewProvider, NewUnit
from pitboss.domain.ledger.commands import FundAgent, MoveMoney
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.domain.play.decision import Accepted
from pitboss.domain.sessions import NewSession
from pitboss.edges.wallet_api.asgi import WalletApi
from pitboss.engine.hub import Hub
from pitboss.storage.agents import create_agent
from pitboss.storage.catalogue.games import import_games
from pitboss.storage.catalogue.providers import create_provider
from pitboss.storage.players.players import create_player
from pitboss.storage.players.sessions import start_session
from pitboss.storage.players.wallets import open_wallet
from pitboss.storage.secrets import SecretBox, ensure_master_key, read_master_key

SECRET = "a-secret-of-the-studio"
OPERATOR_ID = "acmehub"
PREFIX = "2sjcc"
GAMES = b"""[
  {"gameId": 200, "name": "Two Hundred", "category": "slot"},
  {"gameId": 46, "name": "Forty-Six", "category": "table",
   "betLimits": {"standard": {"isDefault": true, "limits": {"EUR": {"min": "1", "max": "50"}}}}},
  {"gameId": 7, "name": "Not in Malta", "category": "slot", "prohibitedCountries": ["MT"]}
]"""
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def sha(text: str) -> str:
    """The protocol's signature, computed apart from the hub's own code."""
    return sha1(text.encode()).hexdigest()


class Reply(NamedTuple):
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body, numbers as exact decimals or integers."""
        parsed: dict[str, Any] = json.loads(self.body, parse_float=Decimal)
        return parsed

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = self.json["response"]["data"]
        return found

    @property
    def code(self) -> str:
        """OK, or the error's code."""
        response = self.json["response"]
        return "OK" if response["status"] == "OK" else str(response["data"]["error_code"])

    @property
    def raw_data(self) -> bytes:
        """Status and data as the bytes they came as: what a replay must repeat."""
        status, _, rest = self.body.rpartition(b'"response":')[2].partition(b',"response_timestamp"')
        return status + rest.partition(b'"data":')[2]


class Player(NamedTuple):
    """A player with a session: what a studio knows of it."""

    user_id: str
    token: str
    player_id: str
    wallet_id: int


async def http(
    api: Any,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | list[bytes] = b"",
    client: str = "127.0.0.1",
) -> Reply:
    """One request against an ASGI application; a list of bodies comes in pieces."""
    pieces = [body] if isinstance(body, bytes) else list(body)
    messages = [
        {"type": "http.request", "body": piece, "more_body": index < len(pieces) - 1}
        for index, piece in enumerate(pieces)
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": (client, 40000),
    }
    await api(scope, receive, send)
    start = sent[0]
    heads = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], heads, b"".join(message.get("body", b"") for message in sent[1:]))


def door(command: str, secret: str = SECRET, operator_id: str = OPERATOR_ID) -> dict[str, str]:
    """The headers of a call."""
    return {"X-Authorization": sha(command + secret), "X-Operator-Id": operator_id}


class World:
    """A hub, and short ways to call it as the studio and to arrange what the studio finds."""

    def __init__(self, hub: Hub, owner: asyncpg.Connection, box: SecretBox, agent_id: int, provider_id: int) -> None:
        self.hub = hub
        self.api = WalletApi(hub)
        self.owner = owner
        self.box = box
        self.agent_id = agent_id
        self.provider_id = provider_id
        self._names = 0

    def at(self, clock: datetime) -> None:
        """Let the studio's calls arrive at this time."""
        self.hub = replace(self.hub, clock=lambda: clock)
        self.api = WalletApi(self.hub)

    @contextmanager
    def standing(self, clock: datetime) -> Iterator[None]:
        """The same, for as long as the block runs."""
        kept = self.hub, self.api
        self.at(clock)
        try:
            yield
        finally:
            self.hub, self.api = kept

    async def player(
        self, cents: int = 0, *, currency: str = "EUR", country: str = "", provider_id: int | None = None,
        game: int | None = 200, player_id: str | None = None, token: str | None = None, username: str | None = None,
        expires_at: datetime = LATER,
    ) -> Player:  # fmt: skip
        """A player with a session and this much real money, deposited by its agent."""
        self._names += 1
        player_id = player_id or f"{PREFIX}{self._names:011d}"
        token = token or f"{PREFIX}token{self._names:020d}"
        now = datetime.now(UTC)
        game_row = self.hub.live.current.games_by_provider.get((self.provider_id, game)) if game else None
        async with self.hub.database.tenant(self.agent_id) as connection:
            name = username or f"player{self._names}"
            await create_player(connection, self.agent_id, player_id, name, None, country, now)
            wallet_id = await open_wallet(connection, self.agent_id, self.hub.arrivals.number(), player_id, currency)
            session = NewSession(
                token, player_id, wallet_id, provider_id or self.provider_id, game_row.id if game_row else None, None,
                currency, "en", "desktop", None, None, None, now, expires_at,
            )  # fmt: skip
            await start_session(connection, self.agent_id, session, alone=False)
        player = Player(f"{player_id}-{currency}", token, player_id, wallet_id)
        if cents:
            await self.deposit(player, cents, currency)
        return player

    async def deposit(self, player: Player, cents: int, currency: str = "EUR") -> None:
        """Money from outside through the agent's wallet to the player's."""
        arrivals, agent = self.hub.arrivals, self.hub.live.current.agents[self.agent_id]
        fund = FundAgent(
            arrivals.id(), arrivals.id(), arrivals.number(), self.agent_id, f"agent-{currency}", f"i:{arrivals.id()}",
            cents, agent.funding_accounts[currency], f"fund {cents}",
        )  # fmt: skip
        funded = await self.hub.engine.submit(fund)
        assert isinstance(funded, Accepted), funded
        move = MoveMoney(
            arrivals.id(), arrivals.id(), arrivals.id(), arrivals.number(), self.agent_id, player.user_id,
            f"agent-{currency}", f"i:{arrivals.id()}", cents, True, f"deposit {cents}",
        )  # fmt: skip
        moved = await self.hub.engine.submit(move)
        assert isinstance(moved, Accepted), moved

    async def call(
        self, command: str, data: dict[str, Any] | None, /, *, secret: str = SECRET, **envelope: Any
    ) -> Reply:
        """A well-signed call of the studio; `envelope` replaces members of the envelope."""
        stamp = envelope.get("request_timestamp", f"{self.hub.clock():%Y-%m-%d %H:%M:%S}")
        body = {
            "command": command, "request_timestamp": stamp, "hash": sha(f"{command}{stamp}{secret}"), "data": data,
        } | envelope  # fmt: skip
        return await self.post(command, json.dumps(body, default=str).encode(), secret=secret)

    async def post(self, command: str, body: bytes | list[bytes], *, secret: str = SECRET) -> Reply:
        """Raw bytes with the studio's headers."""
        return await http(self.api, "POST", f"/wallet/{command}", door(command, secret), body)

    async def change(self, kind: str, player: Player, transaction_id: Any, amount: Any, **data: Any) -> Reply:
        """A BET, WIN or REFUND in round 1727 of game 200 unless told otherwise; amounts as text."""
        members = {
            "transaction_type": kind, "amount": amount, "currency_code": "EUR", "transaction_id": transaction_id,
            "round_id": 1727, "round_finished": False, "game_id": 200, "user_id": player.user_id, "token": player.token,
        } | data  # fmt: skip
        return await self.call("changebalance", members)

    async def balance(self, player: Player) -> int:
        """Real money in the player's wallet, minor units, from the database."""
        found: int = await self.owner.fetchval("SELECT balance FROM wallet WHERE id = $1", player.wallet_id)
        return found

    async def count(self, table: str, where: str = "true") -> int:
        found: int = await self.owner.fetchval(f"SELECT count(*) FROM {table} WHERE {where}")
        return found

    async def block(self, player: Player, blocked: bool = True) -> None:
        await self.owner.execute("UPDATE player SET blocked = $2 WHERE player_id = $1", player.player_id, blocked)

    async def end_session(self, player: Player) -> None:
        await self.owner.execute("UPDATE session SET ended_at = now() WHERE token = $1", player.token)

    async def configure(self, statement: str, *values: Any) -> None:
        """An administrative change, known to the hub at once."""
        await self.owner.execute(statement, *values)
        await self.owner.execute("UPDATE hub SET config_version = config_version + 1")
        await self.hub.live.refresh()


async def arrange(
    owner: asyncpg.Connection, directory: Path, wallet_url: str | None = None, wallet_secret: str | None = None
) -> tuple[SecretBox, int]:
    """Two studios and one agent: a transfer agent, or with a wallet's address a seamless one."""
    now = datetime.now(UTC) - timedelta(days=1)
    box = SecretBox(read_master_key(await ensure_master_key(owner, directory)))
    numbers = iter(range(1, 1000))
    agent = await create_agent(
        owner, box,
        NewAgent(
            name="Test Casino", type=AgentType.SEAMLESS if wallet_url else AgentType.TRANSFER, prefix=PREFIX,
            default_country="DE", wallet_url=wallet_url, secret=wallet_secret,
            currencies=tuple(CurrencyWish(code) for code in ("EUR", "IDR", "JPY")),
        ),
        EVERYWHERE_INSIDE, actor="test", now=now, number=lambda: next(numbers),
    )  # fmt: skip
    for code in ("acme", "other"):
        await create_provider(
            owner, box,
            NewProvider(
                code=code, operator_id=OPERATOR_ID if code == "acme" else "other", secret=SECRET,
                prohibited_countries=("FR",), units=(NewUnit("KIDR", "IDR", 3),) if code == "acme" else (),
            ),
            EVERYWHERE_INSIDE, actor="test", now=now, wallet_url="http://127.0.0.1/wallet",
        )  # fmt: skip
        await import_games(owner, code, decode_game_list(GAMES), EVERYWHERE_INSIDE, actor="test", now=now)
    return box, agent.agent_id
