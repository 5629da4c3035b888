"""A hub, a worker's delivery at a time of the test's own, and a consumer behind real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from feed_stage import FeedStage, feeding
from scripted_consumer import ScriptedConsumer, serving

from agent_stage import Stage, on_stage


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as set_up:
        yield set_up


@pytest.fixture
async def consumer() -> AsyncIterator[ScriptedConsumer]:
    consumer = ScriptedConsumer()
    server, task = await serving(consumer)
    yield consumer
    server.should_exit = True
    await task


@pytest.fixture
async def feed(stage: Stage, consumer: ScriptedConsumer, database_url: str) -> AsyncIterator[FeedStage]:
    async with feeding(stage, consumer, database_url) as set_up:
        yield set_up
