"""Calls at once: a requestId has one effect, and of optimistic tag updates one wins each round."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from agent_stage import Stage, on_stage, served
from partner_desk import Partner
from pitboss.engine.open import open_hub

PLAYER = "player0001"


@asynccontextmanager
async def another_hub(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """A second process's hub over the same database."""
    async with (
        open_hub(stage.hub.settings) as hub,
        served(hub) as address,
        httpx.AsyncClient(base_url=address, timeout=30) as http,
    ):
        yield http


async def test_fifty_expecting_the_same_value_and_one_wins_each_round(stage: Stage, partner: Partner) -> None:
    await stage.player(PLAYER)
    for step in range(6):
        tag = {"name": "step", "value": step, "expectedValue": step - 1 if step else None}
        bodies = [
            {"requestId": f"{step}-{n}", "username": PLAYER, "tags": [tag, {"name": "by", "value": str(n)}]}
            for n in range(50)
        ]
        responses = await asyncio.gather(*(partner.post("setPlayerTags", body) for body in bodies))
        winners = [n for n, response in enumerate(responses) if response.status_code == 200]
        assert len(winners) == 1, step
        told = [{"name": "by", "value": str(winners[0])}, {"name": "step", "value": step}]
        assert responses[winners[0]].json()["data"] == {"tags": told}
        for response in responses:
            if response.status_code != 200:
                assert response.status_code == 409
                assert response.json()["error"]["code"] == "ERR_TAG_EXPECTATION_FAILED"
                assert response.json()["error"]["tags"] == [{"name": "step", "value": step}]


async def test_one_request_id_twenty_times_at_once_is_one(stage: Stage, partner: Partner) -> None:
    await stage.player(PLAYER)
    for _ in range(3):
        await stage.launched(PLAYER, "EUR")
    body = {"requestId": "once", "username": PLAYER}
    responses = await asyncio.gather(*(partner.post("logout", body) for _ in range(20)))
    assert {response.content for response in responses} == {b'{"requestId":"once","data":{"sessions":3}}'}


async def test_one_request_id_with_two_contents_at_once_is_one_of_them(stage: Stage, partner: Partner) -> None:
    await stage.player(PLAYER)
    bodies = [{"requestId": "once", "username": PLAYER, "tags": [{"name": "n", "value": n % 2}]} for n in range(30)]
    responses = await asyncio.gather(*(partner.post("setPlayerTags", body) for body in bodies))
    good = {response.content for response in responses if response.status_code == 200}
    bad = [response.json()["error"]["code"] for response in responses if response.status_code == 409]
    assert len(good) == 1
    assert bad == ["DUPLICATE_REQUEST"] * 15
    [answer] = good
    assert (await partner.write("setPlayerTags", username=PLAYER, tags=[]))["tags"] == [
        {"name": "n", "value": str(json.loads(answer)["data"]["tags"][0]["value"])}
    ]


async def test_two_processes_agree_and_a_restart_remembers(database_url: str, tmp_path: Path) -> None:
    async with on_stage(database_url, tmp_path) as stage:
        await stage.player(PLAYER)
        tags = [{"name": "n", "value": 7, "expectedValue": None}]
        body = {"requestId": "both", "username": PLAYER, "tags": tags}
        async with another_hub(stage) as http:
            desks = [Partner(stage), Partner(stage, http)]
            responses = await asyncio.gather(*(desk.post("setPlayerTags", body) for _ in range(10) for desk in desks))
        assert {response.status_code for response in responses} == {200}
        assert len({response.content for response in responses}) == 1
        async with another_hub(stage) as http:
            again = await Partner(stage, http).post("setPlayerTags", body)
        assert again.content == responses[0].content


async def test_a_stake_after_logout_finds_no_session(stage: Stage, partner: Partner) -> None:
    """The engine's refusal behind OP_21, and news for the studio's open game."""
    await stage.player(PLAYER)
    assert (await stage.call("v1.6/deposit", {"username": PLAYER, "amount": "10", "currency": "EUR"}))["ok"]
    token = await stage.launched(PLAYER, "EUR")
    await stage.play("bet", token, 100, "before", "r1")
    assert await partner.write("logout", username=PLAYER) == {"sessions": "1"}
    with pytest.raises(AssertionError, match="session_invalid"):
        await stage.play("bet", token, 100, "after", "r2")
    # A win of what was staked before still comes.
    await stage.play("win", token, 500, "win", "r1")
    left = await stage.owner.fetch("SELECT kind, subject FROM push WHERE agent_id = 1")
    assert [tuple(row) for row in left] == [("endsession", token)]
