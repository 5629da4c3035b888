"""The exact return against a simulated one, for people and for programs."""

from collections.abc import Callable
from dataclasses import dataclass

from pitboss_studio.games.comparison import TOLERANCE, percent
from pitboss_studio.games.slot.simulation import Simulation, simulate
from pitboss_studio.games.slot.theory import Theory, theory


@dataclass(frozen=True)
class Report:
    """Both sides of the comparison."""

    exact: Theory
    seen: Simulation
    seed: int

    @property
    def agrees(self) -> bool:
        """Whether the simulation is where the exact figure says, within 4.5 standard errors."""
        return abs(self.seen.rtp - float(self.exact.rtp)) <= TOLERANCE * self.seen.margin

    @property
    def rounds_per_second(self) -> float:
        """Speed of the simulation itself, without the table it reads."""
        return self.seen.rounds / self.seen.seconds if self.seen.seconds else 0.0

    def as_text(self) -> str:
        """A few lines for a terminal."""
        seen, exact = self.seen, self.exact
        return "\n".join(
            (
                f"exact      {percent(exact.rtp, 6)} %   lines {percent(exact.lines, 4)}"
                f" + scatters {percent(exact.scatters, 4)} + free spins {percent(exact.feature, 4)}",
                f"simulated  {seen.rtp * 100:.6f} %   ± {seen.margin * 100:.6f} (95 %)",
                f"rounds     {seen.rounds:,} at {self.rounds_per_second:,.0f} a second, seed {self.seed}",
                f"hits       {seen.hits / seen.rounds * 100:.3f} %, free spins once in"
                f" {seen.rounds / max(seen.features, 1):.1f} rounds, best round {seen.best / 10:.1f} times the stake",
                "agrees" if self.agrees else "DOES NOT AGREE",
            )
        )

    def as_json(self) -> dict[str, object]:
        """The same for programs; shares of the stake, not percentages."""
        seen = self.seen
        return {
            "game": "slot",
            "exact": str(self.exact.rtp.numerator / self.exact.rtp.denominator),
            "simulated": seen.rtp,
            "margin95": seen.margin,
            "rounds": seen.rounds,
            "seconds": seen.seconds,
            "rounds_per_second": self.rounds_per_second,
            "seed": self.seed,
            "agrees": self.agrees,
        }


def compare(rounds: int, seed: int, progress: Callable[[int], None]) -> Report:
    """Simulate and set against the exact figures."""
    return Report(theory(), simulate(rounds, seed, progress), seed)
