"""How one person plays: how long, how much, how fast. All of it follows from the seed."""

from decimal import Decimal
from random import Random

_ROUNDS_MEDIAN, _ROUNDS_SPREAD = 3.5, 0.9
"""Of the logarithm: sessions have 33 rounds in the middle, a few have hundreds."""
_MOST_ROUNDS = 2_000


class Habits:
    """`boldness` is the share of the balance that goes into one stake: from a five-hundredth to a twentieth."""

    def __init__(self, seed: int, number: int) -> None:
        self.chance = Random(f"{seed}/{number}")  # noqa: S311 - a simulation, to be repeated
        self.boldness = Decimal(self.chance.choice((2, 4, 5, 10, 20, 50))) / 1000
        self._haste = self.chance.lognormvariate(0.0, 0.4)

    def session_rounds(self) -> int:
        """How many rounds this session has if nothing ends it before; log-normal."""
        return min(_MOST_ROUNDS, max(1, round(self.chance.lognormvariate(_ROUNDS_MEDIAN, _ROUNDS_SPREAD))))

    def think_seconds(self) -> float:
        """From one round to the wish for the next."""
        return min(10.0, self._haste * self.chance.lognormvariate(-1.2, 0.6))

    def rest_seconds(self) -> float:
        """From one session to the next."""
        return min(30.0, self.chance.lognormvariate(0.5, 0.7))

    def budget(self, balance: Decimal) -> Decimal:
        """What the next stake should be about; sometimes a person chases."""
        return balance * self.boldness * (3 if self.chance.random() < 0.05 else 1)
