"""Longer plays, promotions, the connection, and figures."""

import asyncio
import random
from decimal import Decimal
from typing import Final

from pitboss.certify.case import Chapter
from pitboss.certify.stage import Stage
from pitboss.certify.transaction import Transaction
from pitboss.certify.verdict import Failed, NotRun

PROMOTIONS: Final = Chapter("promo", "Promotions")
PLAY: Final = Chapter("play", "Longer plays")
CONNECTION: Final = Chapter("connection", "Connection and figures")

_FREE: Final = "PROMO-FREESPIN"
_STEPS: Final = 80
_SAMPLES: Final = 100
_MOST_STAKES: Final = 15
_IDLE_SECONDS: Final = 1.5


async def _free_spin(stage: Stage, amount: Decimal, what: str) -> Transaction:
    bet = stage.bet(amount, reason=_FREE)
    async with stage.moves(Decimal(0), what):
        answer = await stage.post(bet)
    if answer.code == "OP_49":
        raise NotRun("the wallet takes promotional free spins of campaigns it knows only (OP_49); nothing was taken")
    stage.expect_ok(answer, what)
    return bet


@PROMOTIONS.case(
    "free-spin-of-zero",
    "A promotional free spin with an amount of zero",
    "Promotional free spins have the reason PROMO-FREESPIN; the player does not pay for them.",
)
async def free_spin_of_zero(stage: Stage) -> None:
    await _free_spin(stage, Decimal(0), "a promotional free spin of zero")


@PROMOTIONS.case(
    "free-spin-with-a-stake",
    "A promotional free spin that tells what its stake is worth",
    "Promotional free spins have the reason PROMO-FREESPIN; the player does not pay for them, whatever amount they tell.",
)
async def free_spin_with_a_stake(stage: Stage) -> None:
    await _free_spin(stage, stage.stake, "a promotional free spin")


@PROMOTIONS.case(
    "free-spin-win-is-paid", "The win of a promotional free spin", "What a promotional free spin wins is the player's."
)
async def free_spin_win(stage: Stage) -> None:
    bet = await _free_spin(stage, Decimal(0), "a promotional free spin of zero")
    async with stage.moves(stage.stake, "the win of a promotional free spin"):
        await stage.posted(stage.win(None, bet.round_id, reason=_FREE))


@PROMOTIONS.case(
    "rake-is-only-told",
    "A win with a rake",
    "A poker win may tell its rake, with four decimals; the amount is what is paid.",
)
async def rake(stage: Stage) -> None:
    bet = stage.bet()
    await stage.posted(bet)
    win = stage.win(None, bet.round_id)
    data = win.data()
    data["context"]["rake"] = Decimal("0.0328")
    async with stage.moves(win.amount, "a win with a rake"):
        answer = await stage.post_bytes(win, stage.wallet.request("changebalance", data))
        stage.expect_ok(answer, "a win with a rake")


@PLAY.case(
    "interleaved-rounds", "Ten rounds, open at the same time", "Rounds are apart: each transaction counts in its own."
)
async def interleaved(stage: Stage) -> None:
    bets = [stage.bet(stage.stake + stage.currency.smallest * number) for number in range(10)]
    wins = [
        stage.win(bet.amount * 2 if number % 2 else stage.currency.smallest, bet.round_id, round_finished=True)
        for number, bet in enumerate(bets)
    ]
    expected = sum((one.effect for one in (*bets, *wins)), Decimal(0))
    async with stage.moves(expected, "ten interleaved rounds"):
        for bet in bets:
            await stage.posted(bet)
        for win in reversed(wins):
            await stage.posted(win)


@PLAY.case(
    "rounds-side-by-side", "Ten rounds at once, each in order", "Transactions that meet do not lose one another."
)
async def side_by_side(stage: Stage) -> None:
    async def round_of(number: int) -> Decimal:
        bet = stage.bet(stage.stake + stage.currency.smallest * number)
        win = stage.win(bet.amount * (number % 3 + 1), bet.round_id, round_finished=True)
        await stage.posted(bet)
        await stage.posted(win)
        return bet.effect + win.effect

    stage.may_spend(stage.stake * 20)
    before = await stage.balance()
    moved = sum(await asyncio.gather(*map(round_of, range(10))), Decimal(0))
    after = await stage.balance()
    if after - before != moved:
        raise Failed(
            f"ten rounds at once must move the balance by {stage.text(moved)}, and moved it by {stage.text(after - before)}"
        )


@PLAY.case(
    "random-walk",
    f"{_STEPS} bets, wins, cancels and retries by chance",
    "After any play the balance is the sum of what stood, and every answer tells the balance at its moment.",
)
async def random_walk(stage: Stage) -> None:
    seed = stage.fresh()
    stage.note(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311 - a walk that can be walked again, not a secret
    start = expected = await stage.balance()
    span = int(stage.stake / stage.currency.smallest)
    open_rounds: list[Transaction] = []
    stood: list[Transaction] = []
    for step in range(1, _STEPS + 1):
        choice = chance.random()
        before = expected
        what = f"step {step} of the walk"
        if (choice < 0.4 and start - expected < stage.stake * _MOST_STAKES) or not stood:
            one = stage.bet(stage.stake + stage.currency.smallest * chance.randint(0, span))
            open_rounds.append(one)
        elif choice < 0.65:
            one = stage.win(stage.currency.smallest * chance.randint(1, 2 * span), chance.choice(open_rounds).round_id)
        elif choice < 0.85:
            # Of the youngest first: so a cancel never takes back what was spent since.
            one = stood.pop()
            if one in open_rounds:
                open_rounds.remove(one)
            await stage.canceled(one)
            expected -= one.effect
            _expect(stage, await stage.balance(), expected, f"{what}, a cancel,")
            continue
        else:
            again = await stage.posted(chance.choice(stood))
            stage.told_balance(again)
            _expect(stage, await stage.balance(), before, f"{what}, a retry,")
            continue
        answer = await stage.posted(one)
        expected += one.effect
        stood.append(one)
        _expect(stage, stage.told_balance(answer), expected, f"the answer to {what}")
    _expect(stage, await stage.balance(), expected, "the end of the walk")


def _expect(stage: Stage, told: Decimal, expected: Decimal, what: str) -> None:
    if told != expected:
        raise Failed(f"{what} must leave {stage.text(expected)}, and the wallet tells {stage.text(told)}")


@CONNECTION.case(
    "idle-is-reused",
    "A connection that was idle for a moment",
    "A platform keeps its connections; a call on one that was idle is answered like any other.",
)
async def idle_is_reused(stage: Stage) -> None:
    for _ in range(3):
        stage.expect_ok(await stage.ask_balance(), "a call on a connection that was idle")
        await asyncio.sleep(_IDLE_SECONDS)
    stage.expect_ok(await stage.ask_balance(), "a call on a connection that was idle")


@CONNECTION.case(
    "keeps-alive",
    "Whether connections are kept",
    "Connections may be closed after each answer; a platform then pays for a new one with every call.",
    informational=True,
)
async def keeps_alive(stage: Stage) -> None:
    answer = await stage.ask_balance()
    closed = "close" in answer.header("connection").lower()
    stage.note("the wallet closes each connection" if closed else "the wallet keeps connections")


@CONNECTION.case(
    "latency",
    f"How long {_SAMPLES} calls of balance take, one after the other",
    "A platform gives up after some seconds, and a player waits for every bet; figures, no bar.",
    informational=True,
)
async def latency(stage: Stage) -> None:
    # The first may pay for a connection.
    await stage.ask_balance()
    times = []
    for _ in range(_SAMPLES):
        answer = await stage.ask_balance()
        stage.expect_ok(answer, "a balance call")
        times.append(answer.elapsed_ms)
    times.sort()
    p50, p95, p99 = (times[len(times) * share // 100 - 1] for share in (50, 95, 99))
    stage.note(f"p50 {p50} ms, p95 {p95} ms, p99 {p99} ms, longest {times[-1]} ms")
