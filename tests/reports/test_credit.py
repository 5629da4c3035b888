"""An agent's credit with the hub: used up, its players can stake and launch no more; what they win they get."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from typing import Any

from agent_stage import Stage
from pitboss.storage.database import Database
from reports.reading import rolled_up


async def until(condition: Any) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


class Studio:
    """pg, calling the hub over HTTP."""

    def __init__(self, stage: Stage, user: str, token: str) -> None:
        self.stage, self.user, self.token = stage, user, token
        self.number = 100

    async def change(self, kind: str, amount: str, tx: int | None = None) -> str:
        self.number += 1
        stamp = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
        signature = sha1(f"changebalance{stamp}pg secret".encode()).hexdigest()
        body = {
            "command": "changebalance", "request_timestamp": stamp, "hash": signature,
            "data": {
                "transaction_type": kind, "amount": amount, "currency_code": "EUR", "transaction_id": tx or self.number,
                "round_id": 7, "round_finished": False, "game_id": 126, "user_id": self.user, "token": self.token,
                "transaction_timestamp": stamp, "context": {"reason": "not_provided"},
            },
        }  # fmt: skip
        signed = sha1(b"changebalancepg secret").hexdigest()
        headers = {"X-Operator-Id": "hubatpg", "X-Authorization": signed}
        answer = (await self.stage.http.post("/wallet/changebalance", content=json.dumps(body), headers=headers)).json()
        response = answer["response"]
        return "OK" if response["status"] == "OK" else str(response["data"]["error_code"])


async def seated(stage: Stage) -> Studio:
    await stage.player("player0001")
    body = {"username": "player0001", "amount": "1000", "currency": "EUR"}
    assert (await stage.call("v1.6/deposit", body))["ok"]
    token = await stage.launched("player0001", "EUR")
    user = await stage.owner.fetchval(
        "SELECT user_in_game FROM wallet WHERE player_id IS NOT NULL AND currency = 'EUR'"
    )
    return Studio(stage, user, token)


async def test_stakes_and_launches_end_with_the_credit_and_wins_go_on(stage: Stage, worker: Database) -> None:
    studio = await seated(stage)
    live = stage.hub.live
    await stage.sql("UPDATE agent SET credit_limit = 1000 WHERE id = 1")
    assert await studio.change("BET", "9.99") == "OK"
    assert await studio.change("BET", "5.00", tx=900) == "OK"
    await until(lambda: live.current.exhausted == {1})
    # Remembered, like every refusal of a bet.
    assert [await studio.change("BET", "0.10", tx=901) for _ in range(2)] == ["OP_32", "OP_32"]
    launch = {"username": "player0001", "isMobile": False, "gameId": "pg_00001", "playerIp": "::1", "currency": "EUR"}
    refused = await stage.call("v1.6/launchGame", launch)
    assert refused["error"]["code"] == "LIMIT_REACHED"
    # It stays so when the configuration is read anew, and whatever the worker has rolled up.
    await stage.sql("UPDATE agent SET name = 'Won'  WHERE id = 2")
    await rolled_up(worker)
    assert live.current.exhausted == {1} and live.current.agents[2].name == "Won"
    assert await studio.change("BET", "0.10") == "OP_32"
    assert await studio.change("WIN", "5.00") == "OK"
    await until(lambda: not live.current.exhausted)
    assert await studio.change("BET", "0.10") == "OK"
    assert await studio.change("BET", "0.10", tx=901) == "OP_32"
    assert (await stage.call("v1.6/launchGame", launch))["ok"]


async def test_the_credit_is_whole_again_when_the_agent_is_settled_with(
    stage: Stage, database_url: str, tmp_path: Path
) -> None:
    studio = await seated(stage)
    await stage.sql("UPDATE agent SET credit_limit = 1000 WHERE id = 1")
    assert await studio.change("BET", "12.34") == "OK"
    await until(lambda: stage.hub.live.current.exhausted == {1})
    program = Path(sys.executable).with_name("pitboss")

    async def pitboss(*arguments: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            str(program), *arguments, env=os.environ | {"PITBOSS_DATABASE_URL": database_url},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    code, out, _ = await pitboss("agent", "settle", "--agent", "1", "--json")
    told = json.loads(out)
    assert (code, told["ggr"], told["currency"], told["settled_before"]) == (0, "12.34", "EUR", None)
    await until(lambda: not stage.hub.live.current.exhausted)
    assert await studio.change("BET", "0.10") == "OK"
    told_again = json.loads((await pitboss("agent", "settle", "--agent", "1", "--json"))[1])
    assert (told_again["ggr"], told_again["settled_before"]) == ("0.1", told["settled_at"])
    acts = await stage.owner.fetch("SELECT action, detail::text FROM audit WHERE action = 'agent.settle' ORDER BY seq")
    assert [json.loads(row[1]) for row in acts] == [
        {"ggr": "12.34", "currency": "EUR"},
        {"ggr": "0.1", "currency": "EUR"},
    ]
    code, _, err = await pitboss("agent", "settle", "--agent", "77")
    assert code == 1 and "there is no agent 77" in err and "Traceback" not in err
    code, out, _ = await pitboss("reports", "rebuild", "--agent", "1")
    assert (code, out) == (0, "agent 1: 0 events\n")
    code, _, err = await pitboss("reports", "rebuild", "--agent", "77")
    assert code == 1 and "77" in err and "Traceback" not in err
