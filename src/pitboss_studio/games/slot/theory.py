"""The exact return to player of Aurora Facets, as fractions, from the strips alone.

Every row of a reel is uniform over its strip, so all ten lines have one distribution and the expected line pay of a
spin is ten times that of one line. Scatters are counted per reel window. The expected number of free spins follows
the retriggers up to the cap; what a free spin wins does not depend on how many came before it, so by Wald's identity
the feature returns their product.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from pitboss_studio.games.slot import rules


@dataclass(frozen=True)
class Theory:
    """Exact figures. Returns are shares of the stake; chances are per base spin."""

    lines: Fraction
    scatters: Fraction
    feature: Fraction
    trigger_chance: Fraction
    feature_spins: Fraction

    @property
    def rtp(self) -> Fraction:
        """Total return to player, a share of the stake (0.96 = 96 %)."""
        return self.lines + self.scatters + self.feature


@cache
def theory() -> Theory:
    """All of it, computed once."""
    chances = scatter_chances()
    lines = line_return()
    pay = sum((chances[count] * pay for count, pay in rules.SCATTER_PAYS.items()), Fraction(0))
    scatters = pay / rules.LINE_COUNT
    trigger = sum((chances[count] for count in rules.FREE_SPINS), Fraction(0))
    spins = expected_feature_spins(chances)
    feature = spins * (lines + scatters) * rules.FREE_SPIN_MULTIPLIER
    return Theory(lines, scatters, feature, trigger, spins / trigger)


def line_return() -> Fraction:
    """Expected pay of one line for one line bet; equal to the return of all lines as a share of the stake."""
    total = Fraction(0)
    for symbol, (three, four, five) in rules.LINE_PAYS.items():
        match = [_share(strip, symbol + rules.WILD) for strip in rules.REELS]
        run = match[0] * match[1] * match[2]
        total += run * (1 - match[3]) * three
        total += run * match[3] * (1 - match[4]) * four
        total += run * match[3] * match[4] * five
    return total


def scatter_chances() -> list[Fraction]:
    """The chance of 0, 1, 2… scatters in a window, by counting every window of every reel."""
    chances = [Fraction(1)]
    for strip in rules.REELS:
        windows = [(strip + strip)[stop : stop + rules.ROWS].count(rules.SCATTER) for stop in range(len(strip))]
        longer = [Fraction(0)] * (len(chances) + rules.ROWS)
        for have, chance in enumerate(chances):
            for more in windows:
                longer[have + more] += chance / len(strip)
        chances = longer
    return chances


def expected_feature_spins(chances: list[Fraction]) -> Fraction:
    """Free spins a base spin leads to on average, retriggers up to the cap included."""

    @cache
    def to_come(left: int, awarded: int) -> Fraction:
        if left == 0:
            return Fraction(0)
        total = Fraction(1) + (1 - sum(chances[count] for count in rules.FREE_SPINS)) * to_come(left - 1, awarded)
        for count in rules.FREE_SPINS:
            more = rules.free_spins_won(count, awarded)
            total += chances[count] * to_come(left - 1 + more, awarded + more)
        return total

    return sum((chances[count] * to_come(spins, spins) for count, spins in rules.FREE_SPINS.items()), Fraction(0))


def _share(strip: str, symbols: str) -> Fraction:
    return Fraction(sum(strip.count(symbol) for symbol in set(symbols)), len(strip))
