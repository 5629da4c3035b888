"""The schema's revision: upgraded once however often and however many ask, and never guessed."""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from database_server import Server
from pitboss.storage import migrate
from pitboss.storage.embedded import EmbeddedPostgres
from pitboss.storage.migrations.sql_file import Place, Statement, parse

MIGRATIONS = Path(migrate.__file__).parent / "migrations"
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


async def ask(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_a_new_database_goes_from_nothing_to_head(empty_database_url: str) -> None:
    assert await migrate.current(empty_database_url) is None
    assert await migrate.upgrade(empty_database_url) is True
    assert await migrate.current(empty_database_url) == migrate.HEAD
    created = sum(
        len(re.findall(r"^CREATE TABLE ", file.read_text(), re.MULTILINE))
        for file in (MIGRATIONS / "versions").glob("*.sql")
    )
    assert await ask(empty_database_url, TABLES) == created + 1  # and Alembic's own


async def test_a_second_upgrade_changes_nothing(database_url: str) -> None:
    await ask(database_url, "INSERT INTO currency VALUES ('XTS', 'Kept', 2) RETURNING 1")
    assert await migrate.upgrade(database_url) is False
    assert await ask(database_url, "SELECT name FROM currency WHERE code = 'XTS'") == "Kept"


async def test_many_upgrades_of_one_database_at_once(empty_database_url: str) -> None:
    await asyncio.gather(*(migrate.upgrade(empty_database_url) for _ in range(5)))
    assert await migrate.current(empty_database_url) == migrate.HEAD


UPGRADER = """
import asyncio, os, sys
from pitboss.storage import migrate
from pitboss.storage.embedded import EmbeddedPostgres
migrate.preload()
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(migrate.upgrade(os.environ["URL"]))
"""


async def test_many_programs_upgrade_at_once_and_databases_share_the_roles(postgres: Server) -> None:
    urls = [postgres.create_database() for _ in range(2)]
    pipe = asyncio.subprocess.PIPE
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", UPGRADER, env={**os.environ, "URL": url}, stdin=pipe, stdout=pipe, stderr=pipe
        )
        for url in urls * 3
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
        outcomes = await asyncio.gather(*(process.communicate(b"\n") for process in processes))
        assert [errors.decode() for _, errors in outcomes if errors] == []
        assert [process.returncode for process in processes] == [0] * 6
        assert [await migrate.current(url) for url in urls] == [migrate.HEAD] * 2
    finally:
        for url in urls:
            postgres.drop_database(url)


async def test_an_owner_that_is_no_superuser_may_become_the_narrow_roles() -> None:
    # A server of its own: roles are the server's, and whoever made them first may grant them.
    with tempfile.TemporaryDirectory(prefix="pitboss-owner-") as name, EmbeddedPostgres(Path(name) / "d") as server:
        server.run_sql("CREATE ROLE plain LOGIN CREATEROLE PASSWORD 'x'")
        server.run_sql("CREATE DATABASE plains OWNER plain")
        url = "postgresql://plain:x@" + server.url_of("plains").rpartition("@")[2]
        await migrate.upgrade(url)
        for role in ("pitboss_app", "pitboss_worker"):
            connection = await asyncpg.connect(url, server_settings={"role": role})
            await migrate.ensure_current(connection)
            assert await connection.fetchval("SELECT current_user::text") == role
            await connection.close()


async def test_an_unknown_revision_is_refused_by_upgrade_and_by_every_program(database_url: str) -> None:
    await ask(database_url, "UPDATE alembic_version SET version_num = '9999_later' RETURNING 1")
    with pytest.raises(migrate.SchemaTooNew, match="9999_later"):
        await migrate.upgrade(database_url)
    connection = await asyncpg.connect(database_url)
    with pytest.raises(migrate.SchemaTooNew, match="9999_later"):
        await migrate.ensure_current(connection)
    await connection.close()
    assert await migrate.current(database_url) == "9999_later"


async def test_a_database_without_schema_is_too_old(empty_database_url: str) -> None:
    connection = await asyncpg.connect(empty_database_url)
    with pytest.raises(migrate.SchemaTooOld, match="pitboss db upgrade"):
        await migrate.ensure_current(connection)
    await connection.close()


async def test_an_upgrade_that_fails_leaves_nothing_behind(empty_database_url: str) -> None:
    await ask(empty_database_url, "CREATE TABLE wallet (in_the_way integer)")
    with pytest.raises(Exception, match="wallet"):
        await migrate.upgrade(empty_database_url)
    assert await migrate.current(empty_database_url) is None
    assert await ask(empty_database_url, TABLES) == 1


@pytest.mark.parametrize("role", ["pitboss_app", "pitboss_worker"])
async def test_the_narrow_roles_may_read_the_revision(database_url: str, role: str) -> None:
    connection = await asyncpg.connect(database_url, server_settings={"role": role})
    await migrate.ensure_current(connection)
    await connection.close()


def test_the_files_are_alembics_own_chain() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    chain = [revision.revision for revision in script.walk_revisions()]
    assert list(reversed(chain)) == list(migrate.REVISIONS)
    assert script.get_heads() == [migrate.HEAD]


def test_every_table_of_the_migrations_is_placed() -> None:
    for file in (MIGRATIONS / "versions").glob("*.sql"):
        steps = list(parse(file.read_text()))
        placed = {step.table for step in steps if isinstance(step, Place)}
        created = set(re.findall(r"^CREATE TABLE (\w+)", file.read_text(), re.MULTILINE))
        assert created == placed


def test_splitting_a_file_into_statements_and_places() -> None:
    text = """-- A comment; not a statement;

-- about one
CREATE TABLE one (a text DEFAULT ';');
-- place: one
CREATE TABLE two (
  a integer);

-- place reference: two
DO $$
BEGIN
  PERFORM 1;
  PERFORM 2;
END $$;"""
    assert list(parse(text)) == [
        Statement("-- A comment; not a statement;\n\n-- about one\nCREATE TABLE one (a text DEFAULT ';');"),
        Place(table="one", reference=False),
        Statement("CREATE TABLE two (\n  a integer);"),
        Place(table="two", reference=True),
        Statement("DO $$\nBEGIN\n  PERFORM 1;\n  PERFORM 2;\nEND $$;"),
    ]


@pytest.mark.parametrize("text", ["CREATE TABLE one (\n-- place: one\n);", "SELECT 1", "SELECT 1;\nSELECT 2"])
def test_a_file_that_does_not_end_its_statements_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="statement"):
        list(parse(text))
