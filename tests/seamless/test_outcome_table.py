"""Every line of the table of outcomes that is about a BET, by name, and what holds for every call.

A studio over the hub's real door, an operator over real HTTP, a real database.
"""

import asyncio
from datetime import timedelta

import pytest
from seamless_world import SeamlessWorld

from scripted_operator import FAILURES, balance, broken, error, signed, state, status_code

pytestmark = pytest.mark.asyncio(loop_scope="module")

VERDICTS = ("OP_21", "OP_22", "OP_30", "OP_31", "OP_32", "OP_33", "OP_34", "OP_35", "OP_40", "OP_49")


async def test_bet_ok_is_settled_and_told_with_the_operators_balance(world: SeamlessWorld) -> None:
    player, tx = await world.guest("25343"), world.tx()
    world.operator.says("changebalance", balance("97.5"))
    context = {"reason": "SPIN", "history_id": "h1", "game_details": {"ticket_id": 12345678901234567890}}
    reply = await world.change("BET", player, tx, "2.50", context=context)
    assert (reply.code, reply.data) == ("OK", {"balance": reply.data["balance"], "currency_code": "EUR"})
    assert str(reply.data["balance"]) == "97.5"
    [asked] = world.operator.calls("changebalance")
    sent = asked.data
    assert asked.headers["x-operator-id"] == await world.owner.fetchval("SELECT operator_id FROM agent")
    assert (sent["user_id"], sent["transaction_type"], sent["amount"]) == ("25343", "BET", "2.5")
    assert (
        sent["token"].startswith("operatorstoken")
        and sent["currency_code"] == "EUR"
        and sent["round_finished"] is False
    )
    # The hub's own numbers, not the studio's.
    assert sent["transaction_id"] != tx and sent["round_id"] != 1727
    game = world.hub.live.current.games_by_provider[world.provider_id, 200]
    assert sent["game_id"] == game.id
    assert sent["context"] == context | {"game_details": {"ticket_id": 12345678901234567890}}
    assert await world.state(tx) == "ok" and await world.moved(tx) == -250 and await world.unsettled() == []


async def test_bet_refused_in_words_no_database_takes_is_passed_on_all_the_same(world: SeamlessWorld) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says(
        "changebalance",
        lambda asked: signed(asked, "ERROR", '{"error_code":"OP_31","error_message":"a\\u0000b\\ud800"}'),
    )
    for _ in range(2):
        assert (await world.change("BET", player, tx, "1")).code in ("OP_31", "OP_47", "OP_49")
    world.operator.says("cancel", error("OP_41"))
    await world.recover()
    await world.recover(timedelta(seconds=20))


async def test_bet_replayed_is_answered_from_the_journal_without_a_second_call(world: SeamlessWorld) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", balance("5"), balance("77"))
    first = await world.change("BET", player, tx, "1")
    again = await world.change("BET", player, tx, "1")
    assert first.raw_data == again.raw_data and len(world.operator.calls("changebalance")) == 1
    other = await world.change("BET", player, tx, "2")
    assert other.code == "OP_40" and len(world.operator.calls("changebalance")) == 1


@pytest.mark.parametrize("code", VERDICTS)
async def test_bet_refused_is_passed_on_unchanged_and_remembered(world: SeamlessWorld, code: str) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", error(code, "in its own words | and ü"), balance("100"))
    for _ in range(2):
        reply = await world.change("BET", player, tx, "1")
        assert reply.data == {"error_code": code, "error_message": "in its own words | and ü"}
    assert len(world.operator.calls("changebalance")) == 1
    assert await world.state(tx) == "refused" and await world.unsettled() == []
    assert (await world.status(player, tx)).data["transaction_status"] == "ERROR"
    assert (await world.cancel(player, tx)).data["transaction_status"] == "CANCELED"
    assert world.operator.calls("cancel") == []


@pytest.mark.parametrize("what", FAILURES)
async def test_bet_unknown_is_void_for_the_studio_at_once(world: SeamlessWorld, what: str) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", FAILURES[what])
    assert (await world.change("BET", player, tx, "1")).code == "OP_47"
    await void_from_now_on(world, player, tx)


async def test_bet_in_silence_is_void_for_the_studio_at_once(world: SeamlessWorld) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", balance("1"))
    world.operator.gate.clear()
    assert (await world.change("BET", player, tx, "1")).code == "OP_47"
    world.operator.gate.set()
    await void_from_now_on(world, player, tx)


async def void_from_now_on(world: SeamlessWorld, player, tx: int) -> None:  # type: ignore[no-untyped-def]
    assert (await world.change("BET", player, tx, "1")).code == "OP_49"
    assert (await world.status(player, tx)).data["transaction_status"] == "CANCELED"
    assert (await world.cancel(player, tx)).data["transaction_status"] == "CANCELED"
    assert len(world.operator.calls("changebalance")) == 1 and world.operator.calls("cancel") == []
    # The worker cancels it at the operator, through a failure, and once more behind the total timeout.
    world.operator.says("cancel", error("OP_50"), state("CANCELED"), error("OP_41"))
    await world.recover()
    assert (await world.unsettled())[0][2] == "void"
    await world.recover(timedelta(seconds=2))
    assert [call[2] for call in await world.unsettled()] == ["void_again"]
    assert await world.state(tx) == "canceled"
    await world.recover()
    assert len(world.operator.calls("cancel")) == 2, "not before the total timeout has passed"
    await world.recover(timedelta(seconds=20))
    assert await world.unsettled() == [] and len(world.operator.calls("cancel")) == 3
    bet, *cancels = (*world.operator.calls("changebalance"), *world.operator.calls("cancel"))
    for cancel in cancels:
        assert cancel.data["transaction_id"] == bet.data["transaction_id"]
        assert (cancel.data["user_id"], cancel.data["round_id"]) == (bet.data["user_id"], bet.data["round_id"])
    assert (await world.change("BET", player, tx, "1")).code == "OP_49"
    assert (await world.status(player, tx)).data["transaction_status"] == "CANCELED"
    assert await world.moved(tx) == 0


async def test_void_bet_whose_cancel_is_unknown_there_is_done_after_the_second(world: SeamlessWorld) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", broken)
    assert (await world.change("BET", player, tx, "1")).code == "OP_47"
    world.operator.says("cancel", error("OP_41"))
    await world.recover()
    await world.recover(timedelta(seconds=20))
    assert await world.unsettled() == [] and len(world.operator.calls("cancel")) == 2


async def test_void_bet_that_the_operator_will_not_cancel_but_kept_waits_for_a_person(world: SeamlessWorld) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", broken)
    assert (await world.change("BET", player, tx, "1")).code == "OP_47"
    world.operator.says("cancel", error("OP_49"))
    world.operator.says("status", state("OK"))
    await world.recover()
    await world.recover(timedelta(seconds=1))
    assert [call[2] for call in await world.unsettled()] == ["parked"]
    assert (await world.status(player, tx)).data["transaction_status"] == "CANCELED"
    assert (await world.change("BET", player, tx, "1")).code == "OP_49"
    await world.owner.execute("DELETE FROM operator_call")
    await world.owner.execute("UPDATE transaction SET state = 'canceled' WHERE state = 'voiding'")


async def test_void_bet_that_the_operator_will_not_cancel_and_does_not_have_is_looked_at_once_more(
    world: SeamlessWorld,
) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", broken)
    assert (await world.change("BET", player, tx, "1")).code == "OP_47"
    world.operator.says("cancel", error("OP_49"), state("CANCELED"))
    world.operator.says("status", error("OP_41"))
    await world.recover()
    assert await world.state(tx) == "canceled" and [call[2] for call in await world.unsettled()] == ["void_again"]
    # It landed behind the first cancel after all; the second finds it.
    await world.recover(timedelta(seconds=20))
    assert await world.unsettled() == [] and len(world.operator.calls("cancel")) == 2


async def test_breaker_open_a_bet_is_unsent_and_not_remembered(world: SeamlessWorld) -> None:
    player, tx = await world.guest(), world.tx()
    await open_breaker(world)
    seen = len(world.operator.asked)
    assert (await world.change("BET", player, tx, "1")).code == "OP_50"
    assert len(world.operator.asked) == seen and await world.state(tx) is None and await world.unsettled() == []
    await close_breaker(world)
    world.operator.says("changebalance", balance("8"))
    assert (await world.change("BET", player, tx, "1")).code == "OK"


async def test_breaker_open_a_win_and_a_cancel_are_journaled_and_go_out_when_it_closes(world: SeamlessWorld) -> None:
    player, bet, win, round_id = await world.guest(), world.tx(), world.tx(), world.tx()
    world.operator.says("changebalance", balance("8"))
    assert (await world.change("BET", player, bet, "1", round_id=round_id)).code == "OK"
    await open_breaker(world)
    seen = len(world.operator.asked)
    assert (await world.cancel(player, bet, round_id)).code == "OP_50"
    assert (await world.change("WIN", player, win, "1")).code == "OP_50"
    assert len(world.operator.asked) == seen
    assert [(kind, phase) for kind, _, phase in await world.unsettled()] == [("cancel", "ask"), ("win", "ask")]
    await close_breaker(world)
    world.operator.says("changebalance", balance("9"))
    world.operator.says("cancel", state("CANCELED"))
    await world.recover()
    assert await world.unsettled() == [] and await world.state(win) == "ok" and await world.state(bet) == "canceled"


async def open_breaker(world: SeamlessWorld) -> None:
    """Balance calls fail until nothing goes out any more."""
    from pitboss.domain.seamless.operator_call import NotSent, OperatorCall

    world.operator.says("balance", status_code(500))
    for _ in range(50):
        answer = await world.hub.operator_wallets.ask(OperatorCall(world.agent_id, "balance", "{}"))
        if isinstance(answer, NotSent):
            return
    raise AssertionError("the breaker never opened")


async def close_breaker(world: SeamlessWorld) -> None:
    """Wait until one goes out again and is answered."""
    from pitboss.domain.seamless.operator_call import Agreed, OperatorCall

    world.operator.says("balance", balance("1"))
    async with asyncio.timeout(60):
        while not isinstance(
            await world.hub.operator_wallets.ask(OperatorCall(world.agent_id, "balance", "{}")), Agreed
        ):
            await asyncio.sleep(0.1)


async def test_echo_that_differs_is_only_logged(world: SeamlessWorld) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", lambda asked: signed(asked, "OK", '{"currency_code":"EUR","balance":4}'))
    assert (await world.change("BET", player, tx, "1")).code == "OK"
    world.operator.says("changebalance", lambda asked: without_echo(asked))
    assert (await world.change("WIN", player, world.tx(), "1")).code == "OK"


def without_echo(asked) -> bytes:  # type: ignore[no-untyped-def]
    asked.body = b'{"something": "else"}'
    return signed(asked, "OK", '{"currency_code":"EUR","balance":4}')


@pytest.mark.parametrize("kind", ["BET", "WIN"])
async def test_duplicate_of_a_call_under_way_waits_for_its_outcome(world: SeamlessWorld, kind: str) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", balance("6"), balance("99"))
    world.operator.gate.clear()
    calls = [asyncio.create_task(world.change(kind, player, tx, "1")) for _ in range(8)]
    async with asyncio.timeout(30):
        while not world.operator.asked:
            await asyncio.sleep(0.005)
    assert (await world.change(kind, player, tx, "2")).code == "OP_40"
    world.operator.gate.set()
    replies = await asyncio.gather(*calls)
    assert {reply.raw_data for reply in replies} == {replies[0].raw_data} and replies[0].code == "OK"
    assert len(world.operator.calls("changebalance")) == 1 and await world.moved(tx) == (-100 if kind == "BET" else 100)


async def test_calls_of_one_round_go_out_in_order(world: SeamlessWorld) -> None:
    player, first, second, round_id = await world.guest(), world.tx(), world.tx(), world.tx()
    world.operator.says("changebalance", error("OP_50"), balance("1"), balance("2"))
    assert (await world.change("WIN", player, first, "1", round_id=round_id)).code == "OP_50"
    # Behind it, nothing of the round goes out; another round does.
    assert (await world.change("WIN", player, second, "2", round_id=round_id)).code == "OP_50"
    assert (await world.change("BET", player, world.tx(), "3", round_id=round_id)).code == "OP_50"
    assert len(world.operator.calls("changebalance")) == 1
    await world.recover(timedelta(seconds=20))
    await world.recover(timedelta(seconds=20))
    assert [asked.data["amount"] for asked in world.operator.calls("changebalance")] == [1, 1, 2]
    assert await world.unsettled() == []


async def test_a_bet_that_the_hub_left_behind_is_void(world: SeamlessWorld) -> None:
    """A process died between its call and the answer's storing."""
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", balance("1"))
    world.operator.gate.clear()
    call = asyncio.create_task(world.change("BET", player, tx, "1"))
    async with asyncio.timeout(30):
        while not world.operator.asked:
            await asyncio.sleep(0.005)
    world.operator.says("cancel", state("CANCELED"))
    # As if its lease were over: a worker takes it, while the slow answer is still to come.
    await world.recover(timedelta(seconds=19))
    world.operator.gate.set()
    assert (await call).code == "OP_47"
    assert await world.state(tx) in ("voiding", "canceled")
    await world.recover(timedelta(seconds=20))
    await world.recover(timedelta(seconds=20))
    assert await world.unsettled() == [] and await world.moved(tx) == 0


async def test_cancel_of_a_bet_under_way_makes_it_void_at_once(world: SeamlessWorld) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", balance("1"))
    world.operator.says("cancel", state("CANCELED"))
    world.operator.gate.clear()
    call = asyncio.create_task(world.change("BET", player, tx, "1"))
    async with asyncio.timeout(30):
        while not world.operator.asked:
            await asyncio.sleep(0.005)
    assert (await world.status(player, tx)).code == "OP_47"
    assert (await world.cancel(player, tx)).data["transaction_status"] == "CANCELED"
    world.operator.gate.set()
    assert (await call).code == "OP_47"
    await world.recover()
    await world.recover(timedelta(seconds=20))
    assert await world.unsettled() == [] and await world.moved(tx) == 0 and len(world.operator.calls("cancel")) == 2
