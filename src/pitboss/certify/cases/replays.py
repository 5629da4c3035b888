"""The same transaction again, the same id with other data, and many at once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from pitboss.certify.answer import Answer
from pitboss.certify.case import Chapter
from pitboss.certify.notation import write
from pitboss.certify.signature import timestamp
from pitboss.certify.stage import Stage
from pitboss.certify.transaction import WIN, Transaction
from pitboss.certify.verdict import Failed

CHAPTER: Final = Chapter("replay", "The same again")
RACE: Final = Chapter("race", "Many at once")
case = CHAPTER.case

_ONCE: Final = "A request sent again, however often, is processed only once, and that is no error."
_FIRST: Final = (
    "A repeated request has the answer of the first: status and data are those of the one time it was processed."
)
_DUPLICATE: Final = "An id that was used with other data is answered with OP_40, and nothing moves."


def _said(answer: Answer) -> str:
    return f"{answer.response.get('status')} {write(answer.data)}"


def _expect_same(first: Answer, again: Answer, what: str) -> None:
    if _said(first) != _said(again):
        raise Failed(f"{what} was answered with {_said(again)}, the first time with {_said(first)}")


async def _ten_times(stage: Stage, transaction: Transaction) -> None:
    sent = stage.wallet.request("changebalance", transaction.data())
    async with stage.moves(transaction.effect, f"the same {transaction.type} ten times"):
        for _ in range(10):
            stage.expect_ok(await stage.post_bytes(transaction, sent), f"the same {transaction.type} again")


@case("bet-ten-times-is-once", "The same bytes of a bet, ten times", _ONCE)
async def bet_ten_times(stage: Stage) -> None:
    await _ten_times(stage, stage.bet())


@case("win-ten-times-is-once", "The same bytes of a win, ten times", _ONCE)
async def win_ten_times(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    await _ten_times(stage, stage.win(None, bet.round_id))


@case("same-answer", "The answer to the same bytes", _FIRST)
async def same_answer(stage: Stage) -> None:
    bet = stage.bet()
    sent = stage.wallet.request("changebalance", bet.data())
    first = stage.expect_ok(await stage.post_bytes(bet, sent), "a bet")
    _expect_same(first, await stage.post_bytes(bet, sent), "the same bet again")


@case("same-answer-later", "The answer to the same bytes after other transactions", _FIRST)
async def same_answer_later(stage: Stage) -> None:
    bet = stage.bet()
    sent = stage.wallet.request("changebalance", bet.data())
    first = stage.expect_ok(await stage.post_bytes(bet, sent), "a bet")
    win = stage.win(stage.stake * 3, bet.round_id)
    won = await stage.posted(win)
    await stage.posted(stage.bet())
    _expect_same(first, await stage.post_bytes(bet, sent), "a bet sent again after other transactions")
    _expect_same(won, await stage.post(win), "a win sent again after other transactions")


@case(
    "signed-anew-is-the-same",
    "The same bet with a new request_timestamp and context",
    "What makes a transaction the same is its data; a retry may be signed anew.",
)
async def signed_anew(stage: Stage) -> None:
    bet = stage.bet()
    async with stage.moves(-bet.amount, "a bet and its retry, signed anew"):
        await stage.posted(bet)
        again = stage.wallet.request("changebalance", replace(bet, reason="SPIN", made_at=timestamp()).data())
        stage.expect_ok(await stage.post_bytes(bet, again), "a retry that is signed anew")


@case("refused-bet-is-refused-again", "The same bytes of a refused bet", _ONCE)
async def refused_bet_again(stage: Stage) -> None:
    _, first = await stage.refused_bet()
    async with stage.moves(Decimal(0), "a refused bet sent again"):
        again = await stage.send(first.sent)
    if again.code != first.code:
        raise Failed(f"a refused bet was answered with {first.words()}, and the second time with {again.words()}")


def _other_data(name: str, title: str, change: Callable[[Stage, Transaction], Transaction], *needs: str) -> None:
    codes = ("OP_40", "OP_30") if name == "other-currency" else ("OP_40",)

    @case(f"{name}-is-OP_40", title, _DUPLICATE, *needs)
    async def other_data(stage: Stage) -> None:
        bet = stage.bet()
        await stage.posted(bet)
        async with stage.moves(Decimal(0), f"a known id with {name.replace('-', ' ')}"):
            answer = await stage.post(change(stage, bet))
        stage.expect_code(answer, f"a known id with {name.replace('-', ' ')}", *codes)


_other_data(
    "other-amount",
    "A known id with another amount",
    lambda stage, bet: replace(bet, amount=bet.amount + stage.currency.smallest),
)
_other_data("other-round", "A known id with another round", lambda stage, bet: replace(bet, round_id=stage.fresh()))
_other_data(
    "other-game", "A known id with another game", lambda stage, bet: replace(bet, game_id=bet.game_id % 999_999 + 1)
)
_other_data("other-type", "A bet's id for a win", lambda stage, bet: replace(bet, type=WIN))
_other_data(
    "other-currency",
    "A known id with another currency",
    lambda stage, bet: replace(bet, currency="USD" if bet.currency != "USD" else "EUR"),
)
_other_data(
    "other-user",
    "A known id for another player",
    lambda stage, bet: stage.of(stage.setting.second, bet),
    "--second-user",
    "--second-token",
)


@case(
    "first-answer-after-OP_40",
    "The right data again, after the wrong",
    "A refused duplicate changes nothing of what it would have duplicated.",
)
async def first_answer_after_a_duplicate(stage: Stage) -> None:
    bet = stage.bet()
    first = await stage.posted(bet)
    async with stage.moves(Decimal(0), "a duplicate and the original again"):
        await stage.post(replace(bet, amount=bet.amount * 2))
        again = await stage.post(bet)
    _expect_same(first, again, "a bet sent again after a duplicate of other data")


@RACE.case("identical-bets-are-one", "The same bet, many at once", _ONCE)
async def identical_bets(stage: Stage) -> None:
    bet, number = stage.bet(), stage.setting.concurrency
    async with stage.moves(-bet.amount, f"{number} times the same bet at once"):
        for answer in await stage.at_once([bet] * number):
            stage.expect_ok(answer, "the same bet at once")


@RACE.case("identical-wins-are-one", "The same win, many at once", _ONCE)
async def identical_wins(stage: Stage) -> None:
    bet, number = stage.bet(), stage.setting.concurrency
    win = stage.win(None, bet.round_id)
    await stage.posted(bet)
    async with stage.moves(win.amount, f"{number} times the same win at once"):
        for answer in await stage.at_once([win] * number):
            stage.expect_ok(answer, "the same win at once")


@RACE.case(
    "one-id-many-amounts",
    "One id with another amount each, many at once",
    "Of requests with one id and different data one is processed; the others are answered with OP_40.",
)
async def one_id_many_amounts(stage: Stage) -> None:
    bet, smallest = stage.bet(), stage.currency.smallest
    bets = [replace(bet, amount=bet.amount + smallest * more) for more in range(stage.setting.concurrency)]
    before = await stage.balance()
    answers = await stage.at_once(bets)
    moved = await stage.balance() - before
    taken = [one.amount for one, answer in zip(bets, answers, strict=True) if answer.ok]
    if len(taken) != 1:
        raise Failed(f"exactly one of them must be OK, and {len(taken)} were")
    if moved != -taken[0]:
        raise Failed(f"the one that was OK is of {stage.text(taken[0])}, and the balance moved by {stage.text(moved)}")
    for answer in answers:
        if not answer.ok:
            stage.expect_code(answer, "the others", "OP_40")


@RACE.case(
    "different-bets-all-count", "Different bets, many at once", "Transactions that meet do not lose one another."
)
async def different_bets(stage: Stage) -> None:
    bets = [stage.bet() for _ in range(stage.setting.concurrency)]
    async with stage.moves(-sum((one.amount for one in bets), Decimal(0)), f"{len(bets)} different bets at once"):
        for answer in await stage.at_once(bets):
            stage.expect_ok(answer, "a bet among many at once")


@RACE.case(
    "different-wins-all-count", "Different wins, many at once", "Transactions that meet do not lose one another."
)
async def different_wins(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    wins = [stage.win(stage.stake, bet.round_id) for _ in range(stage.setting.concurrency)]
    async with stage.moves(stage.stake * len(wins), f"{len(wins)} different wins at once"):
        for answer in await stage.at_once(wins):
            stage.expect_ok(answer, "a win among many at once")


@RACE.case(
    "funds-for-one",
    "Many bets at once, each of more than half the balance",
    "A bet the player has not enough for is refused: of many that meet, only what there is can be taken.",
)
async def funds_for_one(stage: Stage) -> None:
    before = await stage.balance()
    smallest = stage.currency.smallest
    # In smallest units, since half of an odd number of them is none.
    amount = smallest * (before / smallest // 2 + 1)
    bets = [stage.bet(amount) for _ in range(stage.setting.concurrency)]
    answers = await stage.at_once(bets)
    moved = await stage.balance() - before
    accepted = sum(answer.ok for answer in answers)
    if accepted == 0 and any(answer.code == "OP_32" for answer in answers):
        stage.note("the wallet's limits do not let half the balance be staked (OP_32): nothing was tried")
        return
    if accepted != 1 or moved != -amount:
        raise Failed(
            f"exactly one of {len(bets)} bets of {stage.text(amount)} fits into {stage.text(before)}:"
            f" {accepted} were OK, and the balance moved by {stage.text(moved)}"
        )


@RACE.case(
    "bet-and-its-cancel",
    "A bet and its cancel at once",
    "Whichever comes first, in the end a canceled bet has taken nothing.",
)
async def bet_and_its_cancel(stage: Stage) -> None:
    bets = [stage.bet() for _ in range(5)]
    async with stage.moves(Decimal(0), "bets that meet their cancels"):
        for bet in bets:
            await asyncio.gather(stage.post(bet), stage.cancel(bet))
