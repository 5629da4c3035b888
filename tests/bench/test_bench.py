"""The benchmarks run and print what they promise; how fast, no test says."""

import json
import os
import subprocess
import sys

import pytest

FIELDS = ["bar", "ours", "peer", "ratio", "unit"]


def _bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from pitboss.cli import main; main()", "bench", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False, env={**os.environ})


@pytest.mark.parametrize(
    ("name", "bar", "unit", "has_peer"),
    [
        ("bets", "P1", "bets/s", True),
        ("latency", "P2", "ms", False),
        ("seamless", "P3", "bets/s", True),
        ("skew", "P5", "bets/s", True),
        ("events", "P6", "events/s", True),
        ("growth --transactions 20000", "P4", "bets/s", True),
        ("reports --transactions 20000", "P7", "ms", False),
        ("start", "P8", "s", False),
        ("memory --bets 2000", "P9", "MB", False),
        ("studio", "P10", "rounds/s", False),
    ],
)
def test_bench_prints_one_line_of_json(name: str, bar: str, unit: str, has_peer: bool) -> None:
    done = _bench(*name.split(), "--seconds", "1", "--json")
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    figure = json.loads(line)
    assert list(figure) == FIELDS
    assert (figure["bar"], figure["unit"]) == (bar, unit)
    assert figure["ours"] > 0
    if has_peer:
        assert figure["ratio"] == pytest.approx(figure["ours"] / figure["peer"], rel=0.01)
    else:
        assert figure["peer"] is None and figure["ratio"] is None


def test_memory_tells_what_shows_a_leak() -> None:
    done = _bench("memory", "--bets", "2000", "--seconds", "2")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    # Tenths of two thousand, each a line with what was held then.
    made = [int(line.partition(" bets: ")[0].replace(",", "")) for line in lines if " bets: " in line]
    assert made[-1] == 2_000 and made == sorted(set(made)) and len(made) >= 10
    assert "verify: no finding" in lines
    [story] = [line for line in lines if line.startswith("before the first bet ")]
    assert "last half" in story and "bytes a bet" in story
    assert lines[-1].startswith("P9: ") and lines[-1].endswith(" MB")


def test_bench_says_in_one_line_what_it_cannot_do() -> None:
    done = _bench("bets", "--seconds", "1", "--database-url", "postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "Traceback" not in done.stderr
