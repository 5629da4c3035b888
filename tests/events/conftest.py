"""A hub on stage for each test, and a producer of events for one of its agents."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_stage import Stage, on_stage
from event_producer import Producer


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as set_up:
        yield set_up


@pytest.fixture
def one(stage: Stage) -> Producer:
    return Producer(stage.http, stage.one.events_api_key)


@pytest.fixture
def other(stage: Stage) -> Producer:
    return Producer(stage.http, stage.other.events_api_key)
