"""A disk without room: errors, never a false success, and back by itself when there is room again (R10)."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from pitboss.storage.embedded import EmbeddedPostgres

LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
MEGABYTE = 1 << 20


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 250 MB of its own."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small file system")
    with tempfile.TemporaryDirectory(prefix="pitboss-small-") as name:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=250m,mode=0700", "tmpfs", name], capture_output=True, check=False
        )
        if mounted.returncode != 0:
            pytest.skip(f"mounting is not allowed here: {mounted.stderr.decode().strip()}")
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)


def test_a_full_disk_refuses_and_recovers_by_itself(small_disk: Path) -> None:
    settings = {"shared_buffers": "16MB", "min_wal_size": "32MB", "max_wal_size": "64MB"}
    with EmbeddedPostgres(small_disk / "postgres", settings=settings) as server:
        server.supervise()
        confirmed = asyncio.run(_write_until_it_fails(server.url, small_disk))
        (small_disk / "filler").unlink()
        kept = asyncio.run(_read_when_it_answers(server.url))
        assert confirmed[-1] > 1
        assert set(confirmed) <= kept
        asyncio.run(_insert(server.url, 1_000_000))


async def _write_until_it_fails(url: str, disk: Path) -> list[int]:
    confirmed: list[int] = []
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE happened (n integer PRIMARY KEY, padding bytea)")
    _fill(disk)
    try:
        for n in range(1, 2_000):
            await connection.execute("INSERT INTO happened VALUES ($1, $2)", n, os.urandom(200_000))
            confirmed.append(n)
    except LOST:
        return confirmed
    finally:
        connection.terminate()
    raise AssertionError("400 MB fitted on the full disk")


def _fill(disk: Path) -> None:
    # Room for a few rows stays.
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with (disk / "filler").open("wb") as filler:
        for _ in range(free // MEGABYTE - 20):
            filler.write(bytes(MEGABYTE))


async def _read_when_it_answers(url: str) -> set[int]:
    deadline = time.monotonic() + 60
    while True:
        try:
            connection = await asyncpg.connect(url, timeout=10)
            rows = await connection.fetch("SELECT n FROM happened")
            await connection.close()
            return {row["n"] for row in rows}
        except LOST:
            assert time.monotonic() < deadline, "the server does not come back"
            await asyncio.sleep(0.05)


async def _insert(url: str, n: int) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("INSERT INTO happened VALUES ($1, 'x')", n)
    await connection.close()
