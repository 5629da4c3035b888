"""Every line of the table of outcomes that is about a WIN, REFUND, cancel or finishround, by name.

A studio over the hub's real door, an operator over real HTTP, a real database.
"""

from datetime import timedelta

import pytest
from seamless_world import SeamlessWorld

from scripted_operator import FAILURES, balance, broken, done, error, state, status_code

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("kind", ["WIN", "REFUND"])
async def test_credit_ok_is_settled(world: SeamlessWorld, kind: str) -> None:
    player, bet, tx, round_id = await world.guest(), world.tx(), world.tx(), world.tx()
    world.operator.says("changebalance", balance("9"), balance("10"))
    assert (await world.change("BET", player, bet, "1", round_id=round_id)).code == "OK"
    reply = await world.change(kind, player, tx, "1", round_id=round_id, token=None)
    assert str(reply.data["balance"]) == "10" and await world.moved(tx) == 100
    bet_asked, asked = world.operator.calls("changebalance")
    assert asked.data["transaction_type"] == kind and asked.data["token"] is None
    assert asked.data["round_id"] == bet_asked.data["round_id"]
    again = await world.change(kind, player, tx, "1", round_id=round_id)
    assert again.raw_data == reply.raw_data and len(world.operator.calls("changebalance")) == 2


@pytest.mark.parametrize("what", FAILURES)
@pytest.mark.parametrize("kind", ["WIN", "REFUND"])
async def test_credit_with_any_error_is_retried_until_ok(world: SeamlessWorld, kind: str, what: str) -> None:
    player, bet, tx, round_id = await world.guest(), world.tx(), world.tx(), world.tx()
    world.operator.says("changebalance", balance("9"), FAILURES[what], FAILURES[what], balance("10"))
    assert (await world.change("BET", player, bet, "1", round_id=round_id)).code == "OK"
    assert (await world.change(kind, player, tx, "1", round_id=round_id)).code == "OP_50"
    assert (await world.status(player, tx, kind, round_id)).code == "OP_47"
    assert (await world.cancel(player, tx, round_id)).code == "OP_47"
    await world.recover()
    assert len(world.operator.calls("changebalance")) == 2, "not before its pause is over"
    await world.recover(timedelta(seconds=20))
    assert await world.state(tx) == "pending"
    await world.recover(timedelta(seconds=20))
    assert await world.state(tx) == "ok" and await world.unsettled() == []
    first, *others = world.operator.calls("changebalance")[1:]
    assert [other.data for other in others] == [first.data, first.data], "always the same words"
    # Once it is known, the studio gets the same answer.
    reply = await world.change(kind, player, tx, "1", round_id=round_id)
    assert str(reply.data["balance"]) == "10"
    assert (await world.status(player, tx, kind, round_id)).data["transaction_status"] == "OK"
    assert len(world.operator.calls("changebalance")) == 4


async def test_credit_retried_by_the_studio_goes_out_at_once(world: SeamlessWorld) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", error("OP_50"), balance("3"))
    assert (await world.change("WIN", player, tx, "1")).code == "OP_50"
    assert str((await world.change("WIN", player, tx, "1")).data["balance"]) == "3"
    assert await world.unsettled() == []


async def test_credit_op_49_settles_it_as_refused_for_good(world: SeamlessWorld) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", error("OP_49", "went bankrupt"), balance("3"))
    for _ in range(2):
        assert (await world.change("WIN", player, tx, "1")).code == "OP_49"
    assert await world.state(tx) == "refused" and await world.unsettled() == []
    assert len(world.operator.calls("changebalance")) == 1


@pytest.mark.parametrize(("told", "state_then", "code"), [("OK", "ok", "OK"), ("CANCELED", "refused", "OP_49")])
async def test_credit_op_40_is_decided_by_status(world: SeamlessWorld, told: str, state_then: str, code: str) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", error("OP_40"))
    world.operator.says("status", state(told))
    world.operator.says("balance", balance("41.5"))
    assert (await world.change("WIN", player, tx, "1")).code == "OP_50"
    await world.recover(timedelta(seconds=1))
    assert await world.state(tx) == state_then and await world.unsettled() == []
    reply = await world.change("WIN", player, tx, "1")
    assert reply.code == code
    if code == "OK":
        assert str(reply.data["balance"]) == "41.5"
    [change], [asked] = world.operator.calls("changebalance"), world.operator.calls("status")
    assert asked.data["transaction_id"] == change.data["transaction_id"]
    assert asked.data["transaction_type"] == "WIN" and asked.data["round_id"] == change.data["round_id"]


@pytest.mark.parametrize("code", ["OP_21", "OP_22", "OP_30", "OP_31", "OP_32", "OP_33", "OP_34", "OP_35", "OP_41"])
async def test_credit_with_a_verdict_no_win_should_get_is_retried_and_parked_after_an_hour(
    world: SeamlessWorld, code: str
) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", error(code))
    assert (await world.change("WIN", player, tx, "1")).code == "OP_50"
    await world.recover(timedelta(minutes=30))
    assert await world.state(tx) == "pending" and len(world.operator.calls("changebalance")) == 2
    await world.recover(timedelta(minutes=31))
    assert await world.state(tx) == "parked" and [call[2] for call in await world.unsettled()] == ["parked"]
    await world.recover(timedelta(days=1))
    assert len(world.operator.calls("changebalance")) == 3, "a person must look"
    assert (await world.change("WIN", player, tx, "1")).code == "OP_50"
    assert (await world.status(player, tx, "WIN")).code == "OP_47"
    await unpark(world)


async def unpark(world: SeamlessWorld) -> None:
    await world.owner.execute("DELETE FROM operator_call")
    await world.owner.execute("DELETE FROM transaction WHERE state = 'parked'")


async def test_credit_for_an_operator_that_stays_down_is_parked_after_seven_days(world: SeamlessWorld) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", status_code(503))
    assert (await world.change("WIN", player, tx, "1")).code == "OP_50"
    await world.recover(timedelta(days=6, hours=23))
    assert await world.state(tx) == "pending"
    await world.recover(timedelta(hours=2))
    assert await world.state(tx) == "parked"
    await unpark(world)


async def test_cancel_is_retried_by_the_hub_until_it_is_confirmed(world: SeamlessWorld) -> None:
    player, tx, round_id = await world.guest(), world.tx(), world.tx()
    world.operator.says("changebalance", balance("9"))
    world.operator.says("cancel", error("OP_50"), broken, state("CANCELED"))
    assert (await world.change("BET", player, tx, "1", round_id=round_id)).code == "OK"
    assert (await world.cancel(player, tx, round_id)).code == "OP_50"
    assert (await world.status(player, tx, round_id=round_id)).code == "OP_47"
    await world.recover(timedelta(seconds=20))
    assert await world.state(tx) == "ok"
    await world.recover(timedelta(seconds=20))
    assert await world.state(tx) == "canceled" and await world.moved(tx) == 0 and await world.unsettled() == []
    for _ in range(2):
        assert (await world.cancel(player, tx, round_id)).data["transaction_status"] == "CANCELED"
    assert len(world.operator.calls("cancel")) == 3
    assert (await world.change("BET", player, tx, "1", round_id=round_id)).code == "OP_49"


async def test_cancel_of_what_the_operator_does_not_have_is_as_good_as_done(world: SeamlessWorld) -> None:
    player, tx, round_id = await world.guest(), world.tx(), world.tx()
    world.operator.says("changebalance", balance("9"))
    world.operator.says("cancel", error("OP_41"))
    assert (await world.change("BET", player, tx, "1", round_id=round_id)).code == "OK"
    assert (await world.cancel(player, tx, round_id)).data["transaction_status"] == "CANCELED"
    assert await world.moved(tx) == 0


async def test_cancel_op_49_stops(world: SeamlessWorld) -> None:
    player, tx, round_id = await world.guest(), world.tx(), world.tx()
    world.operator.says("changebalance", balance("9"))
    world.operator.says("cancel", error("OP_49", "spent"))
    assert (await world.change("WIN", player, tx, "1", round_id=round_id)).code == "OK"
    reply = await world.cancel(player, tx, round_id)
    assert reply.data == {"error_code": "OP_49", "error_message": "spent"}
    assert await world.unsettled() == [] and await world.state(tx) == "ok" and await world.moved(tx) == 100


async def test_finishround_is_retried_by_the_hub_and_op_49_stops_it(world: SeamlessWorld) -> None:
    player, tx, round_id = await world.guest(), world.tx(), world.tx()
    world.operator.says("changebalance", balance("9"))
    world.operator.says("finishround", error("OP_50"), done)
    assert (await world.change("BET", player, tx, "1", round_id=round_id)).code == "OK"
    assert (await world.finish(player, round_id)).code == "OP_50"
    await world.recover(timedelta(seconds=20))
    assert await world.unsettled() == []
    assert (await world.finish(player, round_id)).data["round_id"] == round_id
    assert len(world.operator.calls("finishround")) == 2
    assert (await world.change("BET", player, world.tx(), "1", round_id=round_id)).code == "OP_49"
    other = world.tx()
    assert (await world.change("BET", player, world.tx(), "1", round_id=other)).code == "OK"
    world.operator.says("finishround", error("OP_49"))
    assert (await world.finish(player, other)).code == "OP_49" and await world.unsettled() == []


async def test_finishround_that_an_operator_does_not_offer_is_done(world: SeamlessWorld) -> None:
    player, round_id = await world.guest(), world.tx()
    world.operator.says("changebalance", balance("9"))
    world.operator.says("finishround", status_code(404))
    assert (await world.change("BET", player, world.tx(), "1", round_id=round_id)).code == "OK"
    assert (await world.finish(player, round_id)).code == "OK" and await world.unsettled() == []
