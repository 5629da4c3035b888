"""A real PostgreSQL for every test that wants one: a fresh, fully migrated database each, thrown away afterwards."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from database_server import Server, name_in
from pitboss.storage import migrate
from pitboss.storage.embedded import EmbeddedPostgres

# The same examples in every run, and no clock over them: what fails has a cause in what was changed. Others are drawn, for as long
# as one likes, with `pytest --hypothesis-profile=default`.
settings.register_profile(
    "certain", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("certain")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The session's server: PITBOSS_TEST_DATABASE_URL (an owner's address, PostgreSQL 15+), else one of our own."""
    external = os.environ.get("PITBOSS_TEST_DATABASE_URL")
    if external:
        yield Server(external)
        return
    folder = Path(tempfile.mkdtemp(prefix="pitboss-tests-"))
    try:
        with EmbeddedPostgres(folder / "postgres") as embedded:
            yield Server(embedded.url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(postgres: Server) -> Iterator[str]:
    """The name of a database that was upgraded once, to be cloned by every test."""
    url = postgres.create_database()
    asyncio.run(migrate.upgrade(url))
    yield name_in(url)
    postgres.drop_database(url)


@pytest.fixture
def database_url(postgres: Server, template: str) -> Iterator[str]:
    """The owner's address of a fresh, migrated, empty database of this test alone."""
    url = postgres.create_database(template)
    yield url
    postgres.drop_database(url)


@pytest.fixture
def empty_database_url(postgres: Server) -> Iterator[str]:
    """The owner's address of a fresh database without any schema."""
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(autouse=True)
def logging_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands run in this process set up logging to a stream that is gone after their test; no logger may keep it."""
    configure = structlog.configure

    def without_cache(**settings: object) -> None:
        configure(**settings | {"cache_logger_on_first_use": False})  # type: ignore[arg-type]

    monkeypatch.setattr(structlog, "configure", without_cache)
    yield
    structlog.reset_defaults()
