"""Secrets: sealed at rest, opened by one master key only, shown by nothing."""

import asyncio
from pathlib import Path

import pytest
from admin_stage import NOW, Desk, open_desk

from pitboss.domain.agents.keys import Scope
from pitboss.storage.database import APP_ROLE, Database
from pitboss.storage.keys import rotate_key
from pitboss.storage.secrets import MasterKeyError, SecretBox, ensure_master_key, open_box, read_master_key


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_only_the_same_key_and_context_open() -> None:
    box, other = SecretBox(b"a" * 32), SecretBox(b"b" * 32)
    sealed = box.seal("sécret", b"agent:9")
    assert box.open(sealed, b"agent:9") == "sécret"
    assert sealed != box.seal("sécret", b"agent:9")
    assert b"cret" not in sealed
    flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for wrong_box, wrong_sealed, context in (
        (other, sealed, b"agent:9"), (box, sealed, b"agent:8"), (box, flipped, b"agent:9"), (box, b"", b"agent:9"),
        (box, sealed[:12], b"agent:9"), (box, b"\x02" + sealed[1:], b"agent:9"), (box, sealed[:14], b"agent:9"),
    ):  # fmt: skip
        with pytest.raises(MasterKeyError) as caught:
            wrong_box.open(wrong_sealed, context)
        assert "cret" not in str(caught.value).replace("secret", "")


def test_hashes_of_api_keys_are_keyed() -> None:
    one, other = SecretBox(b"a" * 32), SecretBox(b"b" * 32)
    assert one.hash_key("pb_x") == SecretBox(b"a" * 32).hash_key("pb_x")
    assert len({one.hash_key("pb_x"), one.hash_key("pb_y"), other.hash_key("pb_x")}) == 3


async def test_the_key_is_made_once_and_only_its_path_is_told(database_url: str, tmp_path: Path) -> None:
    databases = [await Database.open(database_url, None, size=1) for _ in range(4)]

    async def ensure(database: Database, folder: str) -> Path:
        async with database.anyone() as conn:
            return await ensure_master_key(conn, tmp_path / folder)

    paths = await asyncio.gather(*(ensure(database, f"dir{n}") for n, database in enumerate(databases)))
    assert len(set(paths)) == 1
    assert files_in(tmp_path) == [paths[0]]
    assert paths[0].stat().st_mode & 0o777 == 0o600
    key = read_master_key(paths[0])
    assert len(key) == 32
    async with databases[0].anyone() as conn:
        row = await conn.fetchrow("SELECT * FROM hub")
    assert row is not None
    assert row["master_key_file"] == str(paths[0])
    assert key.hex() not in repr(tuple(row))
    for database in databases:
        await database.close()


async def test_two_hubs_in_one_folder_have_keys_of_their_own(
    database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    from pitboss.storage import migrate

    await migrate.upgrade(empty_database_url)
    async with open_desk(database_url, tmp_path) as one, open_desk(empty_database_url, tmp_path) as two:
        with pytest.raises(MasterKeyError):
            two.box.open(one.box.seal("x", b"agent:1"), b"agent:1")


async def test_a_wrong_master_key_is_told_before_anything_is_sealed(database_url: str, tmp_path: Path) -> None:
    async with open_desk(database_url, tmp_path) as desk:
        await desk.provider()
        other = tmp_path / "other.key"
        other.write_text("ab" * 32)
        other.chmod(0o600)
        with pytest.raises(MasterKeyError, match=r"other\.key: .*provider:1: not the key this database was made with"):
            await open_box(desk.conn, str(other))
        # Once there are secrets, a missing file is a mistake, not a first start.
        missing = str(tmp_path / "missing.key")
        await ensure_master_key(desk.conn, tmp_path, missing)
        assert files_in(tmp_path) == [tmp_path / "master.key", other]
        with pytest.raises(MasterKeyError, match=r"missing\.key cannot be read"):
            await open_box(desk.conn, missing)


async def test_a_named_file_goes_first_and_is_made_on_first_start(database_url: str, tmp_path: Path) -> None:
    database = await Database.open(database_url, None, size=1)
    async with database.anyone() as conn:
        named = tmp_path / "named.key"
        assert await ensure_master_key(conn, tmp_path / "default", str(named)) == named
        assert await conn.fetchval("SELECT master_key_file FROM hub") is None
        assert not (tmp_path / "default").exists()
        await open_box(conn, str(named))
        with pytest.raises(MasterKeyError, match="no master key yet"):
            await open_box(conn, None)
    await database.close()


@pytest.mark.parametrize("content", ["", "zz" * 32, "ab" * 31, "ab" * 33, "\xff"])
def test_a_file_that_holds_no_key(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(MasterKeyError, match=r"bad\.key does not hold 64 hex digits"):
        read_master_key(path)


def test_a_file_open_to_everybody_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "open.key"
    path.write_text("ab" * 32)
    path.chmod(0o644)
    with pytest.raises(MasterKeyError, match=r"open\.key is open to every user"):
        read_master_key(path)


async def _everything_stored(desk: Desk) -> str:
    tables = await desk.conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [await desk.conn.fetch(f'SELECT * FROM "{table["tablename"]}"') for table in tables]
    return repr([[tuple(row) for row in table] for table in rows])


async def test_secrets_are_in_no_row_and_no_repr(database_url: str, tmp_path: Path) -> None:
    async with open_desk(database_url, tmp_path) as desk:
        agent, provider = await desk.agent(), await desk.provider()
        key = await rotate_key(desk.conn, desk.box, agent.agent_id, Scope.AGENT_API, actor="test", now=NOW)
        stored = await _everything_stored(desk)
        application = await Database.open(database_url, APP_ROLE, size=1)
        async with application.anyone() as conn:
            box = await open_box(conn, None)
        await application.close()
        shown = repr((agent, provider, key, desk.box, box, await desk.catalogue()))
        assert agent.operator_id in stored
        assert agent.operator_id in shown
        for secret in (
            agent.secret_key, provider.secret_key, agent.external_api_key, agent.partner_api_key, agent.events_api_key,
            key.text, key.text.rpartition("_")[2], read_master_key(tmp_path / "master.key").hex(),
        ):  # fmt: skip
            assert secret not in stored
            assert secret not in shown
