"""Ids of up to twenty digits, and numbers written as strings."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Final

from pitboss.certify.case import Chapter
from pitboss.certify.stage import Stage
from pitboss.certify.verdict import Failed

CHAPTER: Final = Chapter("bigint", "Big numbers")
case = CHAPTER.case
STRINGS: Final = Chapter("string", "Numbers as strings")

_TWENTY: Final = "transaction_id and round_id are whole numbers of up to 20 digits, which is more than 64 bits."
_LARGE: Final = 7 * 10**19
_OPEN: Final = "The document writes ids and amounts as numbers; whether a string is understood is left open."


@case("twenty-digits", "A bet with ids of twenty digits", _TWENTY)
async def twenty_digits(stage: Stage) -> None:
    bet = stage.bet(None, _LARGE + stage.fresh(), id=_LARGE + stage.fresh())
    async with stage.moves(-bet.amount, "a bet with ids of twenty digits"):
        await stage.posted(bet)


@case("is-told-back", "A twenty-digit id in answers", "An id is told back as it came, to its last digit.")
async def is_told_back(stage: Stage) -> None:
    bet = stage.bet(None, _LARGE + stage.fresh(), id=_LARGE + stage.fresh())
    answer = await stage.posted(bet)
    data = answer.member("request").get("data")
    echoed = data.get("transaction_id") if isinstance(data, dict) else None
    if str(echoed) != str(bet.id):
        raise Failed(f"the echo of transaction_id {bet.id} is {echoed}")
    told = stage.expect_ok(await stage.status(bet), "the status of a twenty-digit id").data.get("transaction_id")
    if str(told) != str(bet.id):
        raise Failed(f"status of {bet.id} tells the transaction_id {told}")


@case("canceled", "The cancel of a twenty-digit id", _TWENTY)
async def canceled(stage: Stage) -> None:
    bet = stage.bet(None, _LARGE + stage.fresh(), id=_LARGE + stage.fresh())
    async with stage.moves(Decimal(0), "a bet with a twenty-digit id and its cancel"):
        await stage.posted(bet)
        await stage.canceled(bet)


async def _are_two(stage: Stage, first: int, second: int, why: str) -> None:
    async with stage.moves(-stage.stake * 2, f"bets with the ids {first} and {second}, {why},"):
        await stage.posted(stage.bet(id=first))
        await stage.posted(stage.bet(id=second))


@case("same-in-64-bits", "Two ids that are one in their lower 64 bits", _TWENTY)
async def same_in_64_bits(stage: Stage) -> None:
    first = stage.fresh()
    await _are_two(stage, first, first + 2**64, "which are one in 64 bits")


@case("same-in-32-bits", "Two ids that are one in their lower 32 bits", _TWENTY)
async def same_in_32_bits(stage: Stage) -> None:
    first = stage.fresh()
    await _are_two(stage, first, first + 2**32, "which are one in 32 bits")


@case("same-as-a-double", "Two neighbours that are one as floating-point numbers", _TWENTY)
async def same_as_a_double(stage: Stage) -> None:
    # Of this size floating-point numbers are 16384 apart.
    first = (_LARGE + stage.fresh() * 16384) // 16384 * 16384
    await _are_two(stage, first, first + 1, "which are one as floating-point numbers")


@case("rounds-same-in-64-bits", "Two rounds that are one in their lower 64 bits", _TWENTY)
async def rounds_same_in_64_bits(stage: Stage) -> None:
    first = stage.bet()
    await stage.posted(first)
    await stage.posted(stage.win(stage.currency.smallest, first.round_id, round_finished=True))
    async with stage.moves(-stage.stake, "a bet in a round that is another's in 64 bits"):
        await stage.posted(stage.bet(round_id=first.round_id + 2**64))


@case(
    "replayed", "A twenty-digit id again", "A command sent again is processed only once, whatever the size of its id."
)
async def replayed(stage: Stage) -> None:
    bet = stage.bet(id=_LARGE + stage.fresh())
    async with stage.moves(-bet.amount, "a bet with a twenty-digit id, twice"):
        await stage.posted(bet)
        await stage.posted(bet)


@STRINGS.case("ids", "Ids as strings", _OPEN, informational=True)
async def ids_as_strings(stage: Stage) -> None:
    bet = stage.bet()
    data = bet.data() | {"transaction_id": str(bet.id), "round_id": str(bet.round_id)}
    answer = await stage.post_bytes(bet, stage.wallet.request("changebalance", data))
    stage.note(f"a bet with ids as strings was answered with {answer.words()}")


@STRINGS.case("amount", "An amount as a string", _OPEN, informational=True)
async def amount_as_string(stage: Stage) -> None:
    bet = stage.bet()
    data = bet.data() | {"amount": f"{bet.amount:f}"}
    answer = await stage.post_bytes(bet, stage.wallet.request("changebalance", data))
    stage.note(f"a bet with its amount as a string was answered with {answer.words()}")


@STRINGS.case(
    "user-as-a-number",
    "A user_id of digits as a number",
    "user_id is a string; the document's examples hand it back as a number once.",
    informational=True,
)
async def user_as_a_number(stage: Stage) -> None:
    user = stage.player.user_id
    if not user.isascii() or not user.isdigit() or json.dumps(int(user)) != user:
        stage.note("this player's user_id is not made of digits: nothing was tried")
        return
    bet = stage.bet()
    answer = await stage.post_bytes(bet, stage.wallet.request("changebalance", bet.data() | {"user_id": int(user)}))
    stage.note(f"a bet with its user_id as a number was answered with {answer.words()}")


@STRINGS.case(
    "ids-are-the-same",
    "A number's id again as a string",
    "Where ids are understood as strings, they are the same ids.",
    informational=True,
)
async def ids_are_the_same(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    before = await stage.balance()
    data = replace(bet).data() | {"transaction_id": str(bet.id)}
    answer = await stage.post_bytes(bet, stage.wallet.request("changebalance", data))
    moved = await stage.balance() - before
    stage.note(
        f"a known id as a string was answered with {answer.words()} and moved the balance by {stage.text(moved)}"
    )
