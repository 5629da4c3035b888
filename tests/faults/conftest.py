"""Worlds to break things in."""

import asyncio
from pathlib import Path

import pytest
from engines import OPENING

from pitboss.bench.world import World, build_world


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> World:
    """One studio, two agents with ten players each, OPENING minor units a player, in the test's own database."""
    return asyncio.run(build_world(database_url, tmp_path, agents=2, players=20, balance=OPENING))
