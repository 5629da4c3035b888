"""What the hub cannot know it does not guess: a BET is told OP_47, what must happen in the end OP_50 (wallet protocol)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from pitboss.engine.open import open_hub
from pitboss.settings import Settings
from wallet_world import Reply, World, arrange
from wire import Wire, wire_to


@pytest_asyncio.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[World, Wire]]:
    """A hub that waits no longer than two seconds for an outcome, and the wire between it and its database."""
    owner = await asyncpg.connect(database_url)
    try:
        box, agent_id = await arrange(owner, tmp_path)
        async with wire_to(database_url) as (wire, url), open_hub(Settings(url, command_timeout=2.0)) as hub:
            yield World(hub, owner, box, agent_id, hub.live.current.providers_by_code["acme"].id), wire
    finally:
        await owner.close()


async def while_cut_off(wire: Wire, lost: str, call: Awaitable[Reply]) -> Reply:
    """The answer to `call` when its commit, or the commit's answer, is lost and the database stays away."""
    cuts = wire.cuts
    setattr(wire, f"lose_{lost}", True)
    asked = asyncio.ensure_future(call)
    while wire.cuts == cuts:
        assert not asked.done(), asked.result()
        await asyncio.sleep(0)
    wire.go_away()
    reply = await asked
    wire.come_back()
    return reply


async def settled(call: Callable[[], Awaitable[Reply]]) -> Reply:
    """The same again, until it is known what became of it: two seconds may be too short for a busy machine."""
    async with asyncio.timeout(60):
        while (reply := await call()).status != 200 or reply.code in ("OP_47", "OP_50"):
            pass
    return reply


@pytest.mark.parametrize("lost", ["commit", "answer"])
async def test_each_command(stage: tuple[World, Wire], lost: str) -> None:
    world, wire = stage
    player = await world.player(10000)
    assert (await settled(lambda: world.change("BET", player, 1, "10"))).code == "OK"
    assert (await settled(lambda: world.change("BET", player, 2, "20", round_id=2))).code == "OK"
    of_round = {"user_id": player.user_id, "round_id": 1727, "game_id": 200}

    async def bet() -> Reply:
        return await world.change("BET", player, 3, "5")

    async def win() -> Reply:
        return await world.change("WIN", player, 4, "7.5")

    async def refund() -> Reply:
        return await world.change("REFUND", player, 5, "1")

    async def cancel() -> Reply:
        return await world.call("cancel", of_round | {"transaction_id": 2, "round_finished": None})

    async def finish() -> Reply:
        return await world.call("finishround", of_round)

    for expected, balance, call in [
        ("OP_47", 6500, bet),
        ("OP_50", 7250, win),
        ("OP_50", 7350, refund),
        ("OP_50", 9350, cancel),
        ("OP_50", 9350, finish),
    ]:
        told = await while_cut_off(wire, lost, call())
        assert (told.status, told.code) == (200, expected), call.__name__
        # Whether it happened or not: the same again settles it, once.
        replies = [await settled(call), await settled(call)]
        assert {reply.code for reply in replies} == {"OK"}
        assert replies[0].raw_data == replies[1].raw_data
        assert await world.balance(player) == balance


async def test_a_studio_is_answered_while_the_database_is_away(stage: tuple[World, Wire]) -> None:
    world, wire = stage
    player = await world.player(10000)
    wire.go_away()
    session = {"token": player.token, "user_id": player.user_id, "currency_code": "EUR"}
    assert (await world.call("authenticate", {"token": player.token})).code == "OP_50"
    assert (await world.call("balance", session)).code == "OP_50"
    bet = await world.change("BET", player, 1, "10")
    assert bet.status == 503 or bet.code in ("OP_47", "OP_50")
    wire.come_back()
    assert (await settled(lambda: world.change("BET", player, 1, "10"))).code == "OK"
    assert await world.balance(player) == 9000
