"""What P9 reads of a process is what the process holds, and what grows shows in its figures."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pitboss.bench.figure import BenchError
from pitboss.bench.memory import Memory, Reading, last_half, memory_of

_TAKEN = 64 * 1_024 * 1_024
# On "take" a private block, every page of it written; on "share" as much that a second process maps too, as long as this one lives.
_HOLDER = f"""
import mmap, os, sys
print("up", flush=True)
for line in sys.stdin:
    if line == "take\\n":
        block = b"x" * {_TAKEN}
    elif line == "drop\\n":
        del block
    else:
        area = mmap.mmap(-1, {_TAKEN}, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
        area.write(bytes({_TAKEN}))
        ends, told = os.pipe(), os.pipe()
        if os.fork() == 0:
            os.close(ends[1])
            os.write(told[1], b"%d" % sum(area[::4096]))
            os.read(ends[0], 1)
            os._exit(0)
        os.read(told[0], 9)
    print("done", flush=True)
"""


class _Holder:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def memory(self) -> Memory:
        return memory_of(self._process.pid)

    def do(self, word: str) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"


@contextmanager
def _holder() -> Iterator[_Holder]:
    command = [sys.executable, "-c", _HOLDER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "up\n"
        yield _Holder(process)
        process.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from Linux's /proc")
@pytest.mark.parametrize(("word", "part"), [("take", "private"), ("share", "shared")])
def test_what_a_process_takes_is_counted_whole(word: str, part: str) -> None:
    with _holder() as holder:
        before = holder.memory()
        holder.do(word)
        after = holder.memory()
    # A little more, for Python makes and throws away a thing or two; nothing less.
    assert _TAKEN <= after.held - before.held < 1.2 * _TAKEN
    assert getattr(after, part) - getattr(before, part) >= _TAKEN
    assert after.peak >= after.resident == after.private + after.shared


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from Linux's /proc")
def test_what_a_process_gives_back_remains_in_its_peak_alone() -> None:
    with _holder() as holder:
        before = holder.memory()
        holder.do("take")
        holder.do("drop")
        after = holder.memory()
    assert after.held - before.held < _TAKEN / 2
    # The kernel keeps the peak by counters that each processor adds to in lumps.
    assert after.peak >= before.held + 0.9 * _TAKEN


def test_process_that_is_gone_has_no_figure() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    with pytest.raises(BenchError, match=f"process {process.pid}"):
        memory_of(process.pid)


def _reading(bets: int, megabytes: int, swapped: int = 0) -> Reading:
    held = Memory(megabytes * 10**6, 0, 0, swapped * 10**6, 0)
    return Reading(bets, held, Memory(0, 0, 0, 0, 0))


def test_growth_is_counted_from_the_reading_at_half() -> None:
    readings = [
        _reading(0, 80),
        _reading(400, 95),
        _reading(600, 100),
        _reading(800, 103),
        _reading(1_000, 107, swapped=1),
    ]
    # From the 600th bet, the first reading with half of them made, 8 MB over 400 bets; what was swapped out is held too.
    assert last_half(readings) == (8_000_000, 400)
    assert str(last_half(readings)) == "+8.0 MB over 400 bets (+20000.0 bytes a bet)"


def test_memory_that_stays_has_no_growth() -> None:
    assert (
        str(last_half([_reading(0, 80), _reading(5, 97), _reading(10, 97)])) == "+0.0 MB over 5 bets (+0.0 bytes a bet)"
    )
