"""An exact return set against a simulated one: what every game's `report.compare` answers.

Statistics only, in whole units of stake; no money is ever computed here.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

CONFIDENCE_95 = 1.959964
# A correct game strays beyond 4.5 standard errors once in 150,000 runs.
TOLERANCE = 4.5 / CONFIDENCE_95

Progress = Callable[[int], None]
"""Told how many rounds have just been simulated."""


class Report(Protocol):
    """The outcome of a comparison, for people and for programs."""

    @property
    def agrees(self) -> bool:
        """Whether the simulation is where the exact figures say."""

    def as_text(self) -> str:
        """Some lines for a person."""

    def as_json(self) -> dict[str, object]:
        """The same for programs; shares of the stake, not percentages."""


Compare = Callable[[int, int, Progress], Report]
"""`compare(rounds, seed, progress)`: simulate so many rounds and set them against the exact figures."""


@dataclass(frozen=True)
class Tally:
    """What was seen: rounds of `stake` units each, units paid, their squares added up, rounds that won, the best one."""

    stake: int
    rounds: int
    paid: int
    squares: int
    hits: int
    best: int

    @property
    def rtp(self) -> float:
        """Return to player seen, as a share of the stake."""
        return self.paid / (self.rounds * self.stake)

    @property
    def margin(self) -> float:
        """Half width of the 95 % confidence interval of `rtp`."""
        mean = self.paid / self.rounds
        variance = max(self.squares / self.rounds - mean * mean, 0.0)
        return CONFIDENCE_95 * math.sqrt(variance / self.rounds) / self.stake

    def agrees_with(self, exact: Fraction) -> bool:
        """Whether the exact return is within 4.5 standard errors of the seen one."""
        return abs(self.rtp - float(exact)) <= TOLERANCE * self.margin


@dataclass(frozen=True)
class Comparison:
    """A game's exact return, what a simulation saw of it, and the same part by part (kinds of bets, sides…)."""

    game: str
    exact: Fraction
    seen: Tally
    parts: Mapping[str, Tally]
    seconds: float
    seed: int

    @property
    def agrees(self) -> bool:
        """Whether the whole and every part return what the exact figure says."""
        return all(tally.agrees_with(self.exact) for tally in (self.seen, *self.parts.values()) if tally.rounds)

    @property
    def rounds_per_second(self) -> float:
        """How fast the simulation ran."""
        return self.seen.rounds / max(self.seconds, 1e-9)

    def as_text(self) -> str:
        """A line each for the exact return, the simulated one, the rounds, every part, and the verdict."""
        seen = self.seen
        lines = [
            f"exact      {percent(self.exact, 6)} %   = {self.exact}",
            f"simulated  {seen.rtp * 100:.6f} %   ± {seen.margin * 100:.6f} (95 %)",
            f"rounds     {seen.rounds:,} at {self.rounds_per_second:,.0f} a second, seed {self.seed}",
            f"hits       {seen.hits / seen.rounds * 100:.3f} %, best round {seen.best / seen.stake:g} times the stake",
        ]
        for name, tally in self.parts.items():
            if tally.rounds:
                lines.append(f"  {name:<12} {tally.rtp * 100:10.4f} %   ± {tally.margin * 100:.4f}")
        return "\n".join([*lines, "agrees" if self.agrees else "DOES NOT AGREE"])

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "game": self.game,
            "exact": str(self.exact.numerator / self.exact.denominator),
            "exact_fraction": str(self.exact),
            "simulated": self.seen.rtp,
            "margin95": self.seen.margin,
            "rounds": self.seen.rounds,
            "seconds": self.seconds,
            "rounds_per_second": self.rounds_per_second,
            "seed": self.seed,
            "parts": {
                name: {"rounds": tally.rounds, "simulated": tally.rtp, "margin95": tally.margin}
                for name, tally in self.parts.items()
                if tally.rounds
            },
            "agrees": self.agrees,
        }


def percent(share: Fraction, decimals: int = 2) -> str:
    """A share as a percentage with so many decimals, rounded half up by integer arithmetic (`"96.21"`)."""
    scale = 10**decimals
    units = (share * 100 * scale * 2 + 1) // 2
    return f"{units // scale}.{units % scale:0{decimals}d}"
