"""A hub whose agent is seamless: its wallet is a scripted operator behind real HTTP; recovery runs when a test says so."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from seamless_world import SeamlessWorld, at_work

from database_server import Server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SeamlessWorld]:
    """One for all tests of a module."""
    url = postgres.create_database(template)
    owner = await asyncpg.connect(url)
    try:
        async with at_work(url, owner, tmp_path_factory.mktemp("hub")) as world:
            yield world
    finally:
        await owner.close()
        postgres.drop_database(url)


@pytest_asyncio.fixture(loop_scope="module")
async def world(stage: SeamlessWorld) -> AsyncIterator[SeamlessWorld]:
    """Nothing told yet; at the end of each test the ledger must be whole."""
    stage.operator.forget()
    yield stage
    await stage.must_be_whole()
