"""Plays roulette by the million: each round one unit on a place, both place and pocket drawn uniformly.

What is counted is how often each pair of place and pocket came; all figures follow from these counts and the rules.
"""

import time

import numpy as np
from numpy.typing import NDArray

from pitboss_studio.games.comparison import Comparison, Progress, Tally
from pitboss_studio.games.roulette import rules
from pitboss_studio.games.roulette.theory import rtp

BLOCK = 1 << 18


def compare(rounds: int, seed: int, progress: Progress) -> Comparison:
    """Simulate and set against 36/37, as a whole and for each kind of bet."""
    start = time.perf_counter()
    counts = simulate(rounds, seed, progress)
    seconds = time.perf_counter() - start
    returns = returns_table()
    kinds = np.array([place.kind for place in rules.PLACES.values()])
    parts = {kind: _tally(counts[kinds == kind], returns[kinds == kind]) for kind in rules.PAYS}
    return Comparison("roulette", rtp(), _tally(counts, returns), parts, seconds, seed)


def simulate(rounds: int, seed: int, progress: Progress = lambda done: None) -> NDArray[np.int64]:
    """How often each place (row, in the order of PLACES) met each pocket (column) in `rounds` rounds."""
    rng = np.random.Generator(np.random.SFC64(seed))
    cells = len(rules.PLACES) * rules.POCKETS
    counts = np.zeros(cells, dtype=np.int64)
    left = rounds
    while left:
        size = min(BLOCK, left)
        counts += np.bincount(rng.integers(0, cells, size=size, dtype=np.uint16), minlength=cells)
        left -= size
        progress(size)
    return counts.reshape(len(rules.PLACES), rules.POCKETS)


def returns_table() -> NDArray[np.int64]:
    """Units returned for one unit staked, by place and pocket."""
    return np.array(
        [[rules.returned(place, pocket) for pocket in range(rules.POCKETS)] for place in rules.PLACES.values()],
        dtype=np.int64,
    )


def _tally(counts: NDArray[np.int64], returns: NDArray[np.int64]) -> Tally:
    return Tally(
        stake=1,
        rounds=int(counts.sum()),
        paid=int((counts * returns).sum()),
        squares=int((counts * returns * returns).sum()),
        hits=int(counts[returns > 0].sum()),
        best=int(returns[counts > 0].max(initial=0)),
    )
