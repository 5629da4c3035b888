"""SIGKILL of anything, and what it leaves behind: data is kept, there is never a second postmaster, nothing waits for ever."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from pitboss.storage.embedded import EmbeddedPostgres, EmbeddedPostgresError, postmaster
from pitboss.storage.embedded.processes import ServerProcess, postmaster_of, server_processes

# The last one is asyncpg stumbling over a connection that breaks between two messages.
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

SUPERVISOR = """
import sys, time
from pathlib import Path
from pitboss.storage.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.url, flush=True)
time.sleep(600)
"""


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


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
    with tempfile.TemporaryDirectory(prefix="pitboss-survival-") as name:
        yield Path(name) / "postgres"


@pytest.fixture
def pgdata(folder: Path) -> Iterator[Path]:
    """A cluster with one row in it, stopped; whatever a test leaves running is killed."""
    pgdata = folder / "pgdata"
    with EmbeddedPostgres(folder) as server:
        ask(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
    yield pgdata
    for process in server_processes(pgdata):
        os.kill(process.pid, signal.SIGKILL)


def supervisor_process(folder: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def watchdogs_of(postmaster_pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"postgres-watchdog" in words and str(postmaster_pid).encode() in words:
            found.append(int(entry.name))
    return found


def leader(pgdata: Path) -> ServerProcess:
    found = postmaster_of(pgdata, server_processes(pgdata))
    assert found is not None
    return found


def still_holds_its_row(folder: Path) -> bool:
    with EmbeddedPostgres(folder) as server:
        assert len([p for p in server_processes(folder / "pgdata") if p.parent == os.getpid()]) == 1
        return ask(server.url, "SELECT answer FROM kept") == 42


def test_a_killed_supervisor_takes_its_server_along(folder: Path, pgdata: Path) -> None:
    process, _ = supervisor_process(folder)
    pid = leader(pgdata).pid
    kill(process)
    until(lambda: not server_processes(pgdata))
    assert "received fast shutdown request" in (folder / "server.log").read_text()
    assert watchdogs_of(pid) == []
    assert still_holds_its_row(folder)


def test_a_server_left_over_is_stopped_cleanly_before_the_next_starts(folder: Path, pgdata: Path) -> None:
    process, url = supervisor_process(folder)
    left = leader(pgdata).pid
    for watchdog in watchdogs_of(left):
        os.kill(watchdog, signal.SIGKILL)
    kill(process)
    assert ask(url, "UPDATE kept SET answer = 43 RETURNING answer") == 43
    log_before = (folder / "server.log").stat().st_size
    with EmbeddedPostgres(folder) as server:
        assert server.pid != left
        assert leader(pgdata).pid == server.pid
        assert server.url == url
        assert ask(server.url, "SELECT answer FROM kept") == 43
    log = (folder / "server.log").read_text()[log_before:]
    assert "not properly shut down" not in log


def test_everything_killed_at_once(folder: Path, pgdata: Path) -> None:
    process, url = supervisor_process(folder)
    assert ask(url, "UPDATE kept SET answer = 42 RETURNING 1") == 1
    for watchdog in watchdogs_of(leader(pgdata).pid):
        os.kill(watchdog, signal.SIGKILL)
    for server_process in server_processes(pgdata):
        os.kill(server_process.pid, signal.SIGKILL)
    kill(process)
    assert (pgdata / "postmaster.pid").exists()
    assert still_holds_its_row(folder)
    assert "automatic recovery in progress" in (folder / "server.log").read_text()


def test_an_orphan_that_computes_without_end(folder: Path, pgdata: Path) -> None:
    process, url = supervisor_process(folder)
    endless = threading.Thread(target=_swallow, args=(url, "DO $$ BEGIN LOOP END LOOP; END $$"), daemon=True)
    endless.start()
    until(lambda: ask(url, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO%' AND state = 'active'"))
    lead = leader(pgdata).pid
    for watchdog in watchdogs_of(lead):
        os.kill(watchdog, signal.SIGKILL)
    os.kill(lead, signal.SIGKILL)
    kill(process)
    # The endless one alone survives its postmaster.
    until(lambda: len(server_processes(pgdata)) == 1)
    assert still_holds_its_row(folder)
    endless.join(10)


def _swallow(url: str, query: str) -> None:
    try:
        ask(url, query)
    except LOST:
        return


def test_a_stale_pid_file_of_a_dead_process(folder: Path, pgdata: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    plant_pid_files(pgdata, gone.pid)
    assert still_holds_its_row(folder)


def test_a_stale_pid_file_whose_id_a_stranger_has_now(folder: Path, pgdata: Path) -> None:
    owner = pgdata.stat()
    lent = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    stranger = subprocess.Popen(["sleep", "600"], **lent)
    try:
        plant_pid_files(pgdata, stranger.pid)
        assert still_holds_its_row(folder)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_stale_pid_file_whose_id_another_server_has_now(folder: Path, pgdata: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="pitboss-other-") as other, EmbeddedPostgres(Path(other) / "d") as stranger:
        assert stranger.pid is not None
        plant_pid_files(pgdata, stranger.pid)
        assert still_holds_its_row(folder)
        assert ask(stranger.url, "SELECT 1") == 1


def plant_pid_files(pgdata: Path, pid: int) -> None:
    port = (pgdata.parent / "port").read_text().strip()
    text = f"{pid}\n{pgdata}\n1700000000\n{port}\n.\n127.0.0.1\n  1234567         9\nready   \n"
    owner = pgdata.stat()
    for name in ("postmaster.pid", f".s.PGSQL.{port}.lock"):
        (pgdata / name).write_text(text)
        os.chown(pgdata / name, owner.st_uid, owner.st_gid)


@pytest.mark.parametrize("content", ["", "rubbish\n", "-1\n", "99999999999999999999\n"])
def test_a_damaged_pid_file(folder: Path, pgdata: Path, content: str) -> None:
    (pgdata / "postmaster.pid").write_text(content)
    os.chown(pgdata / "postmaster.pid", pgdata.stat().st_uid, pgdata.stat().st_gid)
    assert still_holds_its_row(folder)


def test_a_second_supervisor_is_turned_away(folder: Path, pgdata: Path) -> None:
    process, url = supervisor_process(folder)
    try:
        with pytest.raises(EmbeddedPostgresError, match=rf"in use .*pid {process.pid}"):
            EmbeddedPostgres(folder).start()
        assert ask(url, "SELECT answer FROM kept") == 42
    finally:
        kill(process)
    until(lambda: not server_processes(pgdata))


def test_a_first_start_killed_half_way(folder: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(folder)], stdout=subprocess.PIPE, text=True)
    until(lambda: list(folder.glob("pgdata.new-*/base/1")))
    kill(process)
    assert not (folder / "pgdata").exists()
    with EmbeddedPostgres(folder) as server:
        assert ask(server.url, "SELECT 1") == 1
    assert set(os.listdir(folder)) == {"created", "lock", "password", "pgdata", "port", "server.log"}


def test_a_killed_postmaster_is_back_at_its_address_and_forgets_nothing_it_confirmed(folder: Path) -> None:
    restarts: list[str] = []

    def note_and_stumble(line: str) -> None:
        restarts.append(line)
        raise RuntimeError("a listener's own mistake")

    with EmbeddedPostgres(folder) as server:
        server.supervise(note_and_stumble)
        url = server.url
        ask(url, "CREATE TABLE happened (n integer PRIMARY KEY)")
        confirmed: list[int] = []
        stop = threading.Event()
        writer = threading.Thread(target=_write_until, args=(url, confirmed, stop), daemon=True)
        writer.start()
        for turn in range(3):
            seen = len(confirmed)
            until(lambda seen=seen: len(confirmed) > seen + 20)  # type: ignore[misc]
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
            until(lambda turn=turn: len(restarts) == turn + 1)  # type: ignore[misc]
        stop.set()
        writer.join(20)
        assert server.url == url
        assert ask(url, "SELECT array_agg(n ORDER BY n) @> $$" + _array(confirmed) + "$$::int[] FROM happened") is True
        assert all("SIGKILL" in line for line in restarts)
    assert server_processes(folder / "pgdata") == []


def _array(numbers: list[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _write_until(url: str, confirmed: list[int], stop: threading.Event) -> None:
    async def write() -> None:
        n = 0
        while not stop.is_set():
            try:
                connection = await asyncpg.connect(url, timeout=5)
            except LOST:
                await asyncio.sleep(0.01)
                continue
            try:
                while not stop.is_set():
                    n += 1
                    await connection.execute("INSERT INTO happened VALUES ($1)", n)
                    confirmed.append(n)
            except LOST:
                continue
            finally:
                connection.terminate()

    asyncio.run(write())


def test_a_killed_backend_brings_the_server_back_by_itself(folder: Path, pgdata: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        before = server.pid
        with pytest.raises(LOST):
            asyncio.run(_kill_own_backend(server.url))
        until(lambda: _answers(server.url))
        assert server.pid == before
        assert ask(server.url, "SELECT answer FROM kept") == 42


async def _kill_own_backend(url: str) -> None:
    connection = await asyncpg.connect(url)
    os.kill(connection.get_server_pid(), signal.SIGKILL)
    await connection.fetchval("SELECT pg_sleep(60)")


def _answers(url: str) -> bool:
    try:
        return ask(url, "SELECT 1") == 1
    except LOST:
        return False


def test_a_long_recovery_is_waited_for_and_talked_about(
    folder: Path, pgdata: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    server = EmbeddedPostgres(folder, settings={"checkpoint_timeout": "1h", "log_startup_progress_interval": "100"})
    server.start()
    ask(server.url, "CREATE TABLE much AS SELECT n, repeat('x', 50) AS t FROM generate_series(1, 1000000) n")
    ask(server.url, "CREATE INDEX ON much (t, n)")
    ask(server.url, "UPDATE much SET t = repeat('y', 60)")
    for process in server_processes(pgdata):
        os.kill(process.pid, signal.SIGKILL)
    server.stop()
    # Recovery takes longer than this patience with a server that does nothing.
    monkeypatch.setattr(postmaster, "STALLED_S", 0.9)
    monkeypatch.setattr(postmaster, "REPORT_EVERY_S", 0.5)
    with EmbeddedPostgres(folder) as server:
        assert ask(server.url, "SELECT count(*) FROM much WHERE t LIKE 'y%'") == 1000000
    assert "is busy with its start" in caplog.text


def test_a_start_that_gets_nowhere_is_given_up(folder: Path, pgdata: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postmaster, "STALLED_S", 2.0)

    def freeze() -> None:
        until(lambda: server_processes(pgdata))
        for process in server_processes(pgdata):
            os.kill(process.pid, signal.SIGSTOP)

    freezer = threading.Thread(target=freeze)
    freezer.start()
    with pytest.raises(EmbeddedPostgresError, match="does not get on"):
        EmbeddedPostgres(folder).start()
    freezer.join()
    assert server_processes(pgdata) == []
    assert still_holds_its_row(folder)


def test_a_lost_password_file_is_named(folder: Path, pgdata: Path) -> None:
    (folder / "password").unlink()
    with pytest.raises(EmbeddedPostgresError, match="password is missing"):
        EmbeddedPostgres(folder).start()


def test_a_server_that_refuses_to_start_says_why(folder: Path, pgdata: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match=r"no_such_setting|configuration file"):
        EmbeddedPostgres(folder, settings={"no_such_setting": "1"}).start()
    assert still_holds_its_row(folder)
