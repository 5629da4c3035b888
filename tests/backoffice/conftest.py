"""One back office for the tests of a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

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
