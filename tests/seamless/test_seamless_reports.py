"""What a seamless agent's players did is in the reports as in the ledger: settled at once, settled late, undone."""

from datetime import timedelta
from typing import Any

import pytest
from seamless_world import SeamlessWorld

from pitboss.storage.database import WORKER_ROLE, Database
from reports.reading import expected, rolled_up, told
from scripted_operator import balance, error, state

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_reports_say_what_was_settled(world: SeamlessWorld) -> None:
    player = await world.guest()
    stage: Any = world
    world.operator.says("changebalance", *[balance("97.5")] * 8, error("OP_50"), balance("100"))
    world.operator.says("cancel", state("CANCELED"))
    bets = [world.tx() for _ in range(4)]
    for number, bet in enumerate(bets):
        assert (await world.change("BET", player, bet, "2.5", round_id=bet)).code == "OK"
        win = await world.change("WIN", player, world.tx(), f"{number}", round_id=bet)
        assert win.code == "OK"
    assert (await world.cancel(player, bets[0], round_id=bets[0])).json["response"]["data"][
        "transaction_status"
    ] == "CANCELED"
    assert (await world.change("REFUND", player, world.tx(), "2.5", round_id=bets[1])).code == "OP_50"
    await world.recover(timedelta(minutes=1))
    assert await world.unsettled() == []
    first = await expected(stage, world.agent_id)
    assert sum(line["bets"] for line in first.values()) == 2
    assert sum(line["winnings"] for line in first.values()) == 600
    worker = await Database.open(world.hub.settings.database_url, WORKER_ROLE, size=2)
    try:
        assert await told(stage, world.agent_id) == first
        await rolled_up(worker)
        assert await told(stage, world.agent_id) == first
    finally:
        await worker.close()
