"""Every kind of difference between hub and operator, by name: found, and repaired where the documents' table calls it safe."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import pytest_asyncio
from reconciling import (
    REFUND,
    WIN,
    Arrange,
    Books,
    audited,
    canceled,
    found,
    kept,
    one_of,
    parked,
    parked_cancel,
    reconcile,
    refused,
    standing,
    voided,
    waiting,
)
from seamless_world import TIMEOUT_MS, SeamlessWorld
from test_outcome_table import close_breaker

from pitboss.operators.reconcile import Reconciler
from pitboss.storage.audit import verify_chain
from pitboss.storage.operator_calls.reconciling import count, span
from scripted_operator import error, state, status_code

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def books(world: SeamlessWorld) -> AsyncIterator[Books]:
    yield Books(world)
    # Whatever a test left under way is nobody's any more.
    await world.owner.execute("DELETE FROM operator_call")
    await world.owner.execute("DELETE FROM transaction WHERE state IN ('pending', 'parked')")
    await world.owner.execute("UPDATE transaction SET state = 'canceled' WHERE state = 'voiding'")
    await close_breaker(world)


AGREE: dict[str, tuple[Arrange, str | None]] = {
    "a bet that stood": (standing, "OK"),
    "a win that stood": (WIN, "OK"),
    "a refund that stood": (REFUND, "OK"),
    "a bet canceled": (canceled, "CANCELED"),
    "a bet canceled, unknown there": (canceled, None),
    "a win canceled": (partial(canceled, kind="WIN"), "CANCELED"),
    "a bet void": (voided, "CANCELED"),
    "a bet void, unknown there": (voided, None),
    "a bet void, refused there": (voided, "ERROR"),
    "a bet refused": (refused, "ERROR"),
    "a bet refused, not remembered there": (refused, None),
    "a bet refused, canceled there": (refused, "CANCELED"),
    "a win refused for ever": (partial(refused, kind="WIN", code="OP_49"), "ERROR"),
}


@pytest.mark.parametrize("what", AGREE)
async def test_what_agrees_is_no_difference(world: SeamlessWorld, books: Books, what: str) -> None:
    since = datetime.now(UTC)
    arrange, word = AGREE[what]
    await books.holds(await arrange(world, books), word)
    report = await reconcile(world, since)
    assert report.findings == [] and report.left == 0 and report.compared >= 1


# What is arranged in the hub, what the operator has of it; the difference, and what may be done.
DIFFER: dict[str, tuple[Arrange, str | None, str, str | None]] = {
    "a bet is lost there": (standing, None, "ok_here_unknown_there", None),
    "a win is lost there": (WIN, None, "ok_here_unknown_there", None),
    "a refund is lost there": (REFUND, None, "ok_here_unknown_there", None),
    "a bet is canceled there": (standing, "CANCELED", "ok_here_canceled_there", None),
    "a win is canceled there": (WIN, "CANCELED", "ok_here_canceled_there", None),
    "a bet is refused there": (standing, "ERROR", "ok_here_refused_there", None),
    "a win is refused there": (WIN, "ERROR", "ok_here_refused_there", None),
    "a canceled bet stands there": (canceled, "OK", "canceled_here_ok_there", "cancel"),
    "a canceled win stands there": (partial(canceled, kind="WIN"), "OK", "canceled_here_ok_there", "cancel"),
    "a void bet stands there": (voided, "OK", "canceled_here_ok_there", "cancel"),
    "a refused bet stands there": (refused, "OK", "refused_here_ok_there", "cancel"),
    "a bet refused as a duplicate stands there": (
        partial(refused, code="OP_40"), "OK", "refused_here_ok_there", None,
    ),
    "a refused win stands there": (
        partial(refused, kind="WIN", code="OP_49"), "OK", "refused_here_ok_there", None,
    ),
    "a win is under way": (waiting, None, "unsettled_here", None),
    "a win is under way, and there already": (waiting, "OK", "unsettled_here", None),
    "a parked win is paid there": (parked, "OK", "parked_here", "settle"),
    "a parked refund is paid there": (partial(parked, kind="REFUND"), "OK", "parked_here", "settle"),
    "a parked win is canceled there": (parked, "CANCELED", "parked_here", "settle"),
    "a parked win is refused there": (parked, "ERROR", "parked_here", "send_again"),
    "a parked win is unknown there": (parked, None, "parked_here", "send_again"),
    "a parked refund is unknown there": (partial(parked, kind="REFUND"), None, "parked_here", "send_again"),
    "a parked cancel is done there": (parked_cancel, "CANCELED", "parked_here", "settle"),
    "a parked cancel is not done there": (parked_cancel, "OK", "parked_here", "send_again"),
    "a parked cancel of a win is not done there": (
        partial(parked_cancel, kind="WIN"), "OK", "parked_here", "send_again",
    ),
    "a parked cancel of what is unknown there": (parked_cancel, None, "parked_here", "send_again"),
    "a void bet is kept there": (kept, "OK", "parked_here", "send_again"),
    "a void bet was kept there and is canceled now": (kept, "CANCELED", "parked_here", "settle"),
}  # fmt: skip
# What both have in the end. A parked win that the operator refused stays so until it takes it.
IN_THE_END = {
    "a canceled bet stands there": ("canceled", "CANCELED"),
    "a canceled win stands there": ("canceled", "CANCELED"),
    "a void bet stands there": ("canceled", "CANCELED"),
    "a refused bet stands there": ("refused", "CANCELED"),
    "a parked win is paid there": ("ok", "OK"),
    "a parked refund is paid there": ("ok", "OK"),
    "a parked win is canceled there": ("refused", "CANCELED"),
    "a parked win is unknown there": ("ok", "OK"),
    "a parked refund is unknown there": ("ok", "OK"),
    "a parked cancel is done there": ("canceled", "CANCELED"),
    "a parked cancel is not done there": ("canceled", "CANCELED"),
    "a parked cancel of a win is not done there": ("canceled", "CANCELED"),
    "a parked cancel of what is unknown there": ("canceled", None),
    "a void bet is kept there": ("canceled", "CANCELED"),
    "a void bet was kept there and is canceled now": ("canceled", "CANCELED"),
}


@pytest.mark.parametrize("what", DIFFER)
async def test_difference_is_found_and_nothing_is_touched(world: SeamlessWorld, books: Books, what: str) -> None:
    since = datetime.now(UTC)
    arrange, word, difference, repair = DIFFER[what]
    tx = await arrange(world, books)
    await books.holds(tx, word)
    before, moved, waits = await world.state(tx), await world.moved(tx), await world.unsettled()
    asked = len(world.operator.asked)
    report = await reconcile(world, since)
    assert report.left == 1 and one_of(report).held.provider_tx_id == str(tx)
    assert found(report)[0][1:] == (difference, word or "unknown", repair)
    assert (repair is None) == bool(one_of(report).verdict.why)
    assert (await world.state(tx), await world.moved(tx), await world.unsettled()) == (before, moved, waits)
    assert {call.command for call in world.operator.asked[asked:]} == {"status"} and await audited(world, since) == []


@pytest.mark.parametrize("what", [what for what, case in DIFFER.items() if case[3] is not None])
async def test_what_is_safe_is_repaired_and_audited(world: SeamlessWorld, books: Books, what: str) -> None:
    since = datetime.now(UTC)
    arrange, word, _, repair = DIFFER[what]
    tx = await arrange(world, books)
    await books.holds(tx, word)
    report = await reconcile(world, since, repair=True)
    finding = one_of(report)
    number = await books.number(tx)
    action = "parked.retry" if repair == "send_again" else f"reconcile.{repair}"
    assert await audited(world, since) == [(action, finding.held.id)] and finding.done
    assert await verify_chain(world.owner) is None
    if what in IN_THE_END:
        here, there = IN_THE_END[what]
        assert (await world.state(tx), books.has.get(number)) == (here, there)
        # What was unknown when its cancel came is cancelled once more later: a late one may land until then.
        assert finding.repaired and report.left == 0
        assert (await reconcile(world, since)).left == 0
    else:
        assert not finding.repaired and report.left == 1 and await world.state(tx) in ("pending", "ok")
    await world.must_be_whole()


@pytest.mark.parametrize("what", [what for what, case in DIFFER.items() if case[3] is None])
async def test_what_is_not_safe_is_left_to_a_person(world: SeamlessWorld, books: Books, what: str) -> None:
    since = datetime.now(UTC)
    arrange, word, _, _ = DIFFER[what]
    tx = await arrange(world, books)
    await books.holds(tx, word)
    before, asked = await world.state(tx), len(world.operator.asked)
    report = await reconcile(world, since, repair=True)
    assert report.left == 1 and one_of(report).done == "" and await audited(world, since) == []
    assert await world.state(tx) == before
    assert {call.command for call in world.operator.asked[asked:]} == {"status"}


async def test_money_of_a_settled_parked_win_is_in_the_books_with_the_operators_balance(
    world: SeamlessWorld, books: Books
) -> None:
    since = datetime.now(UTC)
    tx = await parked(world, books)
    await books.holds(tx, "OK")
    seen = len(world.operator.calls("changebalance"))
    await reconcile(world, since, repair=True)
    assert await world.moved(tx) == 100 and len(world.operator.calls("changebalance")) == seen, "never sent again"
    row = await world.owner.fetchrow("SELECT told FROM transaction WHERE provider_tx_id = $1", str(tx))
    assert row is not None and row["told"] == 5_000


async def test_cancel_that_fails_goes_on_with_the_worker(world: SeamlessWorld, books: Books) -> None:
    since = datetime.now(UTC)
    tx = await canceled(world, books)
    await books.holds(tx, "OK")
    world.operator.says("cancel", error("OP_50"), books.cancel)
    report = await reconcile(world, since, repair=True)
    assert not one_of(report).repaired and report.left == 1
    assert await world.unsettled() == [("cancel", str(tx), "ask")]
    assert found(await reconcile(world, since)) == [("bet", "unsettled_here", "OK", None)]
    await world.recover(timedelta(seconds=20))
    assert await world.unsettled() == [] and (await reconcile(world, since)).findings == []


async def test_cancel_that_the_operator_will_not_do_is_told_again(world: SeamlessWorld, books: Books) -> None:
    since = datetime.now(UTC)
    tx = await canceled(world, books, "WIN")
    await books.holds(tx, "OK")
    world.operator.says("cancel", error("OP_49", "spent"))
    report = await reconcile(world, since, repair=True)
    assert report.left == 1 and await world.unsettled() == []
    assert found(await reconcile(world, since)) == [("win", "canceled_here_ok_there", "OK", "cancel")]


async def test_operator_that_is_down_makes_all_unknown_and_nothing_is_done(world: SeamlessWorld, books: Books) -> None:
    since = datetime.now(UTC)
    for arrange in (standing, canceled, parked):
        await arrange(world, books)
    world.operator.says("status", status_code(503))
    report = await reconcile(world, since, repair=True)
    assert [row[1:] for row in found(report)] == [("cannot_be_asked", None, None)] * 3
    assert report.left == 3 and {one.said for one in report.findings} <= {"HTTP 503", "the breaker is open"}
    assert await audited(world, since) == []


@pytest.mark.parametrize("code", ["OP_20", "OP_34", "OP_47", "OP_50"])
async def test_answer_that_is_no_status_is_unknown_and_not_guessed(
    world: SeamlessWorld, books: Books, code: str
) -> None:
    since = datetime.now(UTC)
    await standing(world, books)
    world.operator.says("status", error(code))
    assert one_of(await reconcile(world, since, repair=True)).said == code
    world.operator.says("status", state("WHATEVER"))
    assert found(await reconcile(world, since, repair=True)) == [("bet", "cannot_be_asked", None, None)]


async def test_what_changes_while_it_is_looked_at_is_no_difference(world: SeamlessWorld, books: Books) -> None:
    """The studio cancels a bet between the look here and the question there."""
    await world.configure("UPDATE agent SET wallet_timeout_ms = 10000")
    since, player, tx, round_id = datetime.now(UTC), await world.guest(), world.tx(), world.tx()
    assert (await world.change("BET", player, tx, "1", round_id=round_id)).code == "OK"
    world.operator.gate.clear()
    agent = world.hub.live.current.agents[world.agent_id]
    reconciler = Reconciler(world.hub, agent, world.owner, 8)
    looking = asyncio.create_task(reconciler._look([(world.provider_id, str(tx))]))
    await until_asked(world, "status")
    canceling = asyncio.create_task(world.cancel(player, tx, round_id))
    await until_asked(world, "cancel")
    books.has = dict.fromkeys(books.has, "CANCELED")
    world.operator.gate.set()
    assert (await canceling).code == "OK"
    [look] = await looking
    # What was read here was ok, what was told there is CANCELED: that is none yet.
    assert look.held.state in ("ok", "canceled") and str(look.verdict.difference) == "unsettled_here"
    assert look.verdict.may_pass and (await reconcile(world, since)).findings == []
    await world.configure("UPDATE agent SET wallet_timeout_ms = $1", TIMEOUT_MS)


async def until_asked(world: SeamlessWorld, command: str) -> None:
    async with asyncio.timeout(10):
        while not world.operator.calls(command):
            await asyncio.sleep(0.005)


async def test_asks_what_the_document_asks_for(world: SeamlessWorld, books: Books) -> None:
    since = datetime.now(UTC)
    tx = await standing(world, books, "WIN")
    seen = len(world.operator.calls("status"))
    await reconcile(world, since)
    [change], [asked] = world.operator.calls("changebalance"), world.operator.calls("status")[seen:]
    at = await world.owner.fetchval("SELECT at FROM transaction WHERE provider_tx_id = $1", str(tx))
    assert asked.data == {
        "user_id": change.data["user_id"], "transaction_id": change.data["transaction_id"], "transaction_type": "WIN",
        "transaction_date": f"{at:%Y-%m-%d}", "transaction_ts": asked.data["transaction_ts"],
        "round_id": change.data["round_id"],
    }  # fmt: skip
    assert abs(int(asked.data["transaction_ts"]) - int(at.timestamp() * 1000)) <= 1000


async def test_what_the_hub_refused_itself_was_never_sent_and_is_not_asked_after(
    world: SeamlessWorld, books: Books
) -> None:
    since = datetime.now(UTC)
    player = await world.guest()
    await world.block(player)
    assert (await world.change("BET", player, world.tx(), "1")).code == "OP_33"
    report = await reconcile(world, since)
    assert (report.compared, report.unsent, report.findings) == (0, 1, []) and world.operator.asked == []


async def test_days_are_utc_and_both_are_within(world: SeamlessWorld, books: Books) -> None:
    tx = await standing(world, books)
    [row] = await world.owner.fetch("SELECT id FROM transaction WHERE provider_tx_id = $1", str(tx))
    ns = int(row["id"].hex[:16], 16)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ns // 1000)
    assert await count(world.owner, world.agent_id, span(at, at + timedelta(microseconds=1))) == 1
    assert await count(world.owner, world.agent_id, span(at - timedelta(microseconds=1), at)) == 0
