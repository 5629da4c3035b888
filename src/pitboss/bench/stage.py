"""All that a measurement stands on: a database, a world in it, the hub's programs, and the load generator beside them."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pitboss.bench.figure import BenchError
from pitboss.bench.generator import Generator
from pitboss.bench.pgbench import age_log, analyze
from pitboss.bench.programs import Hub
from pitboss.bench.stored import fill
from pitboss.bench.world import OperatorWallet, World, build_world
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.embedded import EmbeddedPostgres
from pitboss.storage.play.relay import JournalRelay
from pitboss.storage.verify import verify

Say = Callable[[str], None]
_RELAY_PATIENCE = 120.0
AUDITED = 1_000_000
"""More than that takes longer to audit than to measure."""


class Options(NamedTuple):
    """`seconds`: of one phase; `database_url`: an owner's, None for a PostgreSQL of our own; `say` takes lines for people;
    `transactions`: how many are stored before, `bets`: how many are made, where that matters."""

    seconds: int
    workers: int
    database_url: str | None
    say: Say
    transactions: int = 10_000_000
    bets: int = 1_000_000


class Stage(NamedTuple):
    """What is up."""

    database_url: str
    hub: Hub
    generator: Generator
    options: Options
    world: World

    def settle(self) -> float:
        """Wait until the relay has moved all events, so that the next phase starts clean; seconds it took."""
        began = time.monotonic()
        asyncio.run(_until_moved(self.database_url))
        return time.monotonic() - began

    def warm_up(self) -> None:
        """Prepared statements, caches, connections: what a hub pays once."""
        self.generator.run(min(3, self.options.seconds))
        self.settle()


@contextmanager
def stage(
    options: Options,
    *,
    agents: int = 1,
    players: int = 1_000,
    stored: int = 0,
    wallet: OperatorWallet | None = None,
) -> Iterator[Stage]:
    """Set the stage, with `stored` transactions in the days before, and seamless agents where there is a `wallet`; at the end the
    ledger is audited, up to AUDITED of them. Raises BenchError when anything is wrong with it."""
    folder = Path(tempfile.mkdtemp(prefix="pitboss-bench-"))
    try:
        with database(options.database_url, folder) as url:
            world = asyncio.run(build_world(url, folder, agents=agents, players=players, wallet=wallet))
            if stored:
                world = asyncio.run(fill(url, world, stored, options.say))
            analyze(url, vacuum=stored > 0)
            with Hub(url, folder, options.workers) as hub, Generator(world, hub.port) as generator:
                yield Stage(url, hub, generator, options, world)
            if stored <= AUDITED:
                asyncio.run(_audit(url, options.say))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(given: str | None, folder: Path) -> Iterator[str]:
    """The owner's address of the database to use."""
    if given is not None:
        yield given
        return
    with EmbeddedPostgres(folder / "postgres") as postgres:
        age_log(postgres.url)
        yield postgres.url


async def _until_moved(url: str) -> None:
    worker = await Database.open(url, WORKER_ROLE, size=1)
    try:
        relay = JournalRelay(worker)
        deadline = time.monotonic() + _RELAY_PATIENCE
        while await relay.behind():
            if time.monotonic() > deadline:
                raise BenchError("the relay does not get the events moved")
            await asyncio.sleep(0.1)
    finally:
        await worker.close()


async def _audit(url: str, say: Say) -> None:
    owner = await Database.open(url, role=None, size=1)
    try:
        findings = await verify(owner)
    finally:
        await owner.close()
    if findings:
        raise BenchError(f"the books are wrong: {len(findings)} findings, the first: {findings[0]}")
    say("verify: no finding")
