"""The peer of P1: PostgreSQL's own TPC-B-like benchmark on the same server."""

import os
import re
import secrets
import subprocess
from typing import Self

from pitboss.bench.figure import BenchError
from pitboss.storage.address import Address, for_database, without_password
from pitboss.storage.embedded import binary

SCALE, CLIENTS = 10, 16
LOG_FILES = 64
"""Of 16 MB: a minute of bets."""
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


class TpcB:
    """A database of its own on the server of `database_url`, dropped at the end."""

    def __init__(self, database_url: str) -> None:
        self._name = f"bench_tpcb_{secrets.token_hex(4)}"
        self._maintenance = without_password(for_database(database_url, "postgres"))
        self._address = without_password(for_database(database_url, self._name))

    def __enter__(self) -> Self:
        self._run("createdb", "--maintenance-db", self._maintenance.url, self._name)
        self._run("pgbench", "-i", "-s", str(SCALE), "-q", self._address.url)
        return self

    def __exit__(self, *_: object) -> None:
        self._run("dropdb", "--if-exists", "--force", "--maintenance-db", self._maintenance.url, self._name)

    def run(self, seconds: int) -> float:
        """Transactions per second."""
        output = self._run(
            "pgbench", "-c", str(CLIENTS), "-j", "2", "-M", "prepared", "-T", str(seconds), self._address.url
        )
        match = _TPS.search(output)
        if match is None:
            raise BenchError("pgbench told no tps")
        return float(match[1])

    def _run(self, program: str, *arguments: str) -> str:
        return run_program(self._address, program, *arguments)


def analyze(database_url: str, *, vacuum: bool = False) -> None:
    """Give the planner the statistics that autovacuum would bring within a minute; pgbench does as much for its own tables. With
    `vacuum` also what it would do after so many rows: note which pages everybody may see."""
    address = without_password(database_url)
    run_program(address, "vacuumdb", "--analyze" if vacuum else "--analyze-only", "--quiet", "--dbname", address.url)


def age_log(database_url: str) -> None:
    """Give a new server the write-ahead log of one that has been at work: LOG_FILES files to write over. While there are none,
    each 16 MB somebody's commit writes the next file full of zeros, and all commits wait for it (60 ms); from its first checkpoints
    on, a server uses its old files again."""
    address = without_password(for_database(database_url, "postgres"))
    fill = f"SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal() FROM generate_series(1, {LOG_FILES})"  # noqa: S608
    run_program(address, "psql", "--quiet", "--output", os.devnull, "-c", fill, "-c", "CHECKPOINT", address.url)


def run_program(address: Address, program: str, *arguments: str) -> str:
    """What one of PostgreSQL's programs prints. Raises BenchError."""
    done = subprocess.run(
        [binary(program), *arguments],
        env={**os.environ, **address.environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BenchError(f"{program} failed: {' '.join(done.stderr.strip().splitlines()[-1:])}")
    return done.stdout
