"""What the simulated players did, counted: rounds, money by currency, return by game, refusals and failures by kind."""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

_WIDTH = 3.2905
"""Standard errors on either side of 99.9 % of a bell."""


@dataclass(slots=True)
class GameTally:
    """Returns on one unit staked; each round counts the same, whatever its stake and currency."""

    rounds: int = 0
    returned: float = 0.0
    squares: float = 0.0
    theoretical: str = ""

    def add(self, stake: Decimal, win: Decimal) -> None:
        """One round."""
        share = float(win / stake) if stake else 0.0
        self.rounds += 1
        self.returned += share
        self.squares += share * share

    @property
    def rtp(self) -> float:
        """In percent."""
        return 100 * self.returned / self.rounds

    @property
    def margin(self) -> float | None:
        """Half the width of the 99.9 % band around it, in percent; None where there are too few rounds."""
        if self.rounds < 2:
            return None
        mean = self.returned / self.rounds
        variance = max(0.0, self.squares / self.rounds - mean * mean)
        return 100 * _WIDTH * math.sqrt(variance / self.rounds)


@dataclass(slots=True)
class Money:
    """Of one currency, as the studio counts it; exact."""

    turnover: Decimal = Decimal(0)
    winnings: Decimal = Decimal(0)


@dataclass(slots=True)
class Tally:
    """Of a whole run."""

    rounds: int = 0
    sessions: int = 0
    deposits: int = 0
    money: dict[str, Money] = field(default_factory=lambda: defaultdict(Money))
    games: dict[str, GameTally] = field(default_factory=lambda: defaultdict(GameTally))
    refusals: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    skipped: set[str] = field(default_factory=set)

    def add(self, game: str, theoretical: str, currency: str, stake: Decimal, win: Decimal) -> None:
        """One settled round."""
        self.rounds += 1
        self.money[currency].turnover += stake
        self.money[currency].winnings += win
        self.games[game].theoretical = theoretical
        self.games[game].add(stake, win)
