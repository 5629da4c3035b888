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


def test_bench_says_in_one_line_what_it_cannot_do() -> None:
    done = _bench("bets", "--seconds", "1", "--database-url", "postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "Traceback" not in done.stderr
