"""The embedded server in ordinary life: first start, kept data, address, settings, accounts."""

import asyncio
import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from pitboss.storage.embedded import (
    DurabilityError,
    EmbeddedPostgres,
    EmbeddedPostgresError,
    binaries,
    binary,
    check_durability,
)
from pitboss.storage.embedded.processes import server_processes


def ask(url: str, query: str) -> object:
    async def once() -> object:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(once())


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for a data directory below a folder that only we may enter."""
    with tempfile.TemporaryDirectory(prefix="pitboss-embedded-") as name:
        assert stat.S_IMODE(os.stat(name).st_mode) == 0o700
        yield Path(name) / "hub" / "postgres"


def test_the_first_start_makes_a_cluster_that_keeps_its_data_address_and_password(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        first_url = server.url
        ask(first_url, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert stat.S_IMODE((folder / "password").stat().st_mode) == 0o600
    assert server_processes(folder / "pgdata") == []
    with EmbeddedPostgres(folder) as server:
        assert server.url == first_url
        assert ask(server.url, "SELECT answer FROM kept") == 42


def test_the_server_is_what_a_hub_wants(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        wanted = {
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "data_checksums": "on",
            "jit": "off",
            "server_encoding": "UTF8",
            "TimeZone": "UTC",
            "listen_addresses": "127.0.0.1",
        }
        assert {name: ask(server.url, f"SELECT current_setting('{name}')") for name in wanted} == wanted
        assert ask(server.url, "SELECT upper('straße ñ')") == "STRAßE Ñ"


def test_nobody_logs_in_without_the_password(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        password = (folder / "password").read_text().strip()
        assert password not in repr(server)
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(server.url.replace(password, "wrong"), "SELECT 1")
        command_lines = b"".join(
            Path(f"/proc/{p.pid}/cmdline").read_bytes() for p in server_processes(folder / "pgdata")
        )
        assert b"postgres" in command_lines
        assert password.encode() not in command_lines
        assert password not in (folder / "server.log").read_text()


def test_the_socket_is_there_too(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        assert server.socket_dir is not None
        port = server.url.rpartition("@")[2].partition("/")[0].rpartition(":")[2]
        password = (folder / "password").read_text().strip()
        url = f"postgresql://pitboss:{password}@/pitboss?host={server.socket_dir}&port={port}"
        assert ask(url, "SELECT inet_client_addr() IS NULL") is True


def test_a_taken_port_is_left_alone(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        port = int(server.url.rpartition("@")[2].partition("/")[0].rpartition(":")[2])
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        with EmbeddedPostgres(folder) as server:
            assert f":{port}/" not in server.url
            assert ask(server.url, "SELECT 1") == 1
        with pytest.raises(EmbeddedPostgresError, match=f"port {port} .* in use"):
            EmbeddedPostgres(folder, port=port).start()
    with EmbeddedPostgres(folder, port=port) as server:
        assert f":{port}/" in server.url


def test_databases_are_created_copied_and_dropped(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        server.create_database("one")
        ask(server.url_of("one"), "CREATE TABLE t AS SELECT 1 AS a")
        server.create_database('odd "name"', template="one")
        assert ask(server.url_of('odd "name"'), "SELECT a FROM t") == 1
        with pytest.raises(EmbeddedPostgresError, match="already exists"):
            server.create_database("one")
        server.drop_database("one")
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            ask(server.url_of("one"), "SELECT 1")


@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
def test_a_forgetful_server_is_refused(folder: Path, name: str) -> None:
    with (
        EmbeddedPostgres(folder, settings={name: "off"}) as server,
        pytest.raises(DurabilityError, match=f"{name} off"),
    ):
        asyncio.run(_check(server.url))
    with EmbeddedPostgres(folder) as server:
        asyncio.run(_check(server.url))
        with pytest.raises(DurabilityError, match="synchronous_commit off"):
            asyncio.run(_check(server.url, {"synchronous_commit": "off"}))


def test_a_server_without_checksums_is_refused(folder: Path) -> None:
    with EmbeddedPostgres(folder):
        pass
    pgdata = folder / "pgdata"
    owner = pgdata.stat()
    lent = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    subprocess.run(
        [binary("pg_checksums"), "--disable", "-D", "."], cwd=pgdata, check=True, capture_output=True, **lent
    )
    with EmbeddedPostgres(folder) as server, pytest.raises(DurabilityError, match="data_checksums off"):
        asyncio.run(_check(server.url))


async def _check(url: str, settings: dict[str, str] | None = None) -> None:
    connection = await asyncpg.connect(url, server_settings=settings or {})
    try:
        await check_durability(connection)
    finally:
        await connection.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a plain user")
def test_a_plain_user_runs_it_as_itself() -> None:
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory(prefix="pitboss-plain-") as name:
        os.chown(name, nobody.pw_uid, nobody.pw_gid)
        child = os.fork()
        if child == 0:
            # No exec: our Python may live in root's home.
            try:
                os.setgroups([])
                os.setgid(nobody.pw_gid)
                os.setuid(nobody.pw_uid)
                with EmbeddedPostgres(Path(name) / "data") as server:
                    good = server.run_sql("SELECT 41 + 1").strip() == "42"
                os._exit(0 if good and (Path(name) / "data/pgdata").stat().st_uid == nobody.pw_uid else 1)
            except BaseException:  # noqa: BLE001
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server an account")
def test_root_lends_an_account_that_need_not_enter_where_the_programs_are(
    folder: Path, request: pytest.FixtureRequest
) -> None:
    copy = binaries.reachable_installation(reachable=False)
    request.addfinalizer(lambda: shutil.rmtree(copy.parent.parent))
    assert copy != binaries.installation()
    assert binaries.reachable_installation(reachable=False) == copy
    original = binaries.reachable_installation
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(binaries, "reachable_installation", lambda _: original(False))
        with EmbeddedPostgres(folder) as server:
            assert ask(server.url, "SELECT 1") == 1
            assert server.pid is not None
            assert os.readlink(f"/proc/{server.pid}/exe").startswith(str(copy))
            assert Path(f"/proc/{server.pid}").stat().st_uid != 0


def test_a_place_that_cannot_be_used_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedPostgresError, match=r"cannot use .*file") as caught:
        EmbeddedPostgres(tmp_path / "file" / "data").start()
    assert "\n" not in str(caught.value)
