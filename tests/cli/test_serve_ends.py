"""`pitboss serve` and `pitboss worker` end in order, with exit code 0, when they are asked to."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from running_sandbox import wait_until


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", [1, 2])
def test_serve(database_url: str, tmp_path: Path, how: signal.Signals, workers: int) -> None:
    key = tmp_path / "master.key"
    environment = os.environ | {"PITBOSS_DATABASE_URL": database_url, "PITBOSS_MASTER_KEY_FILE": str(key)}
    log = tmp_path / "log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "pitboss", "serve", "--port", "0", "--workers", str(workers)],
            env=environment,
            stderr=stderr,
        )
    try:
        port = wait_until(lambda: _port_of(process.pid), seconds=30)
        wait_until(lambda: httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200, seconds=30)
        process.send_signal(how)
        assert process.wait(30) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()


def _port_of(pid: int) -> int | None:
    """The port the process listens on, from /proc: where it said 0, nobody else knows."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(link))
        if found:
            inodes.add(found[1])
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and fields[9] in inodes:
            return int(fields[1].split(":")[1], 16)
    return None


def test_worker(database_url: str, tmp_path: Path) -> None:
    environment = os.environ | {"PITBOSS_DATABASE_URL": database_url}
    process = subprocess.Popen([sys.executable, "-m", "pitboss", "worker"], env=environment)
    try:
        # It handles the signal from the moment it says so to the kernel.
        wait_until(lambda: _handles_sigterm(process.pid), seconds=30)
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def _handles_sigterm(pid: int) -> bool:
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)
