"""Plays dice by the million: each round an offer (side and chance) and a roll, all drawn uniformly."""

import time

import numpy as np
from numpy.typing import NDArray

from pitboss_studio.games.comparison import Comparison, Progress, Tally
from pitboss_studio.games.dice import rules
from pitboss_studio.games.dice.theory import rtp

BLOCK = 1 << 17
BANDS = {"long odds": (10, 99), "medium": (100, 999), "short odds": (1000, 9000)}
"""Chances put together for the report."""

Offers = list[tuple[str, int]]


def offers() -> Offers:
    """Every side and chance on offer, in the order the counts have."""
    return [(side, chance) for side in rules.SIDES for chance in rules.CHANCES]


def compare(rounds: int, seed: int, progress: Progress) -> Comparison:
    """Simulate and set against 99/100, as a whole, for each side, and for bands of chances."""
    start = time.perf_counter()
    played, won = simulate(rounds, seed, progress)
    seconds = time.perf_counter() - start
    sides = np.array([side for side, _ in offers()])
    chances = np.array([chance for _, chance in offers()])
    groups = {side: sides == side for side in rules.SIDES}
    groups |= {name: (low <= chances) & (chances <= high) for name, (low, high) in BANDS.items()}
    parts = {name: _tally(chances[group], played[group], won[group]) for name, group in groups.items()}
    return Comparison("dice", rtp(), _tally(chances, played, won), parts, seconds, seed)


def simulate(
    rounds: int, seed: int, progress: Progress = lambda done: None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How often each offer was played, and how often it won, in `rounds` rounds."""
    rng = np.random.Generator(np.random.SFC64(seed))
    ranges = [rules.winning_rolls(side, chance) for side, chance in offers()]
    lowest = np.array([rolls.start for rolls in ranges], dtype=np.uint16)
    beyond = np.array([rolls.stop for rolls in ranges], dtype=np.uint16)
    played = np.zeros(len(ranges), dtype=np.int64)
    won = np.zeros(len(ranges), dtype=np.int64)
    left = rounds
    while left:
        size = min(BLOCK, left)
        chosen = rng.integers(0, len(ranges), size=size, dtype=np.uint16)
        rolls = rng.integers(0, rules.ROLLS, size=size, dtype=np.uint16)
        wins = (rolls >= lowest.take(chosen)) & (rolls < beyond.take(chosen))
        played += np.bincount(chosen, minlength=len(ranges))
        won += np.bincount(chosen[wins], minlength=len(ranges))
        left -= size
        progress(size)
    return played, won


def _tally(chances: NDArray[np.int64], played: NDArray[np.int64], won: NDArray[np.int64]) -> Tally:
    pays = np.array([rules.pay_in_tenths(int(chance)) for chance in chances], dtype=np.int64)
    return Tally(
        stake=10,
        rounds=int(played.sum()),
        paid=int((won * pays).sum()),
        squares=int((won * pays * pays).sum()),
        hits=int(won.sum()),
        best=int(pays[won > 0].max(initial=0)),
    )
