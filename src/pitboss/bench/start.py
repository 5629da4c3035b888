"""P8: from the start of `pitboss sandbox` on a new data directory to its `ready`."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from pitboss.bench.figure import BenchError, Figure
from pitboss.bench.programs import PITBOSS, free_port
from pitboss.bench.stage import Options

ROUNDS = 3
_PATIENCE = 60.0


def measure(options: Options) -> Figure:
    """Median of ROUNDS first starts, seconds."""
    times = []
    for number in range(ROUNDS):
        folder = Path(tempfile.mkdtemp(prefix="pitboss-bench-"))
        try:
            times.append(_start(folder, options.database_url))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        options.say(f"start {number + 1}: {times[-1]:.2f} s")
    return Figure("P8", median(times), None, None, "s")


def _start(folder: Path, database_url: str | None) -> float:
    command = [*PITBOSS, "sandbox", "--data-dir", str(folder / "data"), "--port", str(free_port())]
    command += ["--credentials", str(folder / "credentials.json"), "--no-simulate"]
    environment = dict(os.environ)
    if database_url is not None:
        environment["PITBOSS_DATABASE_URL"] = database_url
    log = folder / "sandbox.log"
    began = time.perf_counter()
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = time.perf_counter() - began
        if not line.startswith("ready "):
            raise BenchError(f"the sandbox did not get ready: {_last_line(log)}")
        return took
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return lines[-1][:500] if lines else "nothing was logged"
