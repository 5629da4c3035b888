"""The casino of a stage's seamless agent: a real wallet with scripted answers; short ways to launch there and to be the studio."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from agent_stage import Stage
from scripted_operator import ScriptedOperator, error, ok
from signed_http import Asked, sha1

TOKEN = "IfpdCsglTNR4xuFH0ijZ"
JOHN: dict[str, Any] = {
    "user_id": "25343", "user_name": "johndoe", "display_name": "John Doe", "user_country": "Germany", "balance": 420.76,
    "currency_code": "EUR",
}  # fmt: skip


@dataclass
class Casino:
    """Until told otherwise every token is John's, who has 420.76 EUR."""

    stage: Stage
    wallet: ScriptedOperator

    def says(self, command: str = "authenticate", text: str | None = None, **changes: Any) -> None:
        """What the wallet answers from now on: John with `changes` (None: left out), or `text` as it stands."""
        members = {name: value for name, value in (JOHN | changes).items() if value is not None}
        self.wallet.says(command, ok(text or json.dumps(members)))

    def refuses(self, command: str, code: str) -> None:
        """The wallet's answer from now on."""
        self.wallet.says(command, error(code))

    async def answers_once(self) -> None:
        """A refusal, which is an answer: the breaker in front of the wallet forgets the failures before it."""
        self.refuses("authenticate", "OP_21")
        assert (await self.launch(token="a" * 20)).status_code == 403

    def has(self, balance: str, currency: str = "EUR") -> None:
        """What `balance` answers from now on, digit by digit."""
        self.says("balance", f'{{"balance": {balance}, "currency_code": "{currency}"}}')

    def asked(self, command: str = "authenticate") -> list[Asked]:
        return self.wallet.calls(command)

    def link(self, **changes: object) -> dict[str, str]:
        """The query of a launch URL; None leaves a parameter out."""
        game = self.stage.hub.live.current.games_by_code["pg_00001"].id
        query: dict[str, object] = {
            "mode": "real", "game_id": game, "token": TOKEN, "currency": "EUR", "language": "en-US",
            "operator_id": "casinosea", "home_url": "https://casino.example/",
        }  # fmt: skip
        return {name: str(value) for name, value in (query | changes).items() if value is not None}

    async def launch(self, **changes: object) -> httpx.Response:
        return await self.stage.http.get("/", params=self.link(**changes))

    async def launched(self, **changes: object) -> dict[str, str]:
        """The query the studio gets."""
        response = await self.launch(**changes)
        assert response.status_code == 302, response.text
        return dict(httpx.URL(response.headers["location"]).params)

    async def rows(self, table: str, order: str = "1") -> list[dict[str, Any]]:
        """What the agent has in a table."""
        found = await self.stage.owner.fetch(
            f"SELECT * FROM {table} WHERE agent_id = $1 ORDER BY {order}", self.stage.sea.agent_id
        )
        return [dict(row) for row in found]

    async def players(self) -> list[dict[str, Any]]:
        return await self.rows("player", "created_at, username")

    async def sessions(self) -> list[dict[str, Any]]:
        return await self.rows("session", "created_at, token")

    async def studio(self, command: str, data: dict[str, Any]) -> dict[str, Any]:
        """`pg` calls the hub's wallet; the `response` member, numbers with a point as their text."""
        stamp = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
        signature = sha1(command, stamp, "pg secret")
        body = {"command": command, "request_timestamp": stamp, "hash": signature, "data": data}
        headers = {"X-Authorization": sha1(command, "pg secret"), "X-Operator-Id": "hubatpg"}
        answer = await self.stage.http.post(f"/wallet/{command}", json=body, headers=headers)
        assert answer.status_code == 200
        response: dict[str, Any] = json.loads(answer.content, parse_float=str)["response"]
        return response


@asynccontextmanager
async def casino_of(stage: Stage) -> AsyncIterator[Casino]:
    """The agent's wallet is up, and its address known, for as long as the block runs."""
    wallet = ScriptedOperator(stage.sea.secret_key)
    await stage.sql("UPDATE agent SET wallet_url = $1 WHERE id = $2", await wallet.start(), stage.sea.agent_id)
    try:
        casino = Casino(stage, wallet)
        casino.says()
        yield casino
    finally:
        wallet.stop()
