"""WIN and REFUND: what is given, whatever became of the session."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from pitboss.certify.case import Chapter
from pitboss.certify.signature import timestamp
from pitboss.certify.stage import Stage
from pitboss.certify.wallet import Manner

WINS: Final = Chapter("win", "Wins")
REFUNDS: Final = Chapter("refund", "Refunds")

_PAID: Final = "A WIN adds its amount to the balance."
_NO_SESSION: Final = (
    "Wins and refunds may come after the session ended, with its token or null; it is not checked for them."
)


@WINS.case("is-credited", "A win of three stakes", _PAID)
async def is_credited(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(stage.stake * 2, "a bet of one stake and a win of three"):
        await stage.posted(bet)
        await stage.posted(stage.win(stage.stake * 3, bet.round_id, round_finished=True))


@WINS.case(
    "tells-the-balance-after",
    "The balance in the answer to a win",
    "The answer tells the balance after the request was processed, and its currency.",
)
async def tells_the_balance_after(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    before = await stage.balance()
    answer = await stage.posted(stage.win(stage.stake, bet.round_id))
    stage.expect_told(answer, before + stage.stake, "the answer to a win")
    stage.expect_member(answer, "currency_code", stage.currency.code)


@WINS.case(
    "smallest-unit-is-exact",
    "A win with the currency's last decimal",
    "Amounts are decimals of the currency: its smallest unit counts.",
)
async def smallest_unit(stage: Stage) -> None:
    async with stage.moves(stage.currency.smallest, "a bet, and a win of it and the smallest amount"):
        bet = stage.bet()
        await stage.posted(bet)
        await stage.posted(stage.win(stage.stake + stage.currency.smallest, bet.round_id))


@WINS.case(
    "awkward-amounts-are-exact",
    "Ten wins of amounts that binary fractions get wrong",
    "Amounts are decimals: 0.29 is 29 cents.",
)
async def awkward_amounts(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    for amount in stage.awkward(10):
        async with stage.moves(amount, f"a win of {stage.text(amount)}"):
            await stage.posted(stage.win(amount, bet.round_id))


@WINS.case("zero", "A win of zero", "A lost round may be told by a win of zero.")
async def zero(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(-stage.stake, "a bet and a win of zero"):
        await stage.posted(bet)
        await stage.posted(stage.win(Decimal(0), bet.round_id, round_finished=None))


@WINS.case("null-token", "A win without a token", _NO_SESSION)
async def null_token(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    async with stage.moves(stage.stake, "a win without a token"):
        await stage.posted(stage.win(None, bet.round_id, token=None))


@WINS.case("expired-token", "A win with a token whose session is over", _NO_SESSION, "--expired-token")
async def expired_token(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    async with stage.moves(stage.stake, "a win with an expired token"):
        await stage.posted(stage.win(None, bet.round_id, token=stage.setting.expired_token))


@WINS.case("several-in-a-round", "Three wins in one round", "A round may have any number of transactions.")
async def several_in_a_round(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(stage.stake * 2, "a bet of one stake and three wins of one"):
        await stage.posted(bet)
        for last in (False, False, True):
            await stage.posted(stage.win(None, bet.round_id, round_finished=last))


@WINS.case(
    "without-a-bet",
    "A win in a round the wallet never heard of",
    "A WIN adds its amount to the balance; promotions and jackpots have no bet.",
)
async def without_a_bet(stage: Stage) -> None:
    async with stage.moves(stage.stake, "a win without a bet"):
        await stage.posted(stage.win())


@WINS.case(
    "after-the-round-finished", "A win in a round that is finished", "A win that comes late is paid all the same."
)
async def after_the_round_finished(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    await stage.posted(stage.win(stage.currency.smallest, bet.round_id, round_finished=True))
    async with stage.moves(stage.stake, "a win in a finished round"):
        await stage.posted(stage.win(None, bet.round_id))


@WINS.case(
    "days-old-request",
    "A win whose request is three days old",
    "A failed win is sent again for as long as it takes; OP_20 is for a hash that does not match, and this one does.",
)
async def days_old_request(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    old = timestamp(datetime.now(UTC) - timedelta(days=3))
    async with stage.moves(stage.stake, "a win signed three days ago"):
        answer = await stage.post(stage.win(None, bet.round_id), Manner(timestamp=old))
        stage.expect_ok(answer, "a win signed three days ago")


@WINS.case("negative-amount", "A win below zero", "A WIN gives; it never takes.")
async def negative_amount(stage: Stage) -> None:
    await stage.moves_nothing(stage.win(-stage.stake), "a win below zero")


@WINS.case(
    "of-a-blocked-player",
    "A win of a blocked player",
    "Whether a player who was blocked in mid-round is paid by the protocol or by hand is left open.",
    "--blocked-user",
    "--blocked-token",
    informational=True,
)
async def of_a_blocked_player(stage: Stage) -> None:
    win = stage.of(stage.setting.blocked, stage.win())
    answer = await stage.post(win)
    stage.note(f"answered with {answer.words()}")


@REFUNDS.case("returns-the-bet", "A refund of a bet", "A REFUND gives its amount back.")
async def returns_the_bet(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(Decimal(0), "a bet and its refund"):
        await stage.posted(bet)
        await stage.posted(stage.refund(bet.amount, bet.round_id))


@REFUNDS.case("of-a-part", "A refund of half a bet", "A REFUND gives its own amount back, not the bet's.")
async def of_a_part(stage: Stage) -> None:
    bet = stage.bet(stage.stake * 2)
    async with stage.moves(-stage.stake, "a bet of two stakes and a refund of one"):
        await stage.posted(bet)
        await stage.posted(stage.refund(stage.stake, bet.round_id))


@REFUNDS.case("null-token", "A refund without a token", _NO_SESSION)
async def refund_null_token(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    async with stage.moves(bet.amount, "a refund without a token"):
        await stage.posted(stage.refund(bet.amount, bet.round_id, token=None))


@REFUNDS.case("expired-token", "A refund with a token whose session is over", _NO_SESSION, "--expired-token")
async def refund_expired_token(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    async with stage.moves(bet.amount, "a refund with an expired token"):
        await stage.posted(stage.refund(bet.amount, bet.round_id, token=stage.setting.expired_token))


@REFUNDS.case("ten-times-is-once", "A refund sent ten times", "A command sent again is processed only once.")
async def ten_times(stage: Stage) -> None:
    bet = stage.bet()
    refund = stage.refund(bet.amount, bet.round_id)
    async with stage.moves(Decimal(0), "a bet and ten times the same refund"):
        await stage.posted(bet)
        for _ in range(10):
            await stage.posted(refund)


@REFUNDS.case(
    "over-the-bet",
    "A refund of more than was bet",
    "What a wallet does with a refund over the round's bets is left open (OP_49 is wise).",
    informational=True,
)
async def over_the_bet(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    answer = await stage.post(stage.refund(bet.amount * 3, bet.round_id))
    stage.note(f"answered with {answer.words()}")
