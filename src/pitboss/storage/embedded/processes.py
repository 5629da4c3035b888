"""Which processes belong to a data directory, told by what they are and where they stand, never by a number in a file.

Process ids are used again: after a crash or a reboot the id in postmaster.pid may be anybody's.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class ServerProcess:
    """A living process of PostgreSQL in a data directory."""

    pid: int
    parent: int


@dataclass(frozen=True)
class PidFile:
    """What postmaster.pid says: the id of the process that wrote it and, once known, its state ('ready', 'starting')."""

    pid: int
    status: str


def read_pid_file(pgdata: Path) -> PidFile | None:
    """The content of postmaster.pid; None when there is none or it is damaged."""
    try:
        lines = (pgdata / "postmaster.pid").read_text(errors="replace").splitlines()
        return PidFile(int(lines[0]), lines[7].strip() if len(lines) > 7 else "")
    except (OSError, ValueError, IndexError):
        return None


def server_processes(pgdata: Path) -> list[ServerProcess]:
    """Every process of PostgreSQL, postmaster or orphan, whose data directory this is."""
    if not pgdata.exists():
        return []
    if sys.platform != "linux":
        return _by_pid_file(pgdata)
    here = pgdata.stat()
    found = (_inspect(int(entry), here) for entry in os.listdir(_PROC) if entry.isdigit())
    return [process for process in found if process is not None]


def postmaster_of(pgdata: Path, processes: list[ServerProcess]) -> ServerProcess | None:
    """The one that leads the others; None when only orphans are left."""
    recorded = read_pid_file(pgdata)
    parents = {process.parent for process in processes}
    for process in processes:
        if process.pid in parents or (recorded is not None and process.pid == recorded.pid):
            return process
    return None


def _inspect(pid: int, here: os.stat_result) -> ServerProcess | None:
    folder = _PROC / str(pid)
    try:
        if not os.path.basename(os.readlink(folder / "exe")).startswith("postgres"):
            return None
        there = os.stat(folder / "cwd")
        if (there.st_dev, there.st_ino) != (here.st_dev, here.st_ino):
            return None
        return ServerProcess(pid, int(_stat_fields(pid)[1]))
    except (OSError, IndexError, ValueError):
        return None


def _stat_fields(pid: int) -> list[str]:
    # The command's name may hold spaces and parentheses; the fields begin behind its last one.
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _by_pid_file(pgdata: Path) -> list[ServerProcess]:
    recorded = read_pid_file(pgdata)
    if recorded is None:
        return []
    listing = subprocess.run(
        ["ps", "-o", "ppid=,comm=", "-p", str(recorded.pid)], capture_output=True, text=True, check=False
    )
    parent, _, command = listing.stdout.strip().partition(" ")
    if os.path.basename(command.strip()) != "postgres":
        return []
    return [ServerProcess(recorded.pid, int(parent))]


def work_done(pgdata: Path, log: Path) -> tuple[int, int]:
    """A pair of numbers that grows as long as a starting or stopping server gets anywhere: log bytes, CPU ticks."""
    ticks = 0
    for process in server_processes(pgdata) if sys.platform == "linux" else []:
        try:
            fields = _stat_fields(process.pid)
            ticks += int(fields[11]) + int(fields[12])
        except (OSError, IndexError, ValueError):
            continue
    return (log.stat().st_size if log.exists() else 0), ticks


def kill_all(pgdata: Path, signum: signal.Signals) -> None:
    """Signal every process of the data directory; one that is gone already is fine."""
    for process in server_processes(pgdata):
        send(process.pid, signum)


def send(pid: int, signum: signal.Signals) -> None:
    """Signal one process; one that is gone already is fine."""
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return


def wait_until_none(pgdata: Path, seconds: float) -> bool:
    """Poll until no process of the data directory lives; false when some still does after `seconds`."""
    deadline = time.monotonic() + seconds
    while server_processes(pgdata):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
