"""cancel: what is undone, once, and what never happens afterwards."""

import asyncio
from decimal import Decimal
from typing import Final

from pitboss.certify.case import Chapter
from pitboss.certify.stage import Stage
from pitboss.certify.transaction import Player, Transaction
from pitboss.certify.verdict import Failed

CHAPTER: Final = Chapter("cancel", "Cancels")
case = CHAPTER.case

_GIVEN_BACK: Final = "A canceled BET's amount goes back to the player; that of a WIN or REFUND is taken from him."
_ONCE: Final = "A command sent again is processed only once."
_NEVER: Final = "A canceled transaction did not happen and will not: sent again, it is refused and moves nothing."


@case("of-a-bet", "A bet and its cancel", _GIVEN_BACK)
async def of_a_bet(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(Decimal(0), "a bet and its cancel"):
        await stage.posted(bet)
        await stage.canceled(bet)


@case("of-a-win", "A win and its cancel", _GIVEN_BACK)
async def of_a_win(stage: Stage) -> None:
    bet = stage.bet()
    win = stage.win(stage.stake * 2, bet.round_id)
    async with stage.moves(-stage.stake, "a bet, a win, and the cancel of the win"):
        await stage.posted(bet)
        await stage.posted(win)
        await stage.canceled(win)


@case("of-a-refund", "A refund and its cancel", _GIVEN_BACK)
async def of_a_refund(stage: Stage) -> None:
    bet = stage.bet()
    refund = stage.refund(bet.amount, bet.round_id)
    async with stage.moves(-bet.amount, "a bet, its refund, and the cancel of the refund"):
        await stage.posted(bet)
        await stage.posted(refund)
        await stage.canceled(refund)


@case(
    "tells-what-was-canceled",
    "The answer to a cancel",
    "An OK tells user_id, transaction_id and transaction_status CANCELED.",
)
async def tells_what_was_canceled(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    answer = await stage.canceled(bet)
    for name, value in (("user_id", bet.user_id), ("transaction_id", bet.id)):
        if str(answer.data.get(name)) != str(value):
            raise Failed(f"{name} must be {value!r}, and is {answer.data.get(name)!r}")


async def _twice(stage: Stage, transaction: Transaction) -> None:
    await stage.posted(transaction)
    async with stage.moves(-transaction.effect, f"a {transaction.type}'s cancel, and the same twice more"):
        await stage.canceled(transaction)
        await stage.canceled(transaction)
        await stage.canceled(transaction)


@case("of-a-bet-twice-is-once", "The cancel of a bet, three times", _ONCE)
async def of_a_bet_twice(stage: Stage) -> None:
    await _twice(stage, stage.bet())


@case("of-a-win-twice-is-once", "The cancel of a win, three times", _ONCE)
async def of_a_win_twice(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    await _twice(stage, stage.win(None, bet.round_id))


@case("at-once-is-once", "The cancel of a bet, many at once", _ONCE)
async def at_once(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    number = stage.setting.concurrency
    async with stage.moves(bet.amount, f"{number} times the same cancel at once"):
        for answer in await asyncio.gather(*(stage.cancel(bet) for _ in range(number))):
            stage.expect_ok(answer, "the same cancel at once")


@case("only-the-one", "The cancel of one bet of three", "A cancel is of one transaction, not of its round.")
async def only_the_one(stage: Stage) -> None:
    round_id = stage.fresh()
    bets = [stage.bet(stage.stake * number, round_id) for number in (1, 2, 3)]
    async with stage.moves(
        -stage.stake * 4, "bets of one, two and three stakes in a round, and the cancel of the second"
    ):
        for bet in bets:
            await stage.posted(bet)
        await stage.canceled(bets[1])


@case(
    "unknown-is-OP_41",
    "The cancel of what never came",
    "A cancel of a transaction the wallet does not have is answered with OP_41.",
)
async def unknown(stage: Stage) -> None:
    async with stage.moves(Decimal(0), "a cancel of an unknown transaction"):
        answer = await stage.cancel(stage.bet())
    stage.expect_code(answer, "a cancel of an unknown transaction", "OP_41")


@case(
    "before-the-bet",
    "A bet that comes after its own cancel",
    "Who answers a cancel with OP_41 does not have the transaction and never will: the bet that comes late is refused for good.",
)
async def before_the_bet(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(Decimal(0), "a bet after its own cancel"):
        await stage.cancel(bet)
        answer = await stage.post(bet)
    stage.expect_refused_for_good(answer, "a bet after its own cancel")


@case(
    "before-the-bet-stays-canceled",
    "The late bet's cancel, once more",
    "A cancel is idempotent: after the bet came late and was refused, its cancel still returns nothing.",
)
async def before_the_bet_again(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(Decimal(0), "a cancel, its bet, and the cancel again"):
        await stage.cancel(bet)
        await stage.post(bet)
        answer = await stage.cancel(bet)
    if answer.code != "OP_41":
        stage.expect_ok(answer, "the cancel once more")


@case("bet-again-afterwards", "A canceled bet, sent again", _NEVER)
async def bet_again(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    await stage.canceled(bet)
    async with stage.moves(Decimal(0), "a canceled bet sent again"):
        answer = await stage.post(bet)
    stage.expect_refused_for_good(answer, "a canceled bet sent again")


@case("win-again-afterwards", "A canceled win, sent again", _NEVER)
async def win_again(stage: Stage) -> None:
    bet = stage.bet()
    win = stage.win(None, bet.round_id)
    await stage.posted(bet)
    await stage.posted(win)
    await stage.canceled(win)
    async with stage.moves(Decimal(0), "a canceled win sent again"):
        answer = await stage.post(win)
    stage.expect_refused_for_good(answer, "a canceled win sent again")


@case(
    "of-a-refused-bet",
    "The cancel of a bet that was refused",
    "What took nothing gives nothing back: CANCELED or OP_41, and the balance stays.",
)
async def of_a_refused_bet(stage: Stage) -> None:
    bet, _ = await stage.refused_bet()
    async with stage.moves(Decimal(0), "the cancel of a refused bet"):
        answer = await stage.cancel(bet)
    if answer.code != "OP_41":
        stage.expect_ok(answer, "the cancel of a refused bet")


@case(
    "of-another-player-is-refused",
    "The cancel of one player's bet with the other's user_id",
    "A transaction belongs to its player: for another there is none.",
    "--second-user",
    "--second-token",
)
async def of_another_player(stage: Stage) -> None:
    second = stage.setting.second or Player("", None)
    bet = stage.bet()
    await stage.posted(bet)
    async with stage.moves(Decimal(0), "a cancel with another player's user_id"):
        answer = await stage.cancel(bet, user_id=second.user_id)
    stage.expect_code(answer, "a cancel with another player's user_id", "OP_41", "OP_34")


@case(
    "unknown-user-is-an-error",
    "A cancel for a user_id nobody has",
    "A user_id that is not found is answered with OP_34; that there is no such transaction (OP_41) is as true.",
)
async def unknown_user(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    async with stage.moves(Decimal(0), "a cancel for an unknown user_id"):
        answer = await stage.cancel(bet, user_id=f"nobody{stage.fresh()}")
    stage.expect_code(answer, "a cancel for an unknown user_id", "OP_34", "OP_41")
