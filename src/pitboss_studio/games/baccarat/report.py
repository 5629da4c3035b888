"""What `pitboss studio rtp baccarat` asks for: every bet's exact return against a simulated one."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from pitboss_studio.games.baccarat.simulation import simulate
from pitboss_studio.games.baccarat.theory import Theory, theory
from pitboss_studio.games.comparison import Progress, Tally, percent


@dataclass(frozen=True)
class Report:
    """Both sides of the comparison, bet by bet."""

    exact: Theory
    seen: Mapping[str, Tally]
    rounds: int
    seconds: float
    seed: int

    @property
    def agrees(self) -> bool:
        """Whether every bet returns what its exact figure says, within 4.5 standard errors."""
        returns = self.exact.returns
        return all(tally.agrees_with(returns[bet]) for bet, tally in self.seen.items())

    @property
    def rounds_per_second(self) -> float:
        """Speed of the simulation."""
        return self.rounds / max(self.seconds, 1e-9)

    def as_text(self) -> str:
        """A line a bet, and the verdict."""
        returns = self.exact.returns
        lines = [f"{self.rounds:,} rounds at {self.rounds_per_second:,.0f} a second, seed {self.seed}"]
        lines += [
            f"{bet:<12} exact {percent(returns[bet], 6)} %   simulated {tally.rtp * 100:.6f} %"
            f"   ± {tally.margin * 100:.6f} (95 %)   won {tally.hits / tally.rounds * 100:.3f} %"
            for bet, tally in self.seen.items()
        ]
        return "\n".join([*lines, "agrees" if self.agrees else "DOES NOT AGREE"])

    def as_json(self) -> dict[str, object]:
        """The same for programs; shares of the stake, not percentages."""
        returns = self.exact.returns
        return {
            "game": "baccarat",
            "exact": str(self.exact.rtp.numerator / self.exact.rtp.denominator),
            "exact_fraction": str(self.exact.rtp),
            "rounds": self.rounds,
            "seconds": self.seconds,
            "rounds_per_second": self.rounds_per_second,
            "seed": self.seed,
            "parts": {
                bet: {"exact_fraction": str(returns[bet]), "simulated": tally.rtp, "margin95": tally.margin}
                for bet, tally in self.seen.items()
            },
            "agrees": self.agrees,
        }


def compare(rounds: int, seed: int, progress: Progress) -> Report:
    """Simulate and set against the exact figures."""
    start = time.perf_counter()
    seen = simulate(rounds, seed, progress)
    return Report(theory(), seen, rounds, time.perf_counter() - start, seed)
