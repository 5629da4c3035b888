"""The programs under measurement: started as an operator would start them, ended whatever happens."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Self

from pitboss.bench.figure import BenchError

PITBOSS = (sys.executable, "-c", "from pitboss.cli import main; main()")
HOST = "127.0.0.1"
_PATIENCE = 30.0


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Program:
    """One `pitboss` command in a process group of its own; its log goes to a file."""

    def __init__(
        self, arguments: Sequence[str], log: Path, environment: Mapping[str, str], command: Sequence[str] = PITBOSS
    ) -> None:
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **environment},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process's id; also its group's."""
        return self._process.pid

    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def last_words(self) -> str:
        """The end of its log."""
        lines = self._log.read_text(errors="replace").splitlines()
        return lines[-1][:500] if lines else "nothing was logged"

    def stop(self) -> None:
        """SIGTERM, then SIGKILL for the whole group."""
        if self.running():
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_PATIENCE)
        self.kill()

    def kill(self) -> None:
        """SIGKILL for the whole group, and wait for the end."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Hub:
    """`pitboss serve` on a free port and one `pitboss worker`, over one database."""

    def __init__(
        self, database_url: str, folder: Path, workers: int = 1, settings: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.port = free_port()
        self.folder = folder
        # The URL holds a password: it travels in the environment, not among the arguments.
        environment = {"PITBOSS_DATABASE_URL": database_url, **settings}
        serve = ["serve", "--host", HOST, "--port", str(self.port), "--workers", str(workers)]
        self.serve = Program(serve, folder / "serve.log", environment)
        self.worker = Program(["worker"], folder / "worker.log", environment)

    def __enter__(self) -> Self:
        try:
            wait_until_ready(self.port, self.serve)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End both."""
        self.serve.stop()
        self.worker.stop()


def wait_until_ready(port: int, program: Program) -> None:
    """Wait for `/readyz` to say 200. Raises BenchError when the program ends or says nothing for too long."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if not program.running():
            raise BenchError(f"the hub ended at its start: {program.last_words()}")
        if _status(port) == 200:
            return
        time.sleep(0.02)
    raise BenchError(f"the hub was not ready after {_PATIENCE:.0f} s: {program.last_words()}")


def _status(port: int) -> int:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
