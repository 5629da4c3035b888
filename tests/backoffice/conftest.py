"""One back office, or two casinos whose rounds are looked at, for the tests of a module."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from round_casino import RoundCasino, two_casinos

from back_office import BackOffice, running_back_office
from database_server import Server


@pytest.fixture(scope="module")
def office_database(postgres: Server, template: str) -> Iterator[str]:
    url = postgres.create_database(template)
    yield url
    postgres.drop_database(url)


@pytest.fixture(scope="module")
def office(office_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackOffice]:
    folder: Path = tmp_path_factory.mktemp("office")
    with running_back_office(office_database, folder) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def casinos(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[RoundCasino, RoundCasino]]:
    """Two casinos of one hub, for all tests of the module."""
    url = postgres.create_database(template)
    try:
        async with two_casinos(url, tmp_path_factory.mktemp("hub")) as both:
            yield both
    finally:
        postgres.drop_database(url)
