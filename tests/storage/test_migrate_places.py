"""Where Citus is, a migration places every table. A stand-in extension of that name notes what it is asked for.

It is no Citus: it holds the calls, their order (a table is placed before rows of it are written) and one of Citus's
rules, that every unique key of a distributed table holds the distribution column.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from pitboss.storage import migrate
from pitboss.storage.embedded import EmbeddedPostgres
from pitboss.storage.migrations.sql_file import Place, parse

CONTROL = "default_version = '1'\nrelocatable = false\nschema = pg_catalog\ntrusted = true\n"

STAND_IN = """
CREATE TABLE pg_dist_partition (logicalrelid regclass PRIMARY KEY, partmethod "char" NOT NULL);
CREATE FUNCTION note(t regclass, method "char") RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO pg_catalog.pg_dist_partition SELECT %L, %L', t, method);
END $$;
CREATE FUNCTION create_reference_table(t regclass) RETURNS void LANGUAGE sql AS $$ SELECT pg_catalog.note(t, 'n') $$;
CREATE FUNCTION create_distributed_table(t regclass, c text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  rows bigint;
BEGIN
  IF EXISTS (
    SELECT 1 FROM pg_index i WHERE i.indrelid = t AND i.indisunique AND NOT EXISTS (
      SELECT 1 FROM pg_attribute a WHERE a.attrelid = t AND a.attname = c AND a.attnum = ANY (i.indkey)))
  THEN
    RAISE EXCEPTION 'a unique key of % lacks %', t, c;
  END IF;
  EXECUTE format('SELECT count(*) FROM %s', t) INTO rows;
  IF rows > 0 THEN
    RAISE EXCEPTION '% is placed after rows were written', t;
  END IF;
  PERFORM pg_catalog.note(t, 'h');
END $$;
"""


@pytest.fixture
def citus_like_url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="pitboss-citus-") as name:
        extensions = Path(name) / "extension"
        extensions.mkdir()
        (extensions / "citus.control").write_text(CONTROL)
        (extensions / "citus--1.sql").write_text(STAND_IN)
        # The server's account has to read them.
        os.chmod(name, 0o755)
        settings = {"extension_control_path": f"{name}:$system", "allow_system_table_mods": "on"}
        with EmbeddedPostgres(Path(name) / "postgres", settings=settings) as server:
            server.create_database("spread")
            yield server.url_of("spread")


async def test_every_table_is_placed_as_its_file_says(citus_like_url: str) -> None:
    connection = await asyncpg.connect(citus_like_url)
    await connection.execute("CREATE EXTENSION citus")
    await migrate.upgrade(citus_like_url)
    placed = dict(await connection.fetch("SELECT logicalrelid::text, partmethod::text FROM pg_dist_partition"))
    tables = {row[0] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    await connection.close()
    assert set(placed) == tables
    asked = {"alembic_version": "n"}
    for file in (Path(migrate.__file__).parent / "migrations/versions").glob("*.sql"):
        for step in parse(file.read_text()):
            if isinstance(step, Place):
                asked[step.table] = "n" if step.reference else "h"
    assert placed == asked
    assert placed["entry"] == placed["wallet"] == "h"


async def test_a_second_upgrade_places_nothing_twice(citus_like_url: str) -> None:
    connection = await asyncpg.connect(citus_like_url)
    await connection.execute("CREATE EXTENSION citus")
    await connection.close()
    assert await migrate.upgrade(citus_like_url) is True
    assert await migrate.upgrade(citus_like_url) is False
