"""Workers killed in the middle, again and again: reports say what the ledger says, and in the end it is all rolled up."""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

from agent_stage import Stage
from reports.reading import expected, told
from reports.test_reports_exact import played


async def worker_of(stage: Stage) -> asyncio.subprocess.Process:
    program = Path(sys.executable).with_name("pitboss")
    return await asyncio.create_subprocess_exec(
        str(program), "worker", env=os.environ | {"PITBOSS_DATABASE_URL": stage.hub.settings.database_url},
        stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


async def behind(stage: Stage) -> int:
    """Events that are not rolled up yet, batches of the outbox counted as one."""
    count: int = await stage.owner.fetchval(
        "SELECT (SELECT count(*) FROM outbox) + (SELECT COALESCE(sum(h.last_seq - COALESCE(c.last_seq, 0)), 0) FROM journal_head h"
        " LEFT JOIN journal_cursor c ON c.agent_id = h.agent_id AND c.reader = 'reports.0')"
    )
    return count


async def rolled_up(stage: Stage) -> int:
    """How far the roll-ups have come in the journal."""
    seq: int = await stage.owner.fetchval(
        "SELECT COALESCE(max(last_seq), 0) FROM journal_cursor WHERE reader = 'reports.0'"
    )
    return seq


async def test_nothing_is_lost_or_counted_twice_when_workers_are_killed(stage: Stage) -> None:
    tables = await played(stage, 11)
    chance = random.Random(11)
    kills = 0
    for _ in range(4):
        worker = await worker_of(stage)
        try:
            before = await rolled_up(stage)
            async with asyncio.timeout(60):
                # Play until it has begun to work, then some more, and it is gone wherever it is.
                while await rolled_up(stage) == before:
                    await tables.act()
                for _ in range(chance.randrange(15)):
                    await tables.act()
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            await worker.wait()
        kills += 1
        assert await told(stage, 1) == await expected(stage, 1)
    worker = await worker_of(stage)
    try:
        async with asyncio.timeout(60):
            while await behind(stage):
                await asyncio.sleep(0.05)
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        await worker.wait()
    assert kills == 4
    assert await stage.owner.fetchval("SELECT count(*) FROM player_quarter") > 10
    assert await told(stage, 1) == await expected(stage, 1)
