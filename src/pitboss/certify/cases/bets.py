"""BET: what is taken, and when nothing may be."""

from decimal import Decimal
from typing import Final

from pitboss.certify.case import Chapter
from pitboss.certify.stage import Stage
from pitboss.certify.verdict import Failed, NotRun
from pitboss.certify.wallet import Manner

CHAPTER: Final = Chapter("bet", "Bets")
case = CHAPTER.case

_NOBODY: Final = "NoSuchTokenAnywhere0000"
_TAKEN: Final = "A BET takes its amount from the balance."
_ONLY_ONCE: Final = (
    "A command sent again is processed only once, its refusal included: the game told the player so already."
)


@case("is-debited", "A bet of the stake", _TAKEN)
async def is_debited(stage: Stage) -> None:
    async with stage.moves(-stage.stake, "a bet"):
        await stage.posted(stage.bet())


@case(
    "tells-the-balance-after",
    "The balance in the answer to a bet",
    "The answer tells the balance after the request was processed, and its currency.",
)
async def tells_the_balance_after(stage: Stage) -> None:
    before = await stage.balance()
    answer = await stage.posted(stage.bet())
    stage.expect_told(answer, before - stage.stake, "the answer to a bet")
    stage.expect_member(answer, "currency_code", stage.currency.code)


@case(
    "smallest-unit-is-exact",
    "A bet with the currency's last decimal",
    "Amounts are decimals of the currency: its smallest unit counts.",
)
async def smallest_unit(stage: Stage) -> None:
    amount = stage.stake + stage.currency.smallest
    async with stage.moves(-amount, f"a bet of {stage.text(amount)}"):
        await stage.posted(stage.bet(amount))


@case(
    "awkward-amounts-are-exact",
    "Ten bets of amounts that binary fractions get wrong",
    "Amounts are decimals: 0.29 is 29 cents.",
)
async def awkward_amounts(stage: Stage) -> None:
    for amount in stage.awkward(10):
        async with stage.moves(-amount, f"a bet of {stage.text(amount)}"):
            await stage.posted(stage.bet(amount))


@case("amount-without-its-zeros", "A bet written with the fewest digits", "Amounts are numbers: 1.5 and 1.50 are one.")
async def amount_without_zeros(stage: Stage) -> None:
    amount = Decimal(f"{stage.stake.normalize():f}")
    async with stage.moves(-amount, f"a bet of {amount:f}"):
        await stage.posted(stage.bet(amount))


@case(
    "too-many-decimals",
    "A bet with more decimals than the currency has",
    "Amounts are decimals of the currency: more of them are an error, or exactly taken, never rounded.",
)
async def too_many_decimals(stage: Stage) -> None:
    bet = stage.bet(stage.stake + stage.currency.smallest / 2)
    before = await stage.balance()
    answer = await stage.post(bet)
    expected = Decimal(0) if answer.refused else -bet.amount
    moved = await stage.balance() - before
    if moved != expected:
        raise Failed(
            f"a bet of {bet.amount:f} was answered with {answer.words()} and moved the balance by {stage.text(moved)}"
        )


@case(
    "insufficient-funds-is-OP_31",
    "A bet over the balance",
    "A bet the player has not enough for is answered with OP_31, and nothing is taken.",
)
async def insufficient_funds(stage: Stage) -> None:
    over = await stage.balance() + stage.currency.smallest
    await stage.moves_nothing(stage.bet(max(over, stage.stake)), "a bet over the balance", "OP_31")


@case("whole-balance", "A bet of all there is", "A bet the player has just enough for is taken.")
async def whole_balance(stage: Stage) -> None:
    everything = await stage.balance()
    bet = stage.bet(everything)
    async with stage.moves(-everything, "a bet of the whole balance"):
        answer = await stage.post(bet)
        if answer.code == "OP_32":
            raise NotRun("the wallet's limits do not let the whole balance be staked (OP_32)")
        stage.expect_ok(answer, "a bet of the whole balance")


@case("refused-stays-refused", "A refused bet again, after a win", _ONLY_ONCE)
async def refused_stays_refused(stage: Stage) -> None:
    bet, _ = await stage.refused_bet()
    await stage.posted(stage.win(stage.stake * 2))
    await stage.moves_nothing(bet, "a refused bet that is sent again after a win")


@case("zero-amount", "A bet of zero", "Amounts may be zero, and a zero bet takes nothing.")
async def zero_amount(stage: Stage) -> None:
    async with stage.moves(Decimal(0), "a bet of zero"):
        await stage.posted(stage.bet(Decimal(0)))


@case("negative-amount", "A bet below zero", "A BET takes; it never gives.")
async def negative_amount(stage: Stage) -> None:
    await stage.moves_nothing(stage.bet(-stage.stake), "a bet below zero")


@case("several-in-a-round", "Three bets in one round", "A round may have any number of transactions.")
async def several_in_a_round(stage: Stage) -> None:
    round_id = stage.fresh()
    async with stage.moves(-stage.stake * 3, "three bets in a round"):
        for _ in range(3):
            await stage.posted(stage.bet(round_id=round_id))


@case(
    "unknown-token-is-OP_21",
    "A bet with a token the wallet never gave out",
    "A bet needs a live session; without one it is answered with OP_21.",
)
async def unknown_token(stage: Stage) -> None:
    await stage.moves_nothing(stage.bet(token=_NOBODY), "a bet with an unknown token", "OP_21")


@case(
    "null-token-is-refused",
    "A bet without a token",
    "Only wins and refunds may come without a token: sessions are checked on bets.",
)
async def null_token(stage: Stage) -> None:
    await stage.moves_nothing(stage.bet(token=None), "a bet without a token")


@case(
    "expired-token-is-OP_21",
    "A bet with a token whose session is over",
    "A bet needs a live session; without one it is answered with OP_21.",
    "--expired-token",
)
async def expired_token(stage: Stage) -> None:
    bet = stage.bet(token=stage.setting.expired_token)
    await stage.moves_nothing(bet, "a bet with an expired token", "OP_21")


@case("unknown-user-is-OP_34", "A bet of a user_id nobody has", "A user_id that is not found is answered with OP_34.")
async def unknown_user(stage: Stage) -> None:
    await stage.moves_nothing(stage.bet(user_id=f"nobody{stage.fresh()}"), "a bet of an unknown user_id", "OP_34")


@case(
    "blocked-player-is-OP_33",
    "A bet of a blocked player",
    "A blocked player is answered with OP_33, or with OP_21 where blocking ended the session.",
    "--blocked-user",
    "--blocked-token",
)
async def blocked_player(stage: Stage) -> None:
    answer = await stage.post(stage.of(stage.setting.blocked, stage.bet()))
    stage.expect_code(answer, "a bet of a blocked player", "OP_33", "OP_21")


@case(
    "other-currency-is-OP_30",
    "A bet in a currency that is not the player's",
    "Another currency than the player's is answered with OP_30.",
)
async def other_currency(stage: Stage) -> None:
    other = "USD" if stage.currency.code != "USD" else "EUR"
    await stage.moves_nothing(stage.bet(currency=other), f"a bet in {other}", "OP_30")


@case(
    "token-of-another-player-is-refused",
    "A bet with one player's token and the other's user_id",
    "A token is tied to one player: it does not open another's purse.",
    "--second-user",
    "--second-token",
)
async def token_of_another(stage: Stage) -> None:
    second = stage.setting.second
    assert second is not None
    bet = stage.bet(user_id=second.user_id)
    before = stage.told_balance(stage.expect_ok(await stage.ask_balance(second), "balance of the second player"))
    stage.expect_refused(await stage.post(bet), "a bet with the token of another player")
    after = stage.told_balance(stage.expect_ok(await stage.ask_balance(second), "balance of the second player"))
    if before != after:
        raise Failed(f"the other player's balance went from {stage.text(before)} to {stage.text(after)}")


@case(
    "unknown-type-is-refused", "A transaction that is no BET, WIN or REFUND", "There are three types of transactions."
)
async def unknown_type(stage: Stage) -> None:
    await stage.moves_nothing(stage.transaction("TIP", stage.stake), "a transaction of the type TIP")


@case(
    "old-timestamp",
    "A bet whose request_timestamp is years old",
    "How old a bet may be is left open.",
    informational=True,
)
async def old_timestamp(stage: Stage) -> None:
    answer = await stage.post(stage.bet(), Manner(timestamp="2020-12-01 13:44:54"))
    stage.note(f"a bet with a request_timestamp of years ago was answered with {answer.words()}")


@case(
    "after-the-round-finished",
    "A bet in a round that is finished",
    "A finished round has no new transactions; what a wallet does with a late bet is left open (OP_49 is wise).",
    informational=True,
)
async def after_the_round_finished(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    await stage.posted(stage.win(Decimal(0), bet.round_id, round_finished=True))
    answer = await stage.post(stage.bet(round_id=bet.round_id))
    stage.note(f"answered with {answer.words()}")
