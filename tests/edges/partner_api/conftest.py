"""A hub on stage for each test, and a partner's way to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_stage import Midday, Stage, on_stage
from partner_desk import Partner


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path, Midday()) as set_up:
        yield set_up


@pytest.fixture
async def partner(stage: Stage) -> Partner:
    return Partner(stage)
