"""P9: what one HTTP process holds in memory after very many bets.

Counted is the process's resident set as the kernel counts it page by page (`Rss` of `/proc/PID/smaps_rollup`, private and shared),
and what of it was swapped out. Shared pages count whole: a process alone on its machine shares them with nobody, and `Pss`, which
divides them, would fall with every other Python that happens to run.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pitboss.bench.figure import BenchError, Figure
from pitboss.bench.programs import Program
from pitboss.bench.stage import Options, Stage, stage

PARTS = 10
"""The bets are made in so many parts at least; memory is read after each."""
_KB = 1_024
_MB = 1_000_000


class Memory(NamedTuple):
    """What one process holds, bytes. `private` and `shared` are the parts of `resident`; `peak`: the most that ever was resident,
    to within the few hundred kilobytes that the kernel has not counted yet."""

    resident: int
    private: int
    shared: int
    swapped: int
    peak: int

    @property
    def held(self) -> int:
        """What counts."""
        return self.resident + self.swapped


class Reading(NamedTuple):
    """What the HTTP process and, beside it, the worker held after so many bets."""

    bets: int
    http: Memory
    worker: Memory


class Growth(NamedTuple):
    """What was added between two readings: bytes, over so many bets."""

    held: int
    bets: int

    def __str__(self) -> str:
        return f"{self.held / _MB:+.1f} MB over {self.bets:,} bets ({self.held / self.bets:+.1f} bytes a bet)"


def measure(options: Options) -> Figure:
    """At least `options.bets` bets, in parts of `seconds` at the longest; MB (10^6 bytes) right after the last."""
    with stage(options) as on:
        readings = _play(on)
    first, last = readings[0], readings[-1]
    options.say(
        f"before the first bet {first.http.held / _MB:.1f} MB; the first half added {_first_half(readings)},"
        f" the last half {last_half(readings)}"
    )
    options.say(
        f"at the end private {last.http.private / _MB:.1f}, shared {last.http.shared / _MB:.1f},"
        f" swapped {last.http.swapped / _MB:.1f} MB; peak {last.http.peak / _MB:.1f} MB"
    )
    return Figure("P9", last.http.held / _MB, None, None, "MB")


def last_half(readings: Sequence[Reading]) -> Growth:
    """What the HTTP process grew by since half of the bets were made: nothing to speak of, unless it leaks."""
    return _between(_middle(readings), readings[-1])


def memory_of(pid: int) -> Memory:
    """What a process holds now. Raises BenchError when it is gone, or where no kernel tells."""
    try:
        sizes = _sizes(Path(f"/proc/{pid}/smaps_rollup")) | _sizes(Path(f"/proc/{pid}/status"))
        private = sizes["Private_Clean"] + sizes["Private_Dirty"]
        shared = sizes["Shared_Clean"] + sizes["Shared_Dirty"]
        return Memory(sizes["Rss"], private, shared, sizes["Swap"], max(sizes["Rss"], sizes["VmHWM"]))
    except (OSError, KeyError):
        raise BenchError(f"what process {pid} holds cannot be read from /proc, which Linux alone has") from None


def _play(on: Stage) -> list[Reading]:
    wanted, made = on.options.bets, 0
    readings = [_read(on, made)]
    while made < wanted:
        load = on.generator.run(on.options.seconds, most=min(-(-wanted // PARTS), wanted - made))
        made += load.answered
        # Before the rest that settling is.
        readings.append(_read(on, made))
        on.settle()
        now = readings[-1]
        on.options.say(
            f"{made:,} bets: {now.http.held / _MB:.1f} MB (worker {now.worker.held / _MB:.1f} MB); {load.per_second:,.0f} bets/s"
        )
    return readings


def _read(on: Stage, bets: int) -> Reading:
    return Reading(bets, _of(on.hub.serve), _of(on.hub.worker))


def _of(program: Program) -> Memory:
    if not program.running():
        raise BenchError(f"a program of the hub ended: {program.last_words()}")
    return memory_of(program.pid)


def _sizes(file: Path) -> dict[str, int]:
    """The lines `Name:  number kB` of a file of /proc, in bytes."""
    words = [line.split() for line in file.read_text().splitlines()]
    return {line[0].rstrip(":"): int(line[1]) * _KB for line in words if len(line) == 3 and line[2] == "kB"}


def _middle(readings: Sequence[Reading]) -> Reading:
    return next(reading for reading in readings if 2 * reading.bets >= readings[-1].bets)


def _first_half(readings: Sequence[Reading]) -> Growth:
    return _between(readings[0], _middle(readings))


def _between(earlier: Reading, later: Reading) -> Growth:
    return Growth(later.http.held - earlier.http.held, later.bets - earlier.bets)
