"""P10: rounds per second of the slot's mathematics in simulation, on one core, as the studio's own program does it."""

import json
import os
import subprocess
import sys
from statistics import median
from typing import Any

from pitboss.bench.figure import BenchError, Figure
from pitboss.bench.stage import Options

ROUNDS = 3
_FIRST = 20_000_000
_PATIENCE = 600.0
# Threads of the linear algebra behind the table of windows would be other cores' work.
_ONE_CORE = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def measure(options: Options) -> Figure:
    """Median of ROUNDS runs of about `seconds` each. The table that a run reads is made before its clock starts; a run whose
    return does not agree with the exact one is no measurement."""
    rounds, rates = _FIRST, []
    for number in range(ROUNDS):
        told = _simulate(rounds)
        rate = told["rounds"] / told["seconds"]
        rates.append(rate)
        options.say(f"run {number + 1}: {told['rounds']:,} rounds in {told['seconds']:.2f} s, {rate:,.0f} rounds/s")
        rounds = max(1_000_000, round(rate * options.seconds))
    return Figure("P10", median(rates), None, None, "rounds/s")


def _simulate(rounds: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "pitboss_studio", "rtp", "slot", "--rounds", str(rounds), "--json"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE, check=False, env=os.environ | _ONE_CORE
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"the studio did not play {rounds:,} rounds in {_PATIENCE:.0f} s") from None
    if done.returncode != 0:
        why = "its return does not agree" if done.stdout else (done.stderr.splitlines() or ["it said nothing"])[-1]
        raise BenchError(f"the studio's simulation failed: {why[:300]}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told
