"""A hub on stage, and a worker's turns taken when a test says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_stage import Stage, on_stage
from own_worker import OwnWorker
from pitboss.storage.database import WORKER_ROLE, Database


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as set_up:
        yield set_up


@pytest.fixture
async def worker(stage: Stage, database_url: str) -> AsyncIterator[OwnWorker]:
    database = await Database.open(database_url, WORKER_ROLE, size=4)
    owner = await Database.open(database_url, None, size=2)
    yield OwnWorker(database, owner)
    await database.close()
    await owner.close()
