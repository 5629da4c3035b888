"""A real hub at work for the wallet protocol's tests, with studios, a casino and players at will."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from database_server import Server
from pitboss.engine.open import open_hub
from pitboss.settings import Settings
from wallet_world import World, arrange


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A hub over a fresh database, its studios `acme` and `other` and a transfer agent; one for all tests of a module."""
    url = postgres.create_database(template)
    try:
        owner = await asyncpg.connect(url)
        try:
            box, agent_id = await arrange(owner, tmp_path_factory.mktemp("hub"))
            async with open_hub(Settings(url)) as hub:
                yield World(hub, owner, box, agent_id, hub.live.current.providers_by_code["acme"].id)
        finally:
            await owner.close()
    finally:
        postgres.drop_database(url)
