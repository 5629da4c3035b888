"""The RTP monitor finds a reel that was tampered with within a day of play, and leaves fair games alone, however often it looks."""

from decimal import Decimal
from itertools import islice
from math import log, sqrt
from random import Random

import pytest

from figures.slot_day import A_DAY, STAKE, rounds, with_a_wild_less, with_a_wild_more
from pitboss.domain.reports.rtp import LEAST_ROUNDS, Played, Return, Verdict, in_one_unit, judge
from pitboss_studio.games.slot import rules
from pitboss_studio.games.slot.theory import theory

THEORETICAL = Decimal(theory().rtp.numerator * 100) / Decimal(theory().rtp.denominator)
LOOKS = 24


def played_of(wins: list[int], stakes: list[int] | None = None) -> Played:
    """Sums, added up plainly."""
    stakes = stakes or [STAKE] * len(wins)
    return Played(
        len(wins),
        Decimal(sum(stakes)),
        Decimal(sum(wins)),
        Decimal(sum(s * s for s in stakes)),
        Decimal(sum(w * w for w in wins)),
        Decimal(sum(s * w for s, w in zip(stakes, wins, strict=True))),
    )


def verdicts(wins: list[int], theoretical: Decimal) -> list[Verdict]:
    """What the monitor says at every hour of the day."""
    hour = len(wins) // LOOKS
    return [judge(played_of(wins[: hour * look]), theoretical).verdict for look in range(1, LOOKS + 1)]


@pytest.mark.parametrize(
    ("reels", "expected"), [(with_a_wild_more(), Verdict.TOO_HIGH), (with_a_wild_less(), Verdict.TOO_LOW)]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_reel_that_was_tampered_with_is_found_within_a_day(
    reels: tuple[str, ...], expected: Verdict, seed: int
) -> None:
    told = verdicts(list(islice(rounds(reels, seed), A_DAY)), THEORETICAL)
    assert told[-1] == expected
    assert set(told) <= {expected, Verdict.OK, Verdict.TOO_FEW}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_reels_as_they_are_stay_in_their_band(seed: int) -> None:
    told = verdicts(list(islice(rounds(rules.REELS, seed), A_DAY)), THEORETICAL)
    assert set(told) <= {Verdict.OK, Verdict.TOO_FEW}
    assert told[-1] == Verdict.OK


def test_fair_days_are_hardly_ever_flagged_at_any_hour() -> None:
    """400 days resampled from one long fair play, so that its mean is known exactly. By the bound one day in a thousand may ever
    leave the band: more than three in 400 would happen to a sound monitor less than once in a thousand (Poisson, mean 0.4)."""
    pool = list(islice(rounds(rules.REELS, 99), 60_000))
    fair = Decimal(sum(pool)) * 100 / (len(pool) * STAKE)
    chance = Random(7)
    flagged = 0
    for _ in range(400):
        total = Played(0, *(Decimal(0) for _ in range(5)))
        for _look in range(40):
            total = in_one_unit([(Decimal(1), total), (Decimal(1), played_of(chance.choices(pool, k=500)))])
            if judge(total, fair).verdict in (Verdict.TOO_HIGH, Verdict.TOO_LOW):
                flagged += 1
                break
    assert flagged <= 3


def test_the_band_is_the_documented_one() -> None:
    """Counted again in floats: D, V, and sqrt((V + k)(ln(1 + V/k) + 2 ln 1000)) with k the V of a thousand rounds of one size."""
    chance = Random(3)
    stakes = [chance.choice([10, 20, 50]) for _ in range(5_000)]
    wins = [chance.choice([0, 0, 0, stake * 3]) for stake in stakes]
    told = judge(played_of(wins, stakes), Decimal("96.5"))
    spread = sum((win - 0.965 * stake) ** 2 for win, stake in zip(wins, stakes, strict=True))
    size = sum(stakes) ** 2 / sum(stake * stake for stake in stakes)
    k = spread * 1000 / size
    half = 100 * sqrt((spread + k) * (log(1 + spread / k) + 2 * log(1000))) / sum(stakes)
    assert told.low is not None and told.high is not None and told.actual is not None
    assert float(told.low) == pytest.approx(96.5 - half, abs=1e-3)
    assert float(told.high) == pytest.approx(96.5 + half, abs=1e-3)
    assert float(told.actual) == pytest.approx(100 * sum(wins) / sum(stakes), abs=1e-4)


def test_one_large_stake_is_not_many() -> None:
    wins = [0] * 2_000
    assert judge(played_of(wins, [1] * 2_000), Decimal(96)).verdict == Verdict.TOO_LOW
    # The same turnover again in a single stake: as good as one round.
    assert judge(played_of([*wins, 0], [1] * 2_000 + [200_000]), Decimal(96)).verdict == Verdict.TOO_FEW


def test_too_few_rounds_tell_nothing() -> None:
    assert judge(played_of([0] * (LEAST_ROUNDS - 1)), Decimal(96)).verdict == Verdict.TOO_FEW
    assert judge(played_of([0] * LEAST_ROUNDS), Decimal(96)).verdict == Verdict.TOO_LOW
    assert judge(played_of([]), Decimal(96)) == Return(None, None, None, Verdict.TOO_FEW)


def test_without_a_theoretical_return_there_is_no_band() -> None:
    assert judge(played_of([5, 15]), None) == Return(Decimal("100.0000"), None, None, Verdict.UNKNOWN)


def test_currencies_count_by_what_they_are_worth() -> None:
    one, other = played_of([30], [10]), played_of([1], [2])
    together = in_one_unit([(Decimal(1), one), (Decimal("0.5"), other)])
    assert together == Played(2, Decimal(11), Decimal("30.5"), Decimal(101), Decimal("900.25"), Decimal("300.5"))


def test_a_game_that_always_pays_the_same_has_no_spread() -> None:
    assert judge(played_of([10] * 5_000, [10] * 5_000), Decimal(100)).verdict == Verdict.OK
    assert judge(played_of([9] * 5_000, [10] * 5_000), Decimal(90)).verdict == Verdict.OK
