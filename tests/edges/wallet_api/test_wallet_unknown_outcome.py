"""What the hub cannot know it does not guess: a BET is told OP_47, what must happen in the end OP_50 (wallet protocol)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from wallet_world import Player, World

from pitboss.engine.open import open_hub

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hasty(world: World) -> AsyncIterator[World]:
    """A hub that waits no longer than a second for an outcome."""
    async with open_hub(world.hub.settings.with_(command_timeout=1.0)) as hub:
        yield World(hub, world.owner, world.box, world.agent_id, world.provider_id)


async def while_the_wallet_is_held(world: World, player: Player, call: Any) -> Any:
    """The answer to `call` when its connection is cut again and again while it waits for the wallet."""
    holder = await asyncpg.connect(world.hub.settings.database_url)
    try:
        async with holder.transaction():
            await holder.execute("SELECT 1 FROM wallet WHERE id = $1 FOR UPDATE", player.wallet_id)
            asked = asyncio.create_task(call)
            while not asked.done():
                await world.owner.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
                )
                await asyncio.wait([asked], timeout=0.02)
            return await asked
    finally:
        await holder.close()


async def test_each_command(hasty: World) -> None:
    player = await hasty.player(10000)
    await hasty.change("BET", player, 1, "10")
    of_bet = {"user_id": player.user_id, "transaction_id": 1, "round_id": 1727, "game_id": 200}
    for expected, call in [
        ("OP_47", lambda: hasty.change("BET", player, 2, "10")),
        ("OP_50", lambda: hasty.change("WIN", player, 3, "5")),
        ("OP_50", lambda: hasty.change("REFUND", player, 4, "1")),
        ("OP_47", lambda: hasty.call("status", of_bet | {"transaction_type": "BET"})),
        ("OP_50", lambda: hasty.call("cancel", of_bet | {"transaction_id": 5})),
        ("OP_50", lambda: hasty.call("finishround", of_bet)),
    ]:
        reply = await while_the_wallet_is_held(hasty, player, call())
        assert (reply.status, reply.code) == (200, expected)
    # None of it happened, and none of it is remembered: the same ids settle now.
    assert await hasty.balance(player) == 9000
    assert (await hasty.change("BET", player, 2, "10")).data["balance"] == 80
    assert (await hasty.change("WIN", player, 3, "5")).data["balance"] == 85
    assert (await hasty.change("REFUND", player, 4, "1")).data["balance"] == 86
