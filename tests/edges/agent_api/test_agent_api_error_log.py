"""Which agent API and platform calls are in the error log, and whose they are."""

from pathlib import Path
from typing import Any

import pytest

from agent_stage import Stage, on_stage


async def logged(stage: Stage) -> list[Any]:
    await stage.hub.errors.turn()
    rows = await stage.owner.fetch("DELETE FROM api_error RETURNING *")
    return sorted(rows, key=lambda row: row["id"])


async def test_calls_that_were_wrong_are_there_and_answers_are_not(database_url: str, tmp_path: Path) -> None:
    async with on_stage(database_url, tmp_path) as stage:
        await stage.player()
        await stage.call("v1.6/getPlayerBalance", {"username": "nobody0001", "currency": "EUR"})
        await stage.call(
            "v1.6/withdraw", {"username": "player0001", "amount": "5", "currency": "EUR", "requestId": "r1"}
        )
        assert await logged(stage) == []

        await stage.post("v1.6/deposit", {"username": "player0001", "amount": 5, "token": "abc", "apiKey": "def"})
        await stage.post("v1.6/nosuchcall", {})
        await stage.post("v1.3/games", b"{", agent=stage.east)
        await stage.sql("UPDATE agent SET allowed_ips = '{203.0.113.0/24}' WHERE id = $1", stage.other.agent_id)
        await stage.post("v1.6/games", {}, agent=stage.other)
        rows = await logged(stage)
        assert [
            (row["agent_id"], row["dialect"], row["command"], row["http_status"], row["error"]) for row in rows
        ] == [
            (stage.one.agent_id, "agent_api v1.6", "deposit", 200, "INVALID_REQUEST"),
            (stage.one.agent_id, "agent_api v1.6", "nosuchcall", 404, "NOT_FOUND"),
            (stage.east.agent_id, "agent_api v1.3", "games", 200, "INVALID_REQUEST"),
            (stage.other.agent_id, "agent_api v1.6", "games", 403, "IP_NOT_ALLOWED"),
        ]
        assert (
            '"amount": 5' in rows[0]["request"] and "abc" not in rows[0]["request"] and "def" not in rows[0]["request"]
        )
        assert "INVALID_REQUEST" in rows[0]["answer"] and rows[3]["request"] is None

        # A key that is none is nobody's, and is not kept.
        answer = await stage.http.post("/external/v1.6/games", headers={"Authorization": "Bearer 2sjcc-made-up-key"})
        assert answer.status_code == 401
        assert (
            await stage.http.get("/api/generic/handHistory/1/2", headers={"X-Operator-Id": "casinoone"})
        ).status_code == 403
        rows = await logged(stage)
        assert [(row["agent_id"], row["dialect"], row["reference"]) for row in rows] == [
            (0, "agent_api v1.6", ""), (0, "platform", "casinoone"),
        ]  # fmt: skip
        assert "made-up" not in str([tuple(row) for row in rows])


@pytest.mark.parametrize("close", [False, True])
async def test_the_running_hub_writes_by_itself_and_at_its_end(database_url: str, tmp_path: Path, close: bool) -> None:
    import asyncio

    import asyncpg

    async with on_stage(database_url, tmp_path) as stage:
        await stage.post("v1.6/nosuchcall", {})
        if not close:
            async with asyncio.timeout(20):
                while not await stage.owner.fetchval("SELECT count(*) FROM api_error"):
                    await asyncio.sleep(0.02)
    owner = await asyncpg.connect(database_url)
    assert await owner.fetchval("SELECT count(*) FROM api_error") == 1
    await owner.close()
