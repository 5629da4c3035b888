"""Calls at once: one name once, one requestId once, and before/after figures that never interleave."""

import asyncio
from pathlib import Path

import httpx

from agent_stage import Stage, decoded, on_stage, served
from pitboss.engine.open import open_hub

PLAYER = {"username": "player0001", "currency": "EUR"}


async def test_one_of_fifty_creations_of_a_name_succeeds(stage: Stage) -> None:
    calls = [stage.call(f"v1.{3 + 3 * (i % 2)}/createPlayer", {"username": "player0001"}) for i in range(50)]
    answers = await asyncio.gather(*calls)
    taken = {"ok": False, "error": {"code": "PLAYER_USERNAME_UNAVAILABLE", "message": "username unavailable"}}
    assert [answer for answer in answers if answer["ok"]] == [{"ok": True, "result": {}}]
    assert [answer for answer in answers if not answer["ok"]] == [taken] * 49
    assert await stage.owner.fetchval("SELECT count(*) FROM player") == 1


async def test_fifty_deposits_with_one_request_id_are_one(stage: Stage) -> None:
    await stage.player()
    body = {**PLAYER, "amount": "7.5", "requestId": "same"}
    responses = await asyncio.gather(*(stage.post("v1.6/deposit", body) for _ in range(50)))
    assert len({response.content for response in responses}) == 1
    assert decoded(responses[0])["result"]["player"]["afterBalance"] == "7.5"
    assert await balance(stage) == "7.5"
    entries = await stage.owner.fetchval("SELECT count(*) FROM entry WHERE amount = 750")
    assert entries == 1


async def test_one_request_id_with_two_amounts_at_once_is_one_of_them(stage: Stage) -> None:
    await stage.player()
    bodies = [{**PLAYER, "amount": str(1 + i % 2), "requestId": "same"} for i in range(40)]
    answers = await asyncio.gather(*(stage.call("v1.6/deposit", body) for body in bodies))
    good = [answer["result"] for answer in answers if answer["ok"]]
    bad = [answer["error"] for answer in answers if not answer["ok"]]
    assert (len(good), len(bad)) == (20, 20)
    assert all(result == good[0] for result in good)
    assert {error["code"] for error in bad} == {"INVALID_REQUEST"}
    assert all(error["message"].startswith("requestId ") for error in bad)
    assert await balance(stage) == good[0]["player"]["afterBalance"]


async def test_before_and_after_of_transfers_at_once_form_a_chain(stage: Stage) -> None:
    """Each transfer begins where another ended, on the agent's side and on each player's."""
    for number in range(4):
        await stage.player(f"player000{number}")
        first = {"username": f"player000{number}", "currency": "EUR", "amount": "50"}
        assert (await stage.call("v1.6/deposit", first))["ok"]
    moves = [
        (f"player000{i % 4}", "withdraw" if i % 3 == 0 else "deposit", f"{1 + i % 7}.{i % 100:02d}") for i in range(120)
    ]
    answers = await asyncio.gather(
        *(stage.call(f"v1.6/{verb}", {"username": name, "currency": "EUR", "amount": a}) for name, verb, a in moves)
    )
    results = [answer["result"] for answer in answers]
    assert_chain([result["agent"] for result in results], "999800")
    for number in range(4):
        mine = [r["player"] for r, move in zip(results, moves, strict=True) if move[0] == f"player000{number}"]
        assert_chain(mine, "50")


def assert_chain(steps: list[dict[str, str]], start: str) -> None:
    """Every before is some other's after: one path through all, as of things done one by one."""
    followers: dict[str, list[str]] = {}
    for step in steps:
        followers.setdefault(step["beforeBalance"], []).append(step["afterBalance"])
    # A balance may come round again; then any of the steps from it will do, since the path must use all of them (Hierholzer).
    path, stack = [], [start]
    while stack:
        if followers.get(stack[-1]):
            stack.append(followers[stack[-1]].pop())
        else:
            path.append(stack.pop())
    assert len(path) == len(steps) + 1
    assert len({step["txId"] for step in steps}) == len(steps)


async def test_funds_for_one_withdrawal_are_withdrawn_once(stage: Stage) -> None:
    await stage.player()
    assert (await stage.call("v1.6/deposit", {**PLAYER, "amount": "10"}))["ok"]
    answers = await asyncio.gather(*(stage.call("v1.6/withdraw", {**PLAYER, "amount": "10"}) for _ in range(50)))
    assert sum(answer["ok"] for answer in answers) == 1
    assert {answer["error"]["code"] for answer in answers if not answer["ok"]} == {"INSUFFICIENT_BALANCE"}
    assert await balance(stage) == "0"


async def test_two_processes_agree(database_url: str, tmp_path: Path) -> None:
    """The same requestId through two hubs over one database."""
    async with on_stage(database_url, tmp_path) as stage, open_hub(stage.hub.settings) as second:
        await stage.player()
        async with served(second) as address:
            body = {**PLAYER, "amount": "3", "requestId": "both"}
            async with httpx.AsyncClient(base_url=address, timeout=30) as http:
                other = Stage(second, stage.owner, http, stage.one, stage.east, stage.sea, stage.other)
                responses = await asyncio.gather(
                    *(hub.post("v1.6/deposit", body) for _ in range(20) for hub in (stage, other))
                )
        assert len({response.content for response in responses}) == 1
        assert await balance(stage) == "3"


async def test_read_your_writes(stage: Stage) -> None:
    await stage.player()
    for step in range(1, 21):
        assert (await stage.call("v1.6/deposit", {**PLAYER, "amount": "1"}))["ok"]
        assert await balance(stage) == str(step)


async def balance(stage: Stage) -> str:
    answer = await stage.call("v1.6/getPlayerBalance", PLAYER)
    return str(answer["result"]["balance"])
