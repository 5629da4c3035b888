"""R2: processes of the hub and of PostgreSQL are killed again and again under load, and nothing that was told is lost."""

import asyncio
import itertools
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
from engines import OPENING
from evidence import contradictions
from ledger_checks import audit, balances, differences, journal_problems, move_events

from pitboss.bench.world import build_world
from pitboss.storage.embedded import EmbeddedPostgres
from studio import Memory, Studio
from supervised import Supervised, supervised_hub

KILLS, STUDIOS = 21, 8
PROGRESS = 25
"""Transactions that must have been settled since the last kill before the next: each kill hits a hub under load."""
_PATIENCE = 120.0

Kill = Callable[[], Awaitable[None]]


async def _settled(memory: Memory, number: int) -> None:
    async with asyncio.timeout(_PATIENCE):
        while memory.settled() < number:
            await asyncio.sleep(0.01)


def _kills(postgres: EmbeddedPostgres, programs: list[Supervised]) -> list[Kill]:
    """Both hub processes, the worker, a busy backend and the postmaster, in turns."""

    def program(supervised: Supervised) -> Kill:
        async def kill() -> None:
            starts = supervised.starts
            os.kill(supervised.program.pid, signal.SIGKILL)
            async with asyncio.timeout(_PATIENCE):
                while supervised.starts == starts:
                    await asyncio.sleep(0.01)

        return kill

    async def backend() -> None:
        conn = await asyncpg.connect(postgres.url)
        try:
            pid = await conn.fetchval(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'pitboss' AND pid <> pg_backend_pid()"
                " ORDER BY (state = 'active') DESC, state_change DESC LIMIT 1"
            )
        finally:
            conn.terminate()
        os.kill(pid, signal.SIGKILL)

    async def postmaster() -> None:
        assert postgres.pid is not None
        os.kill(postgres.pid, signal.SIGKILL)

    first, second, worker = programs
    return [program(first), backend, program(second), postmaster, program(worker), backend, program(first), postmaster]


async def test_everything_told_survives_every_kill(tmp_path: Path) -> None:
    memory, stop = Memory(), asyncio.Event()
    with EmbeddedPostgres(tmp_path / "postgres") as postgres:
        restarts: list[str] = []
        postgres.supervise(restarts.append)
        world = await build_world(postgres.url, tmp_path, agents=2, players=20, balance=OPENING)
        openings = {seat.user_in_game: OPENING for seats in world.seats for seat in seats}
        async with supervised_hub(postgres.url, tmp_path, 2) as (ports, programs):
            studios = [
                Studio(world, ports[number % 2 :] + ports[: number % 2], memory, number) for number in range(STUDIOS)
            ]
            playing = asyncio.gather(*(studio.play(stop) for studio in studios))
            for kill in itertools.islice(itertools.cycle(_kills(postgres, programs)), KILLS):
                await _settled(memory, memory.settled() + PROGRESS)
                await kill()
            await _settled(memory, memory.settled() + PROGRESS)
            stop.set()
            await playing
        await move_events(postgres.url)
        assert len(restarts) >= KILLS // 4
        assert await contradictions(postgres.url, world, memory) == []
        assert differences(memory.expected(openings), await balances(postgres.url, world)) == []
        assert await audit(postgres.url) == []
        assert await journal_problems(postgres.url) == []
    retried = sum(sent.tries > 1 for sent in memory.sent.values())
    verdicts = {sent.verdict for sent in memory.sent.values()}
    assert retried >= 10, "the kills hit nobody"
    assert {"OK", "CANCELED"} <= verdicts
