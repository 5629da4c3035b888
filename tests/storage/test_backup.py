"""A backup holds every row of one instant, a restore is everything or nothing (R14)."""

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from database_server import Server
from pitboss.storage import backup as backups
from pitboss.storage import migrate
from pitboss.storage.address import without_password
from pitboss.storage.backup import BackupError
from pitboss.storage.embedded import binary

# One player with 12.34 EUR, funded from outside: real rows of every kind of column the schema has.
ROWS = """
INSERT INTO currency VALUES ('EUR', 'Euro', 2);
UPDATE hub SET master_key_file = '/etc/pitboss/master.key';
INSERT INTO agent (id, prefix, name, type, base_currency, operator_id, sealed_secret, allowed_ips, created_at)
  VALUES (9, '2sjcc', 'Ünïcode "quoted"', 'transfer', 'EUR', 'op9', '\\x00ff10', '{10.0.0.0/8,::1}', '2026-01-02T03:04:05.678901Z');
INSERT INTO account (agent_id, id, kind, currency) VALUES (9, 1, 'funding', 'EUR');
INSERT INTO player (agent_id, player_id, username, currency, created_at)
  VALUES (9, '2sjcc0123456789a', 'anna', 'EUR', now());
INSERT INTO wallet (agent_id, id, user_in_game, player_id, currency, balance, version)
  VALUES (9, 7, '2sjcc0123456789a-EUR', '2sjcc0123456789a', 'EUR', 1234, 2);
INSERT INTO entry (agent_id, id, transaction_id, from_account, to_account, amount, to_version, to_after, at)
  VALUES (9, '18a0000000000000000000000000000a', '18a00000000000000000000000000001', 1, 7, 1000, 1, 1000, now()),
         (9, '18a0000000000000000000000000000b', '18a00000000000000000000000000002', 1, 7, 234, 2, 1234, now());
"""

REPLAY = (
    "SELECT w.balance = (SELECT sum(amount) FROM entry e WHERE e.to_account = w.id) AND w.balance = 1234 FROM wallet w"
)


@pytest.fixture
async def filled_url(database_url: str) -> str:
    connection = await asyncpg.connect(database_url)
    await connection.execute(ROWS)
    await connection.close()
    return database_url


@pytest.fixture
def second_url(postgres: Server) -> Iterator[str]:
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


async def everything_in(url: str) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    connection = await asyncpg.connect(url)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    rows = {
        name: [row["t"] for row in await connection.fetch(f'SELECT t::text AS t FROM "{name}" t ORDER BY 1')]
        for (name,) in tables
    }
    await connection.close()
    return rows


async def test_a_restored_database_holds_every_row_and_every_right(
    filled_url: str, second_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "pitboss.dump"
    written = await backups.backup(filled_url, file)
    assert written == backups.Backup(migrate.HEAD, "/etc/pitboss/master.key")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["pitboss.dump"]

    assert await backups.restore(second_url, file) == written
    before, after = await everything_in(filled_url), await everything_in(second_url)
    assert before["wallet"] != []
    assert after == before

    connection = await asyncpg.connect(second_url)
    await migrate.ensure_current(connection)
    assert await connection.fetchval(REPLAY) is True
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute("UPDATE wallet SET balance = -1")
    await connection.execute("SET ROLE pitboss_app; SET app.agent_id = 8")
    assert await connection.fetchval("SELECT count(*) FROM wallet") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("DELETE FROM entry")
    await connection.close()


async def test_a_backup_of_a_running_hub_is_of_one_instant(filled_url: str, second_url: str, tmp_path: Path) -> None:
    stop = asyncio.Event()

    async def pay_without_end() -> None:
        connection = await asyncpg.connect(filled_url)
        while not stop.is_set():
            async with connection.transaction():
                await connection.execute("UPDATE wallet SET balance = balance + 1, version = version + 1")
                await connection.execute(
                    "INSERT INTO entry (agent_id, id, transaction_id, from_account, to_account, amount, at)"
                    " VALUES (9, gen_random_uuid(), gen_random_uuid(), 1, 7, 1, now())"
                )
        await connection.close()

    paying = asyncio.create_task(pay_without_end())
    await backups.backup(filled_url, tmp_path / "running.dump")
    stop.set()
    await paying
    await backups.restore(second_url, tmp_path / "running.dump")
    connection = await asyncpg.connect(second_url)
    balance, entries = await connection.fetchrow("SELECT balance, (SELECT sum(amount) FROM entry) FROM wallet")
    await connection.close()
    assert balance == entries > 1234


async def test_only_an_empty_database_is_restored_into(filled_url: str, second_url: str, tmp_path: Path) -> None:
    await backups.backup(filled_url, tmp_path / "a.dump")
    connection = await asyncpg.connect(second_url)
    await connection.execute("CREATE TABLE somebody_elses (a integer)")
    await connection.close()
    with pytest.raises(BackupError, match=r"not empty.*somebody_elses"):
        await backups.restore(second_url, tmp_path / "a.dump")
    assert list(await everything_in(second_url)) == ["somebody_elses"]


@pytest.mark.parametrize("damage", ["flipped", "cut"])
async def test_a_damaged_backup_leaves_nothing_behind(
    filled_url: str, second_url: str, tmp_path: Path, damage: str
) -> None:
    connection = await asyncpg.connect(filled_url)
    # So much that the file's middle is one table's rows: what comes before them can be restored.
    await connection.execute("CREATE TABLE zebra AS SELECT gen_random_uuid() AS stripe FROM generate_series(1, 20000)")
    await connection.close()
    file = tmp_path / "a.dump"
    await backups.backup(filled_url, file)
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    if damage == "flipped":
        content[middle : middle + 64] = bytes(255 - byte for byte in content[middle : middle + 64])
    else:
        del content[middle:]
    file.write_bytes(content)
    with pytest.raises(BackupError):
        await backups.restore(second_url, file)
    assert await everything_in(second_url) == {}


async def test_a_newer_backup_is_refused_before_anything_is_written(
    filled_url: str, second_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "newer.dump"
    writer = await asyncpg.connect(filled_url)
    # What a newer program's backup would hold.
    await backups.backup(filled_url, file)
    await writer.execute("UPDATE alembic_version SET version_num = '9999_later'")
    with pytest.raises(migrate.SchemaTooNew):
        await backups.backup(filled_url, file)
    address = without_password(filled_url)
    program = str(binary("pg_dump"))
    process = await asyncio.create_subprocess_exec(
        program, "-Fc", "-f", str(file), "-d", address.url, env={**os.environ, **address.environment()}
    )
    assert await process.wait() == 0
    await writer.close()
    with pytest.raises(migrate.SchemaTooNew, match="9999_later"):
        await backups.restore(second_url, file)
    assert await everything_in(second_url) == {}


@pytest.mark.parametrize("content", [b"", b"not a dump", b"PGDMP" + bytes(200)])
async def test_a_file_that_is_no_backup_is_refused(empty_database_url: str, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "strange"
    file.write_bytes(content)
    with pytest.raises(BackupError):
        await backups.restore(empty_database_url, file)


async def test_a_failed_backup_keeps_the_older_one(empty_database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.dump"
    file.write_bytes(b"yesterday's")
    with pytest.raises(migrate.SchemaTooOld):
        await backups.backup(empty_database_url, file)
    assert file.read_bytes() == b"yesterday's"


async def test_a_place_that_cannot_be_written_is_named(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="is not a file"):
        await backups.backup(database_url, tmp_path)
    with pytest.raises(BackupError, match=r"cannot write to .*/nowhere"):
        await backups.backup(database_url, tmp_path / "nowhere" / "a.dump")
    with pytest.raises(BackupError, match="No such file"):
        await backups.restore(database_url, tmp_path / "missing.dump")
