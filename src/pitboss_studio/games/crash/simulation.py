"""Draws crash points by the million to confirm the exact return at many multipliers.

The same words and the same floor as in the game, with words of 32 bits as the game reads them; the few points that one
word leaves open are settled by the game's own code. Statistics only, no money.
"""

import time

import numpy as np
from numpy.typing import NDArray

from pitboss_studio.games.comparison import Comparison, Progress, Tally
from pitboss_studio.games.crash import rules
from pitboss_studio.games.crash.theory import rtp

BLOCK = 1 << 16
TARGETS = (101, 110, 150, 200, 300, 500, 1000, 2500, 10_000)
"""The multipliers (hundredths) whose return is looked at, one part each."""


def compare(rounds: int, seed: int, progress: Progress) -> Comparison:
    """Simulate and set against 99 %, for each target; as a whole, a cash-out at 2.00."""
    start = time.perf_counter()
    reached = simulate(rounds, seed, progress)
    seconds = time.perf_counter() - start
    tallies = {f"{target / rules.UNIT:.2f}×": _tally(target, rounds, count) for target, count in reached.items()}
    return Comparison("crash", rtp(), tallies["2.00×"], tallies, seconds, seed)


def simulate(rounds: int, seed: int, progress: Progress = lambda done: None) -> dict[int, int]:
    """How many of `rounds` rounds reached each of TARGETS."""
    rng = np.random.Generator(np.random.SFC64(seed))
    reached = dict.fromkeys(TARGETS, 0)
    left = rounds
    while left:
        size = min(BLOCK, left)
        points = crash_points(rng, size)
        for target in TARGETS:
            reached[target] += int(np.count_nonzero(points >= target))
        left -= size
        progress(size)
    return reached


def crash_points(rng: np.random.Generator, size: int) -> NDArray[np.int64]:
    """So many crash points, in hundredths."""
    words = rng.integers(0, rules.WORD, size=size, dtype=np.int64)
    top = rules.RETURN_PARTS * rules.WORD
    least = top // (words + 1)
    most = -(-top // np.maximum(words, 1)) - 1
    points = np.clip(least, rules.UNIT, rules.CEILING)
    for place in np.flatnonzero((least != most) & (least < rules.CEILING)):
        points[place] = rules.crash_point(_Words(int(words[place]), rng).below)
    return points


class _Words:
    """One word that was drawn already, then fresh ones."""

    def __init__(self, first: int, rng: np.random.Generator) -> None:
        self._first: int | None = first
        self._rng = rng

    def below(self, bound: int) -> int:
        """A word; the game asks for nothing else."""
        word, self._first = self._first, None
        return word if word is not None else int(self._rng.integers(0, bound, dtype=np.int64))


def _tally(target: int, rounds: int, reached: int) -> Tally:
    return Tally(
        stake=rules.UNIT,
        rounds=rounds,
        paid=reached * target,
        squares=reached * target * target,
        hits=reached,
        best=target if reached else 0,
    )
