"""Promotional stakes of a seamless agent's players: the operator hears of them, the hub counts the grant down with what stands."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from seamless_world import SeamlessWorld

from pitboss.domain.bonus.gift import Gift
from pitboss.domain.bonus.template import BonusType
from pitboss.storage.bonuses import given as bonus
from pitboss.storage.bonuses.given import Receiver
from scripted_operator import balance, error, state, status_code
from wallet_world import Player, Reply

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def give(world: SeamlessWorld, player: Player, stakes: int) -> str:
    """Free stakes of 1.00 in game 200; the campaign's code."""
    hub, now = world.hub, datetime.now(UTC)
    game = hub.live.current.games_by_provider[world.provider_id, 200]
    gift = Gift(
        f"test:{hub.arrivals.id()}", "", "FS", "Free spins", BonusType.FREE_SPINS, world.provider_id, (game.id,), (), "EUR", 100,
        stakes, Decimal(0), None, now - timedelta(days=1), now + timedelta(days=1), now + timedelta(days=2),
    )  # fmt: skip
    receiver = Receiver(player.player_id, player.wallet_id, hub.arrivals.id())
    async with hub.database.tenant(world.agent_id) as conn:
        given = await bonus.give_grant(
            conn, world.agent_id, hub.arrivals.id(), f"code-{hub.arrivals.id()}", gift, [receiver], now
        )
    return given.code


async def free(world: SeamlessWorld, kind: str, player: Player, tx: int, code: str, amount: str, **more: Any) -> Reply:
    context = {"reason": "PROMO-FREESPIN", "campaign_code": code}
    more = {"round_id": tx, **more}
    return await world.change(kind, player, tx, Decimal(amount), context=context, **more)


async def used(world: SeamlessWorld, code: str) -> tuple[int, str]:
    row = await world.owner.fetchrow("SELECT used, state FROM bonus_grant WHERE code = $1", code)
    assert row is not None
    return row["used"], row["state"]


async def test_a_free_stake_goes_to_the_operator_and_is_counted_down(world: SeamlessWorld) -> None:
    player = await world.guest()
    code = await give(world, player, 2)
    first, second = world.tx(), world.tx()
    world.operator.says("changebalance", balance("10"), balance("12.5"), balance("12.5"), balance("12.5"))
    world.operator.says("cancel", state("CANCELED"))
    assert (await free(world, "BET", player, first, code, "1")).code == "OK"
    asked = world.operator.calls("changebalance")[-1].data
    assert asked["context"] == {"reason": "PROMO-FREESPIN", "campaign_code": code}
    assert (asked["transaction_type"], asked["amount"]) == ("BET", 1)
    # Nobody's money moved for it.
    assert await world.moved(first) == 0
    assert await used(world, code) == (1, "active")
    win = world.tx()
    assert (await free(world, "WIN", player, win, code, "2.5", round_id=first, round_finished=True)).code == "OK"
    assert await world.moved(win) == 250
    assert (await free(world, "BET", player, second, code, "1")).code == "OK"
    told = len(world.operator.calls("changebalance"))
    assert (await free(world, "BET", player, world.tx(), code, "1")).code == "OP_49"
    assert len(world.operator.calls("changebalance")) == told
    assert (await world.cancel(player, second, second)).code == "OK"
    assert (await used(world, code))[0] == 1
    assert (await free(world, "BET", player, world.tx(), code, "1")).code == "OK"


async def test_what_the_operator_refuses_is_not_counted(world: SeamlessWorld) -> None:
    player = await world.guest()
    code = await give(world, player, 1)
    world.operator.says("changebalance", error("OP_49"))
    assert (await free(world, "BET", player, world.tx(), code, "1")).code == "OP_49"
    assert await used(world, code) == (0, "active")


async def test_a_free_stake_of_unknown_outcome_is_given_back_once_it_is_void(world: SeamlessWorld) -> None:
    player = await world.guest()
    code = await give(world, player, 1)
    world.operator.says("changebalance", status_code(500), balance("10"))
    world.operator.says("cancel", error("OP_41"), error("OP_41"))
    assert (await free(world, "BET", player, world.tx(), code, "1")).code == "OP_47"
    assert await used(world, code) == (0, "active")
    await world.recover(timedelta(minutes=1))
    assert (await free(world, "BET", player, world.tx(), code, "1")).code == "OK"
