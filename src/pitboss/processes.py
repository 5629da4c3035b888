"""Programs of ours run as child processes: started, restarted when they die, stopped in order."""

import asyncio
import ctypes
import gc
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger()

STOP_SECONDS = 20.0
_SHORTEST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_STEADY_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1
_OBJECTS_BETWEEN_COLLECTIONS = 20_000
_MILDLY = 5


def give_way() -> None:
    """Let processes that somebody waits for go first, where there are fewer processors than work. Mildly: what is behind must not
    stay behind for ever."""
    if sys.platform == "win32":
        return
    os.nice(_MILDLY)
    # Where Linux gives each session a share of its own, a process's niceness counts within its session alone.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(_MILDLY))


def spare_the_collector() -> None:
    """Once everything is open: what is there lives as long as the process, and neither a request nor an event leaves more than a
    cycle behind. Walking over all of it every few hundred objects costs a sixth of the processor."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


class Child:
    """One program kept running. `command` follows the interpreter and `-m`; `environment` is all it sees."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], pass_fds: Sequence[int] = ()
    ) -> None:
        self.name = name
        self._command = (sys.executable, "-m", *command)
        self._environment = dict(environment)
        self._pass_fds = tuple(pass_fds)
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process of now; None between two."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def start(self) -> None:
        """Start it and keep it running from now on. Raises OSError when it cannot be started at all."""
        await self._spawn()
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL when it does not end in time."""
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            log.warning("child_killed", child=self.name)
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _spawn(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            env=self._environment,
            pass_fds=self._pass_fds,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            start_new_session=True,
        )

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        pause = _SHORTEST_PAUSE
        while True:
            assert self._process is not None
            began = loop.time()
            code = await self._process.wait()
            log.warning("child_died", child=self.name, code=code)
            # One that dies at once is not started again at once.
            pause = _SHORTEST_PAUSE if loop.time() - began > _STEADY_SECONDS else min(2 * pause, _LONGEST_PAUSE)
            await asyncio.sleep(pause)
            await self._spawn()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that child processes can share. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=2048)
    # Accepted sockets inherit it. Event loops set it only where a socket names its protocol, which this one does not, and
    # without it an answer's second packet waits 40 ms for the caller's delayed acknowledgement of the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _die_with_parent() -> None:
    """Runs in the child before its program: a parent that is killed must leave nobody behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


async def stop_requested() -> None:
    """Wait for SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
