"""One postmaster: start it, wait for it, see it die, stop it; and what to do with the remains of another."""

import logging
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

from pitboss.storage.embedded.account import Account, path_inside
from pitboss.storage.embedded.cluster import clean_environment
from pitboss.storage.embedded.errors import EmbeddedPostgresError, PortTakenError, StillAttachedError
from pitboss.storage.embedded.processes import (
    kill_all,
    postmaster_of,
    read_pid_file,
    send,
    server_processes,
    wait_until_none,
    work_done,
)

_log = logging.getLogger(__name__)

# A start or stop may take minutes; only one that does nothing at all for this long is given up.
STALLED_S = 120.0
REPORT_EVERY_S = 5.0

# Ends the server when the supervisor vanishes without a word; a line on its input means that all is well.
_WATCHDOG = 'read -r _ && exit 0; kill -INT "$1"'


class Postmaster:
    """A postmaster we started ourselves."""

    def __init__(self, pgdata: Path, log: Path, account: Account, installation: Path) -> None:
        self._pgdata = pgdata
        self._server_log = log
        self._account = account
        self._program = str(installation / "bin" / "postgres")
        self._process: subprocess.Popen[bytes] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, once started."""
        return self._process.pid if self._process is not None else None

    def start(self, abandon: threading.Event) -> None:
        """Start and wait until it takes connections, as long as it gets anywhere or until `abandon` is set.

        Raises PortTakenError, StillAttachedError or EmbeddedPostgresError with the server's own reason.
        """
        descriptor = os.open(self._server_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            log_start = os.fstat(descriptor).st_size
            self._process = subprocess.Popen(
                [self._program, "-D", path_inside(self._account, self._pgdata)],
                cwd=self._pgdata,
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                # A Ctrl-C in the terminal is for the supervisor alone.
                start_new_session=True,
                **self._account.process_options(),
            )
        finally:
            os.close(descriptor)
        self._watch_over(self._process.pid)
        try:
            self._wait_until_ready(self._process, log_start, abandon)
        except BaseException:
            self.stop()
            raise

    def died(self, stopping: threading.Event) -> bool:
        """Wait for the process to end or for `stopping`; true when it ended by itself."""
        assert self._process is not None
        while not stopping.is_set():
            if self._process.poll() is not None:
                return True
            stopping.wait(0.05)
        return False

    def farewell(self) -> str:
        """How the dead process ended, in words; its watchdog is dismissed."""
        self._dismiss_watchdog()
        code = self._process.returncode if self._process is not None else None
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"

    def stop(self) -> None:
        """Fast shutdown; harsher when it gets nowhere. Returns when no process of the server is left."""
        if self._process is None:
            return
        if self._process.poll() is None:
            _shut_down(self._pgdata, self._server_log, self._process.pid, self._process)
        self._dismiss_watchdog()
        self._process.wait()
        self._process = None
        _end_orphans(self._pgdata)

    def _watch_over(self, pid: int) -> None:
        self._watchdog = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHDOG, "postgres-watchdog", str(pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def _dismiss_watchdog(self) -> None:
        if self._watchdog is None:
            return
        try:
            self._watchdog.communicate(b"\n", timeout=5)
        except (OSError, subprocess.TimeoutExpired):
            self._watchdog.kill()
            self._watchdog.wait()
        self._watchdog = None

    def _wait_until_ready(self, process: subprocess.Popen[bytes], log_start: int, abandon: threading.Event) -> None:
        patience = _Patience(self._pgdata, self._server_log, "start")
        while True:
            if process.poll() is not None:
                raise _reason(self._server_log, log_start, process.returncode)
            recorded = read_pid_file(self._pgdata)
            if recorded is not None and recorded.pid == process.pid and recorded.status == "ready":
                return
            if abandon.is_set():
                raise EmbeddedPostgresError("the start of the database was abandoned")
            if patience.is_over():
                raise EmbeddedPostgresError(f"the database does not get on with its start, see {self._server_log}")
            patience.nap()


class _Patience:
    """Waits as long as the server's processes do something, and says now and then that it waits."""

    def __init__(self, pgdata: Path, log: Path, what: str) -> None:
        self._pgdata, self._log_file, self._what = pgdata, log, what
        self._began = self._progress = self._reported = self._looked = time.monotonic()
        self._seen = (-1, -1)

    def nap(self) -> None:
        time.sleep(0.004 if time.monotonic() - self._began < 2 else 0.05)

    def is_over(self) -> bool:
        now = time.monotonic()
        if now - self._looked < 0.5:
            return False
        self._looked = now
        work = work_done(self._pgdata, self._log_file)
        if work != self._seen:
            self._seen, self._progress = work, now
        if now - self._reported >= REPORT_EVERY_S:
            self._reported = now
            self._report(now - self._began)
        return now - self._progress > STALLED_S

    def _report(self, seconds: float) -> None:
        where, line = self._pgdata.parent, _last_line(self._log_file)
        _log.warning("the database in %s is busy with its %s for %.0f s: %s", where, self._what, seconds, line)


def clear_leftovers(pgdata: Path, log: Path) -> None:
    """Make the data directory free of processes and of a pid file that would mislead the next postmaster.

    Only for the holder of the supervisor's lock: what still runs here has lost its supervisor. A living server is
    shut down cleanly, orphans of a killed postmaster are ended; committed data is in the write-ahead log either way.
    """
    leader = postmaster_of(pgdata, server_processes(pgdata))
    if leader is not None:
        _log.warning("stopping the server that a killed supervisor left in %s (pid %d)", pgdata, leader.pid)
        _shut_down(pgdata, log, leader.pid, None)
    _end_orphans(pgdata)
    recorded = read_pid_file(pgdata)
    if recorded is not None:
        # No server is here, so the id is nobody's or a stranger's; PostgreSQL would take the stranger for a server,
        # also where it stands in the lock of the socket.
        _log.info("removing the stale postmaster.pid of pid %d in %s", recorded.pid, pgdata)
    for stale in (pgdata / "postmaster.pid", *pgdata.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)


def _end_orphans(pgdata: Path) -> None:
    # They notice by themselves when they next wait for something; a long computation may not wait for hours.
    if wait_until_none(pgdata, 2):
        return
    kill_all(pgdata, signal.SIGQUIT)
    if wait_until_none(pgdata, 3):
        return
    kill_all(pgdata, signal.SIGKILL)
    if not wait_until_none(pgdata, 30):
        left = [process.pid for process in server_processes(pgdata)]
        raise EmbeddedPostgresError(f"processes of a dead server cannot be ended in {pgdata}: {left}")


def _shut_down(pgdata: Path, log: Path, pid: int, child: subprocess.Popen[bytes] | None) -> None:
    send(pid, signal.SIGINT)
    patience = _Patience(pgdata, log, "stop")
    while not _is_gone(pgdata, pid, child):
        if patience.is_over():
            kill_all(pgdata, signal.SIGKILL)
        patience.nap()


def _is_gone(pgdata: Path, pid: int, child: subprocess.Popen[bytes] | None) -> bool:
    if child is not None:
        return child.poll() is not None
    return all(process.pid != pid for process in server_processes(pgdata))


def _reason(log: Path, start: int, code: int) -> EmbeddedPostgresError:
    with log.open("rb") as file:
        file.seek(start)
        text = file.read(1_000_000).decode(errors="replace")
    if "could not bind" in text or "could not create any TCP/IP sockets" in text:
        return PortTakenError("the port of the database is taken")
    if "pre-existing shared memory block" in text:
        return StillAttachedError("processes of a dead server still hold its memory")
    found = re.findall(r"(?:FATAL|PANIC): +(.*)", text) or re.findall(r"^postgres: +(.*)", text, re.MULTILINE)
    return EmbeddedPostgresError(f"the database does not start: {found[-1] if found else f'exit code {code}'}")


def _last_line(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 2000))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return lines[-1] if lines else ""
