"""A hub on stage for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_stage import Stage, on_stage
from seamless_casino import Casino, casino_of


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as set_up:
        yield set_up


@pytest.fixture
async def casino(stage: Stage) -> AsyncIterator[Casino]:
    """The seamless agent's wallet."""
    async with casino_of(stage) as playing:
        yield playing
