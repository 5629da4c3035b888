"""A hub, and a worker's connections, for the tests of reports."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_stage import Stage, on_stage
from pitboss.storage.database import WORKER_ROLE, Database


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as set_up:
        yield set_up


@pytest.fixture
async def worker(database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url, WORKER_ROLE, size=4)
    yield database
    await database.close()
