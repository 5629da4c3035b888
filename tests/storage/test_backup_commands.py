"""`pitboss db`, `backup` and `restore` as a person runs them: exit codes, one line on stderr, no password anywhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pitboss.storage import migrate
from pitboss.storage.address import for_database, without_password


def pitboss(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from pitboss.cli import main; main()", *words],
        env={**os.environ, "PITBOSS_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_schema_is_made_once_and_told_about(empty_database_url: str) -> None:
    told = [
        (done.returncode, done.stdout.strip(), done.stderr.strip())
        for done in (
            pitboss(empty_database_url, "db", "current"),
            pitboss(empty_database_url, "db", "upgrade"),
            pitboss(empty_database_url, "db", "upgrade"),
            pitboss(empty_database_url, "db", "current", "--check"),
        )
    ]
    assert told == [
        (0, "none", ""),
        (0, f"upgraded to {migrate.HEAD}", ""),
        (0, f"already at {migrate.HEAD}", ""),
        (0, migrate.HEAD, ""),
    ]


def test_a_backup_goes_round_and_the_master_key_is_spoken_of(
    database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.dump"
    written = pitboss(database_url, "backup", str(file))
    assert (written.returncode, "master key" in written.stderr) == (0, True)
    read = pitboss(empty_database_url, "restore", str(file))
    assert (read.returncode, "master key" in read.stderr) == (0, True)
    assert pitboss(empty_database_url, "db", "current", "--check").returncode == 0
    again = pitboss(empty_database_url, "restore", str(file))
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith("pitboss: the database is not empty")


@pytest.mark.parametrize(
    ("url", "words", "expected"),
    [
        ("postgresql://u:hush@127.0.0.1:1/x", ("db", "upgrade"), "cannot be reached"),
        ("postgresql://u:hush@127.0.0.1:1/x", ("backup", "/tmp/never"), "cannot be reached"),
        ("mysql://u:hush@127.0.0.1/x", ("backup", "/tmp/never"), "postgresql://"),
        ("mysql://u:hush@127.0.0.1/x", ("restore", "/tmp/never"), "postgresql://"),
    ],
)
def test_a_mistake_is_one_line(url: str, words: tuple[str, ...], expected: str) -> None:
    done = pitboss(url, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert expected in done.stderr
    assert done.stderr.count("\n") == 1
    assert "hush" not in done.stderr


def test_the_password_goes_through_the_environment_alone(database_url: str, tmp_path: Path) -> None:
    # A pg_dump of our own on the PATH notes what it was started with.
    noted = tmp_path / "noted"
    dump = tmp_path / "pg_dump"
    dump.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) $MAJOR.1" && exit 0\n'
        f'echo "$@" >> {noted}\n[ -n "$PGPASSWORD" ] && echo "$PGPASSWORD" > {noted}.password\nexit 1\n'
    )
    dump.chmod(0o755)
    majors = [str(number) for number in range(15, 20)]
    for major in majors:
        done = subprocess.run(
            [sys.executable, "-c", "from pitboss.cli import main; main()", "backup", str(tmp_path / "a.dump")],
            env={
                **os.environ,
                "PITBOSS_DATABASE_URL": database_url,
                "PATH": f"{tmp_path}:{os.environ['PATH']}",
                "MAJOR": major,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if noted.exists():
            break
    address = without_password(database_url)
    assert done.returncode == 1
    assert f"--dbname={address.url}" in noted.read_text()
    assert address.password
    assert address.password not in noted.read_text()
    assert Path(f"{noted}.password").read_text().strip() == address.password


@pytest.mark.parametrize(
    ("url", "bare", "password"),
    [
        ("postgresql://u:p@h:1/d", "postgresql://u@h:1/d", "p"),
        ("postgres://u:p%40%2F@h/d?sslmode=require", "postgres://u@h/d?sslmode=require", "p@/"),
        ("postgresql://u@h/d", "postgresql://u@h/d", None),
        ("postgresql:///d?host=/run/pg&password=p", "postgresql:///d?host=/run/pg", "p"),
        ("postgresql://u:p@/d?host=/run/pg", "postgresql://u@/d?host=/run/pg", "p"),
        ("postgresql://h/d", "postgresql://h/d", None),
    ],
)
def test_an_address_without_its_password(url: str, bare: str, password: str | None) -> None:
    assert without_password(url) == (bare, password)


def test_the_same_server_with_another_database() -> None:
    assert for_database("postgresql://u:p@h:1/d?sslmode=off", "e") == "postgresql://u:p@h:1/e?sslmode=off"
    assert for_database("postgresql://u:p@/d?host=/run/pg", "e") == "postgresql://u:p@/e?host=/run/pg"
