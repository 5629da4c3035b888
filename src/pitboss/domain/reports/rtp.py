"""Whether a game pays what it should: the actual return against the theoretical one, with a band for chance.

With rho the theoretical return, stake s and win w of a round, w − rho·s has mean zero whatever is staked, so D = sum(w − rho·s) is
what the game has paid too much, V = sum((w − rho·s)²) the spread that chance gives it, and D² / V says how odd that is. The band is
the one of Robbins' normal mixture: a fair game leaves it at any time of its life with probability 0.1 % at most (asymptotically),
however often one looks. A band made for a single look (3.29 standard deviations) would be left by every fair game sooner or later.

Money is counted in integers; only shares of it and the band are decimals, of limited precision, and stored nowhere.
"""

from collections.abc import Iterable, Mapping
from decimal import Context, Decimal
from enum import StrEnum
from typing import NamedTuple

CONFIDENCE = Decimal("0.999")
LEAST_ROUNDS = 1_000
"""Fewer equally large stakes than this tell nothing: a sum of few skewed wins is no bell."""
_TIGHTEST = Decimal(1_000)
_PRECISE = Context(prec=50)
_SHOWN = Decimal("0.0001")


class Verdict(StrEnum):
    """`too_few`: not enough was played; `unknown`: the studio has told no theoretical return."""

    OK = "ok"
    TOO_HIGH = "too_high"
    TOO_LOW = "too_low"
    TOO_FEW = "too_few"
    UNKNOWN = "unknown"


class Played(NamedTuple):
    """Rounds in one unit of money (see `in_one_unit`): their number, sums and sums of squares."""

    rounds: int
    staked: Decimal
    won: Decimal
    staked_squares: Decimal
    won_squares: Decimal
    staked_by_won: Decimal


class Return(NamedTuple):
    """Percentages with four decimals. `low` and `high`: where a fair game's actual return lies; None where that is not known."""

    actual: Decimal | None
    low: Decimal | None
    high: Decimal | None
    verdict: Verdict


def in_one_unit(parts: Iterable[tuple[Decimal, Played]]) -> Played:
    """Put together what was counted in several currencies; each part comes with what one of its units is worth."""
    total = Played(0, *(Decimal(0) for _ in range(5)))
    for worth, part in parts:
        square = _PRECISE.multiply(worth, worth)
        weights = (worth, worth, square, square, square)
        sums = [
            _PRECISE.add(have, _PRECISE.multiply(weight, more))
            for have, weight, more in zip(total[1:], weights, part[1:], strict=True)
        ]
        total = Played(total.rounds + part.rounds, *sums)
    return total


def judge(played: Played, theoretical: Decimal | None) -> Return:
    """The return and its band; `theoretical` in percent."""
    if played.staked <= 0:
        return Return(None, None, None, Verdict.UNKNOWN if theoretical is None else Verdict.TOO_FEW)
    actual = _PRECISE.divide(played.won, played.staked)
    if theoretical is None:
        return Return(_percent(actual), None, None, Verdict.UNKNOWN)
    rho = _PRECISE.divide(theoretical, Decimal(100))
    # How many rounds of one size would weigh as much: one stake of thousands says less than thousands of stakes.
    size = _PRECISE.divide(_PRECISE.multiply(played.staked, played.staked), played.staked_squares)
    half = _PRECISE.divide(_limit(_spread(played, rho), size), played.staked)
    low, high = rho - half, rho + half
    verdict = Verdict.TOO_HIGH if actual > high else Verdict.TOO_LOW if actual < low else Verdict.OK
    if size < LEAST_ROUNDS:
        verdict = Verdict.TOO_FEW
    return Return(_percent(actual), _percent(max(low, Decimal(0))), _percent(high), verdict)


def _spread(played: Played, rho: Decimal) -> Decimal:
    """V."""
    cross = _PRECISE.multiply(2 * rho, played.staked_by_won)
    return played.won_squares - cross + _PRECISE.multiply(_PRECISE.multiply(rho, rho), played.staked_squares)


def _limit(spread: Decimal, size: Decimal) -> Decimal:
    """How far D may be from zero: sqrt((V + k)(ln(1 + V/k) + 2 ln(1/alpha))) with k the V of a thousand rounds."""
    share = _PRECISE.divide(_TIGHTEST, size)
    alpha = 1 - CONFIDENCE
    odds = _PRECISE.ln(1 + _PRECISE.divide(Decimal(1), share)) - 2 * _PRECISE.ln(alpha)
    return _PRECISE.sqrt(_PRECISE.multiply(max(spread, Decimal(0)) * (1 + share), odds))


def _percent(value: Decimal) -> Decimal:
    return _PRECISE.multiply(value, Decimal(100)).quantize(_SHOWN, context=_PRECISE)


def played_of(figure: Mapping[str, int]) -> Played:
    """From a figure's members by name."""
    return Played(figure["rounds"], *(Decimal(figure[name]) for name in Played._fields[1:]))
