"""Free stakes and bonus money as the agent's events: at their face value, apart from real money, and whole when they come back."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio
from test_wallet_bonuses import Casino

from own_worker import OwnWorker
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.events.reading import player_insight
from wallet_world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def worker(world: World) -> AsyncIterator[OwnWorker]:
    url = world.hub.settings.database_url
    database, owner = await Database.open(url, WORKER_ROLE, size=2), await Database.open(url, None, size=1)
    yield OwnWorker(database, owner)
    await database.close()
    await owner.close()


async def figures(world: World, casino: Casino) -> dict[str, str]:
    async with world.hub.database.tenant(world.agent_id) as conn:
        known = await player_insight(conn, world.agent_id, casino.player.player_id)
    assert known is not None
    [figure] = known.figures
    return {name: f"{value:f}" if not isinstance(value, int) else str(value) for name, value in figure.sums.items()}


async def test_free_stakes_and_bonus_money_are_told_apart_from_real_money(world: World, worker: OwnWorker) -> None:
    casino = await Casino.open(world, 2000)
    code = await casino.give()
    # 1.00 of the house's, which wins 3.00 of bonus money.
    await casino.free("BET", code, "1", 1)
    await casino.free("WIN", code, "3", 1, round_finished=True)
    # 20.00 of his own and 1.00 of bonus money; what they win is split alike.
    assert (await casino.change("BET", "21", 2)).code == "OK"
    assert (await casino.change("WIN", "4.2", 2, round_finished=True)).code == "OK"
    # Two free stakes that come back, one by a cancel and one by a refund.
    undone = casino.next()
    assert (await casino.free("BET", code, "1", 3, transaction_id=undone)).code == "OK"
    assert (await casino.cancel(undone, 3)).code == "OK"
    assert (await casino.free("BET", code, "1", 4)).code == "OK"
    assert (await casino.free("REFUND", code, "1", 4)).code == "OK"
    await worker.catch_up()
    told = await figures(world, casino)
    expected = {
        "bets": "3", "turnover": "20", "bonus_turnover": "2", "wins": "3", "winnings": "4", "bonus_winnings": "3.2", "ggr": "16",
        "deposits": "1", "deposited": "20",
    }  # fmt: skip
    assert {
        name: told[name].rstrip("0").rstrip(".") if "." in told[name] else told[name] for name in expected
    } == expected
    assert await worker.findings() == []


async def test_mixed_stakes_that_come_back_in_part_leave_what_is_left(world: World, worker: OwnWorker) -> None:
    casino = await Casino.open(world, 100)
    code = await casino.give()
    await casino.free("BET", code, "1", 11)
    await casino.free("WIN", code, "5", 11, round_finished=True)
    # 1.00 real and 2.00 bonus; half of it comes back, then the rest of the round is cancelled or stands as the hub decides.
    stake = casino.next()
    assert (await casino.change("BET", "3", 12, transaction_id=stake)).code == "OK"
    assert (await casino.change("REFUND", "1.5", 12)).code == "OK"
    assert (await casino.change("BET", "2", 12)).code == "OK"
    await casino.cancel(stake, 12)
    await worker.catch_up()
    assert await worker.findings() == []
    told = await figures(world, casino)
    moved = await world.owner.fetchval(
        "SELECT -sum(real_amount + bonus_amount) FROM transaction t JOIN wallet w ON w.agent_id = t.agent_id AND w.id = t.wallet_id"
        " WHERE w.player_id = $1 AND t.round_id = '12' AND t.kind IN ('bet', 'refund', 'cancel')",
        casino.player.player_id,
    )
    # The face value of the free stake is bonus turnover too.
    assert Decimal(told["turnover"]) + Decimal(told["bonus_turnover"]) == Decimal(moved) / 100 + 1
