"""Crash: its distribution word by word, its return added up, its curve and its ends worked out by hand."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from pitboss_studio.fairness import NumberStream
from pitboss_studio.games.crash import rules, simulation
from pitboss_studio.games.crash.game import Crash
from pitboss_studio.games.crash.theory import chance_to_reach
from pitboss_studio.games.game import BadStake

BAND_999 = 3.2905  # half width of a 99.9 % interval, in standard errors


class Undecided(Exception):
    """The draw asks for a second word."""


def test_every_word_together_makes_the_exact_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    """With words of 12 bits, all 4096 can be looked at: u lies in (w, w + 1) / 4096, and c is reached when u < 99 / c.

    So exactly floor(99 · 4096 / c) words reach c whatever follows, and all but ceil(99 · 4096 / c) do not.
    """
    monkeypatch.setattr(rules, "WORD", 4096)
    monkeypatch.setattr(rules, "CEILING", 3000)
    surely: Counter[int] = Counter()
    undecided = []
    for word in range(4096):
        words = [word]

        def numbers(bound: int, words: list[int] = words) -> int:
            assert bound == 4096
            if not words:
                raise Undecided
            return words.pop()

        try:
            surely[rules.crash_point(numbers)] += 1
        except Undecided:
            undecided.append(word)
    for point in range(101, 3001):
        reach = sum(count for crash, count in surely.items() if crash >= point)
        stay = sum(count for crash, count in surely.items() if crash < point)
        # Of the words that need another one, those whose whole interval is on one side count there too.
        reach += sum((word + 1) * point <= 99 * 4096 for word in undecided)
        stay += sum(word * point >= 99 * 4096 for word in undecided)
        assert reach == 99 * 4096 // point, point
        assert stay == 4096 - -(-99 * 4096 // point), point


def test_more_words_settle_what_the_first_leaves_open() -> None:
    """u = 99/250 exactly, drawn on and on: just below it the round reaches 2.50, just above it does not."""
    span = rules.WORD**3
    edge = 99 * span // 250
    for drawn, crash in ((edge - 1, 250), (edge + 1, 249)):
        words = [drawn // rules.WORD**2, drawn // rules.WORD % rules.WORD, drawn % rules.WORD]
        assert rules.crash_point(lambda bound, words=words: words.pop(0)) == crash  # type: ignore[misc]


def test_the_return_is_99_percent_wherever_one_cashes_out() -> None:
    """Added up over every crash point, from the differences of the chances to reach them."""
    chances = {point: chance_to_reach(point) - chance_to_reach(point + 1) for point in range(100, 5000)}
    assert chances[100] == Fraction(2, 101)
    for target in (101, 102, 137, 200, 999, 2500, 4999):
        reached = 1 - sum(chance for point, chance in chances.items() if point < target)
        assert reached * Fraction(target, 100) == Fraction(99, 100)
    assert Crash().rtp == "99.00"


def test_the_simulation_confirms_the_return_and_finds_a_shifted_point(monkeypatch: pytest.MonkeyPatch) -> None:
    report = simulation.compare(10_000_000, 20_261_122, lambda done: None)
    assert report.agrees
    for tally in report.parts.values():
        assert tally.rounds == 10_000_000
        assert abs(tally.rtp - 0.99) <= BAND_999 * tally.margin / 1.959964
    drawn = simulation.crash_points
    monkeypatch.setattr(simulation, "crash_points", lambda rng, size: drawn(rng, size) + 1)
    assert not simulation.compare(10_000_000, 20_261_122, lambda done: None).agrees


def bins_fit(points: list[int]) -> bool:
    """Chi-square of crash points in 40 bins against 99/c, at the 0.01 % level (Wilson and Hilferty)."""
    edges = [100, 101, *(round(101 * 1.09**step) for step in range(1, 39))]
    chances = [1.0] + [99 / edge for edge in edges[1:]] + [0.0]
    statistic = 0.0
    for at, low in enumerate(edges):
        high = edges[at + 1] if at + 1 < len(edges) else 10**9
        expected = len(points) * (chances[at] - chances[at + 1])
        statistic += (sum(low <= point < high for point in points) - expected) ** 2 / expected
    freedom = len(edges) - 1
    return statistic < freedom * (1 - 2 / (9 * freedom) + 3.719 * (2 / (9 * freedom)) ** 0.5) ** 3


def test_seeds_give_the_distribution_and_a_biased_mapping_is_found() -> None:
    points, biased = [], []
    for seed in range(40):
        for nonce in range(500):
            points.append(rules.crash_point(NumberStream(f"server-{seed}", "client", nonce).below))
            word = NumberStream(f"server-{seed}", "client", nonce).below(rules.WORD)
            biased.append(max(100, 100 * rules.WORD // (word + 1)))  # without the house's hundredth
    assert bins_fit(points)
    assert not bins_fit(biased)


def test_the_curve_worked_out_by_hand() -> None:
    # A quarter, half, three quarters of the first doubling: 1 + (2f + f²) / 3 = 1.1875, 1.41666…, 1.6875.
    for elapsed, hundredths in (
        (-5, 100), (0, 100), (119, 100), (120, 101), (2000, 118), (4000, 141), (6000, 168), (7999, 199), (8000, 200),
        (12_000, 283), (16_000, 400), (24_000, 800), (10**9, 100_000),
    ):  # fmt: skip
        assert rules.multiplier_at(elapsed) == hundredths, elapsed
    before = 0
    for elapsed in range(0, 90_000, 7):
        now = rules.multiplier_at(elapsed)
        assert now >= before
        before = now
    for multiplier in (101, 150, 200, 12_345, 100_000):
        first = rules.reaches_after(multiplier)
        assert rules.multiplier_at(first) >= multiplier > rules.multiplier_at(first - 1)


STAKE = {"bet": "10", "auto": None}


@pytest.mark.parametrize(
    ("crash", "auto", "elapsed", "action", "told"),
    [
        # (cashed out at, win); None while it runs.
        (250, None, 4000, None, None),
        (250, None, 4000, "cash_out", (141, "14.1")),
        (250, None, 119, "cash_out", None),
        (250, None, 120, "cash_out", (101, "10.1")),
        (199, None, 7999, "cash_out", (199, "19.9")),
        (199, None, 8000, "cash_out", (None, "0")),
        (199, None, 8000, None, (None, "0")),
        (200, None, 8000, "cash_out", (200, "20")),
        (100, None, 0, "cash_out", (None, "0")),
        (100, "1.01", 0, None, (None, "0")),
        (101, "1.01", 120, None, (101, "10.1")),
        (199, "2", 8000, None, (None, "0")),
        (200, "2", 7999, None, None),
        (200, "2", 8000, None, (200, "20")),
        (900, "2", 7999, "cash_out", (199, "19.9")),
        (900, "2", 60_000, "cash_out", (200, "20")),
        (100_000, None, 79_716, None, None),
        (100_000, None, 79_717, None, (100_000, "10000")),
        (99_999, None, 79_717, None, (None, "0")),
    ],
)
def test_how_a_round_ends(
    crash: int, auto: str | None, elapsed: int, action: str | None, told: tuple[int | None, str] | None
) -> None:
    game = Crash()
    stake = game.read_stake("EUR", {"bet": "10", "auto": auto})
    last = game.decide(stake, {"crash": crash}, elapsed, action)
    if told is None:
        assert last is None
    else:
        assert last is not None
        assert (last.view["cashed_at"], last.win) == (told[0], Decimal(told[1]))
        assert last.view["crash"] == crash
    assert game.decide(stake, {"crash": crash}, game.lasts(stake, {"crash": crash}), None) is not None


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({}, "bet"),
        ({"bet": 1}, "bet"),
        ({"bet": "3"}, "bet"),
        ({"bet": "0.2"}, "bet"),
        ({"bet": "1e1"}, "bet"),
        ({"bet": "1", "auto": 2}, "auto"),
        ({"bet": "1", "auto": ""}, "auto"),
        ({"bet": "1", "auto": "1"}, "auto"),
        ({"bet": "1", "auto": "1.00"}, "auto"),
        ({"bet": "1", "auto": "1000.01"}, "auto"),
        ({"bet": "1", "auto": "1.015"}, "auto"),
        ({"bet": "1", "auto": "-2"}, "auto"),
        ({"bet": "1", "auto": "NaN"}, "auto"),
        ({"bet": "1", "auto": "٢"}, "auto"),
    ],
)
def test_stakes_are_refused_by_field(request_: dict[str, Any], field: str) -> None:
    with pytest.raises(BadStake) as refused:
        Crash().read_stake("EUR", request_)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("currency", "scale"), [("EUR", 2), ("USD", 2), ("GBP", 2), ("THB", 2), ("KIDR", 2), ("JPY", 0), ("KWD", 3)]
)
def test_every_win_is_exact_in_the_currency(currency: str, scale: int) -> None:
    bets = Crash().bet_values(currency)
    assert list(bets) == sorted(set(bets))
    for bet in bets:
        assert (Fraction(bet) / 100 * 10**scale).denominator == 1, bet
