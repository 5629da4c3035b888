"""A round's timeline is what happened: checked against what the test did and sums of its own."""

from datetime import UTC, datetime, timedelta

import pytest
from round_casino import RoundCasino, fresh

from pitboss.storage.api_errors import ApiErrorRow
from pitboss.storage.rounds import timeline
from pitboss.storage.rounds.rows import RoundState
from pitboss.storage.rounds.timeline import Signature, Step, Timeline, signature_of
from wallet_world import Player

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def seen(casino: RoundCasino, player: Player, round_id: int) -> Timeline:
    """The timeline, once all failed exchanges are written."""
    await casino.world.hub.errors.turn()
    found = await casino.timeline(player, round_id)
    assert found is not None
    return found


def moved(step: Step, kind: str) -> int:
    """What the step's postings brought to the accounts of a kind, less what they took."""
    return sum(each.amount * ((each.target.kind == kind) - (each.source.kind == kind)) for each in step.postings)


async def test_messages_stand_in_order_with_balances_and_entries(casinos: tuple[RoundCasino, RoundCasino]) -> None:
    casino, other = casinos
    guest, round_id = await casino.player(10_000), fresh()
    bet, raised, win, undone = (fresh() for _ in range(4))
    told = [
        await casino.say("BET", guest, "5", round_id, transaction_id=bet),
        await casino.say("BET", guest, "2.50", round_id, transaction_id=raised),
    ]
    await casino.round(guest)
    refused = await casino.world.change("BET", guest, fresh(), 1_000, round_id=round_id)
    assert refused.code == "OP_31"
    assert (await casino.cancel(guest, raised, round_id)).code == "OK"
    await casino.say("WIN", guest, "7.77", round_id, transaction_id=win)
    # A second answer to the same words is not another message.
    await casino.say("WIN", guest, "7.77", round_id, transaction_id=win)
    assert (await casino.cancel(guest, undone, round_id)).code == "OP_41"
    line = await seen(casino, guest, round_id)
    # 100.00, less 5.00, less 2.50; another round in between costs 0.50.
    expected = [
        (str(bet), "bet", "ok", -500, 10_000, 9_500),
        (str(raised), "bet", "canceled", -250, 9_500, 9_250),
        (line.steps[2].provider_tx_id, "bet", "refused", 0, 9_200, 9_200),
        (str(raised), "cancel", "ok", 250, 9_200, 9_450),
        (str(win), "win", "ok", 777, 9_450, 10_227),
        (str(undone), "unknown", "tombstone", 0, 10_227, 10_227),
    ]
    assert [
        (step.provider_tx_id, step.kind, step.state, step.real_amount, step.balance_before, step.balance_after)
        for step in line.steps
    ] == expected
    assert [str(reply.data["balance"]) for reply in told] == [
        f"{step.told // 100}.{step.told % 100:02}".rstrip("0").rstrip(".") for step in line.steps[:2]
    ]
    assert line.steps[2].refusal == "insufficient_funds" and line.steps[1].canceled_by == line.steps[3].number
    for step in line.steps:
        assert (step.signature, step.bonus_amount, step.call, step.bonus_moves) == (Signature.GOOD, 0, None, ())
        assert moved(step, "player") == step.real_amount == -moved(step, "house")
    player_side = [each.source_after if each.source.kind == "player" else each.target_after
                   for step in line.steps for each in step.postings]  # fmt: skip
    assert player_side == [9_500, 9_250, 9_450, 10_227]
    assert {each.source.name for step in line.steps for each in step.postings} == {"the player's money", "the house"}
    row = line.round
    assert (row.staked, row.returned, row.won, row.bets, row.state) == (750, 250, 777, 2, RoundState.OPEN)
    assert (line.errors, line.calls, line.errors_looked_to, line.cut) == ([], [], None, False)
    assert line.game_log is not None and line.game_log.user_in_game == guest.user_id
    assert (line.game_log.provider_tx_id, line.game_log.round_id) == (str(win), str(round_id))
    # Another agent has no such round, whoever asks for it with the right keys; nor has another player or studio.
    other.world.provider_id = casino.world.provider_id
    assert await other.timeline(guest, round_id) is None
    assert await casino.timeline(await casino.player(), round_id) is None
    assert await casino.timeline(guest, fresh()) is None and await casino.timeline(guest, "nothing") is None


async def test_failed_exchanges_about_the_round_and_no_others_are_in_it(
    casinos: tuple[RoundCasino, RoundCasino],
) -> None:
    casino, _ = casinos
    guest, neighbour = await casino.player(), await casino.player()
    round_id, bet = fresh(), fresh()
    forged = await casino.world.change("BET", guest, bet, 1, round_id=round_id)
    assert forged.code == "OK"
    data = {
        "transaction_type": "BET", "amount": 1, "currency_code": "EUR", "transaction_id": fresh(), "round_id": round_id,
        "round_finished": False, "game_id": 200, "user_id": guest.user_id, "token": guest.token,
    }  # fmt: skip
    assert (await casino.world.call("changebalance", data, hash="0" * 40)).code == "OP_20"
    assert (await casino.world.change("BET", guest, bet, 2, round_id=round_id)).code == "OP_40"
    assert (await casino.world.change("BET", guest, bet, 2, round_id=fresh())).code == "OP_40"
    assert (await casino.world.change("BET", guest, fresh(), "1.001", round_id=round_id)).code == "OP_50"
    named = {"reason": f"gift of {guest.user_id}"}
    given = await casino.world.change("BET", neighbour, fresh(), "1.001", round_id=round_id, context=named)
    assert given.code == "OP_50"
    # Of another round, another player in the same round, another transaction whose number contains this one's.
    assert (await casino.world.change("BET", guest, fresh(), "1.001", round_id=fresh())).code == "OP_50"
    assert (await casino.world.change("BET", neighbour, fresh(), "1.001", round_id=round_id)).code == "OP_50"
    assert (
        await casino.world.change("BET", guest, int(f"{bet}0"), "1.001", round_id=int(f"{round_id}0"))
    ).code == "OP_50"
    line = await seen(casino, guest, round_id)
    assert [(failed.error, signature_of(failed)) for failed in line.errors] == [
        ("OP_20", Signature.REFUSED), ("OP_40", Signature.GOOD), ("OP_40", Signature.GOOD), ("OP_50", Signature.UNTOLD),
    ]  # fmt: skip
    assert all(guest.token not in str(failed) for failed in line.errors)
    assert [type(each) for each in line.happenings()] == [Step, *[ApiErrorRow] * 4]
    assert await casino.timeline(neighbour, round_id) is None


async def test_bonus_money_and_what_followed_are_told(casinos: tuple[RoundCasino, RoundCasino]) -> None:
    casino, _ = casinos
    guest, free, wagered = await casino.player(0), fresh(), fresh()
    code = await casino.give(guest, 2)
    context = {"reason": "PROMO-FREESPIN", "campaign_code": code}
    await casino.say("BET", guest, "1", free, context=context)
    await casino.say("WIN", guest, "3", free, context=context, round_finished=True)
    line = await seen(casino, guest, free)
    bet, win = line.steps
    assert [(step.real_amount, step.bonus_amount) for step in line.steps] == [(0, 0), (0, 300)]
    assert [(move.code, move.uses) for move in bet.bonus_moves] == [(code, 1)]
    # 3.00 won, to be wagered twice.
    assert [(move.money, move.required) for move in win.bonus_moves] == [(300, 600)]
    assert moved(win, "bonus") == 300 == -moved(win, "bonus_cost") and line.round.in_bonus
    assert win.postings[0].target.name == "the player's bonus money"
    # The second free stake wins nothing; then 3.00 of bonus money is staked and won twice, which meets the requirement.
    await casino.say("BET", guest, "1", fresh(), context=context, round_finished=True)
    await casino.say("BET", guest, "3", wagered)
    await casino.say("WIN", guest, "3", wagered, round_finished=True)
    assert [step.kind for step in (await seen(casino, guest, wagered)).steps] == ["bet", "win"]
    last = fresh()
    await casino.say("BET", guest, "3", last)
    await casino.say("WIN", guest, "4", last, round_finished=True)
    line = await seen(casino, guest, last)
    assert [(step.kind, step.real_amount, step.bonus_amount, step.signature) for step in line.steps] == [
        ("bet", 0, -300, Signature.GOOD), ("win", 0, 400, Signature.GOOD), ("convert", 400, -400, Signature.NONE),
    ]  # fmt: skip
    convert = line.steps[2]
    assert moved(convert, "player") == 400 == -moved(convert, "bonus") and convert.provider_id == 0
    assert await casino.world.balance(guest) == 400
    # What happens to the wallet later is not the round's.
    await casino.round(guest)
    assert len((await seen(casino, guest, last)).steps) == 3


async def test_a_round_that_never_opened_has_a_timeline(casinos: tuple[RoundCasino, RoundCasino]) -> None:
    casino, _ = casinos
    guest, round_id = await casino.player(100), fresh()
    began = datetime.now(UTC) - timedelta(seconds=1)
    for amount in (2, 3):
        assert (await casino.world.change("BET", guest, fresh(), amount, round_id=round_id)).code == "OP_31"
    line = await seen(casino, guest, round_id)
    assert [(step.kind, step.state, step.refusal, step.balance_after) for step in line.steps] == [
        ("bet", "refused", "insufficient_funds", 100)
    ] * 2
    assert line.round.number is None and line.round.state is RoundState.NOTHING and line.round.game_id is not None
    assert began < line.round.opened_at <= line.round.changed_at


async def test_a_long_round_is_cut_and_says_so(
    casinos: tuple[RoundCasino, RoundCasino], monkeypatch: pytest.MonkeyPatch
) -> None:
    casino, _ = casinos
    guest, round_id = await casino.player(), fresh()
    for _ in range(4):
        await casino.say("BET", guest, "1", round_id)
    assert not (await seen(casino, guest, round_id)).cut
    monkeypatch.setattr(timeline, "MOST_STEPS", 3)
    line = await seen(casino, guest, round_id)
    assert line.cut and [step.balance_after for step in line.steps] == [99_900, 99_800, 99_700]
