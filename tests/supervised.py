"""A hub's processes, kept alive as an operator's supervisor would."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from pitboss.bench.programs import PITBOSS, Program, free_port, wait_until_ready

_LOOK_EVERY = 0.05


class Supervised:
    """One `pitboss` command that is started again whenever it ends, on the same port."""

    def __init__(self, arguments: list[str], log: Path, database_url: str, command: Sequence[str] = PITBOSS) -> None:
        self._arguments, self._log, self._command = arguments, log, command
        self._environment = {"PITBOSS_DATABASE_URL": database_url}
        self.starts = 0
        self.program = self._start()

    def _start(self) -> Program:
        self.starts += 1
        return Program(self._arguments, self._log, self._environment, self._command)

    async def keep_alive(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            if not self.program.running():
                self.program.kill()
                self.program = self._start()


@asynccontextmanager
async def supervised_hub(
    database_url: str, folder: Path, processes: int, command: Sequence[str] = PITBOSS, workers: int = 1
) -> AsyncIterator[tuple[list[int], list[Supervised]]]:
    """`processes` of `pitboss serve`, each on a port of its own, and `workers` of `pitboss worker`; ports, and all of them."""
    ports = [free_port() for _ in range(processes)]
    programs = [
        Supervised(["serve", "--port", str(port)], folder / f"serve-{port}.log", database_url, command)
        for port in ports
    ]
    for port, supervised in zip(ports, programs, strict=True):
        await asyncio.to_thread(wait_until_ready, port, supervised.program)
    programs += [
        Supervised(["worker"], folder / f"worker-{number}.log", database_url, command) for number in range(workers)
    ]
    keepers = [asyncio.create_task(supervised.keep_alive()) for supervised in programs]
    try:
        yield ports, programs
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        for supervised in programs:
            await asyncio.to_thread(supervised.program.stop)
