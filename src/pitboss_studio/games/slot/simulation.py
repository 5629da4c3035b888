"""Plays Aurora Facets by the million to confirm the exact return, on one core.

Every reel window's pay is tabled once (the strips have 24.3 million windows); a simulated spin draws a window
uniformly and reads its pay. Free spins are played one by one, for all triggering rounds of a block together, with the
game's own awards and cap. Statistics only: no money is ever computed here.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pitboss_studio.games.slot import rules

BLOCK = 1 << 16
PAY_BITS = 14
PAY_MASK = (1 << PAY_BITS) - 1
CONFIDENCE_95 = 1.959964


@dataclass
class Simulation:
    """What a run has seen so far; pays in line bets."""

    rounds: int = 0
    paid: int = 0
    squares: int = 0
    hits: int = 0
    features: int = 0
    best: int = 0
    seconds: float = field(default=0.0)

    @property
    def rtp(self) -> float:
        """Return to player seen, as a share of the stake."""
        return self.paid / (self.rounds * rules.LINE_COUNT)

    @property
    def margin(self) -> float:
        """Half width of the 95 % confidence interval of `rtp`."""
        mean = self.paid / self.rounds
        variance = max(self.squares / self.rounds - mean * mean, 0.0)
        return CONFIDENCE_95 * math.sqrt(variance / self.rounds) / rules.LINE_COUNT


def simulate(rounds: int, seed: int, progress: Callable[[int], None] = lambda done: None) -> Simulation:
    """Play `rounds` rounds from a seed; `progress` is told the rounds just done. Timing leaves out the table."""
    table = window_table()
    rng = np.random.Generator(np.random.SFC64(seed))
    result = Simulation()
    start = time.perf_counter()
    while result.rounds < rounds:
        size = min(BLOCK, rounds - result.rounds)
        _play_block(table, rng, size, result)
        progress(size)
    result.seconds = time.perf_counter() - start
    return result


def window_table() -> NDArray[np.uint16]:
    """Every window's pay (low 14 bits, line bets) and its scatters from three on (high bits: 0, or 1, 2, 3).

    Indexed by the stops in mixed radix, reel one first. A line pays
    `match1·match2·match3·(three + match4·((four − three) + match5·(five − four)))`, so for each stop of reel one all
    lines of all windows are one matrix product. 32-bit floats hold these integers exactly.
    """
    sizes = [len(strip) for strip in rules.REELS]
    scatter_code, scatter_pay = _scatter_table(sizes)
    blocks = [_windows_of_first_stop(stop, sizes) for stop in range(sizes[0])]
    table = np.stack(blocks).reshape(sizes) + scatter_pay
    packed: NDArray[np.uint16] = (table | np.left_shift(scatter_code, PAY_BITS, dtype=np.uint16)).reshape(-1)
    return packed


def _windows_of_first_stop(stop: int, sizes: list[int]) -> NDArray[np.uint16]:
    left, right = [], []
    for rows in rules.LINES:
        symbol = rules.REELS[0][(stop + rows[0]) % sizes[0]]
        three, four, five = rules.LINE_PAYS.get(symbol, (0, 0, 0))
        match = [_matches(reel, rows[reel], symbol) for reel in range(1, 5)]
        left.append(np.outer(match[0], match[1]).reshape(-1))
        tail = three + match[2][:, None] * ((four - three) + match[3][None, :] * (five - four))
        right.append(tail.reshape(-1))
    pays = np.stack(left, axis=1) @ np.stack(right)
    return pays.astype(np.uint16)


def _matches(reel: int, row: int, symbol: str) -> NDArray[np.float32]:
    strip = rules.REELS[reel]
    shown = [strip[(stop + row) % len(strip)] for stop in range(len(strip))]
    return np.array([found in (symbol, rules.WILD) for found in shown], dtype=np.float32)


def _scatter_table(sizes: list[int]) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    counts = np.zeros(sizes, dtype=np.uint8)
    for reel, strip in enumerate(rules.REELS):
        seen = [(strip + strip)[stop : stop + rules.ROWS].count(rules.SCATTER) for stop in range(len(strip))]
        counts += np.array(seen, dtype=np.uint8).reshape([-1 if axis == reel else 1 for axis in range(len(sizes))])
    most = sum(strip.count(rules.SCATTER) for strip in rules.REELS)
    pays = np.array([rules.SCATTER_PAYS.get(count, 0) for count in range(most + 1)], dtype=np.uint16)
    codes = np.array([count - 2 if count in rules.FREE_SPINS else 0 for count in range(most + 1)], dtype=np.uint16)
    return codes[counts], pays[counts]


def _play_block(table: NDArray[np.uint16], rng: np.random.Generator, size: int, result: Simulation) -> None:
    cells = table.take(rng.integers(0, table.size, size=size, dtype=np.uint32))
    pays = (cells & PAY_MASK).astype(np.int64)
    triggered = np.flatnonzero(cells > PAY_MASK)
    if triggered.size:
        pays[triggered] += _play_features(table, rng, cells[triggered])
    result.rounds += size
    result.paid += int(pays.sum())
    result.squares += int(np.dot(pays, pays))
    result.hits += int(np.count_nonzero(pays))
    result.features += int(triggered.size)
    result.best = max(result.best, int(pays.max()))


def _play_features(
    table: NDArray[np.uint16], rng: np.random.Generator, triggers: NDArray[np.uint16]
) -> NDArray[np.int64]:
    awards = np.array([0, *(rules.FREE_SPINS[count] for count in sorted(rules.FREE_SPINS))], dtype=np.int64)
    won = np.zeros(triggers.size, dtype=np.int64)
    left = awards[triggers >> PAY_BITS]
    awarded = left.copy()
    playing = np.flatnonzero(left)
    while playing.size:
        cells = table.take(rng.integers(0, table.size, size=playing.size, dtype=np.uint32))
        won[playing] += (cells & PAY_MASK).astype(np.int64) * rules.FREE_SPIN_MULTIPLIER
        more = np.minimum(awards[cells >> PAY_BITS], rules.FREE_SPIN_CAP - awarded[playing])
        awarded[playing] += more
        left[playing] += more - 1
        playing = playing[left[playing] > 0]
    return won
