"""A database that cannot be used is told in one line that repeats no password."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "database-url: is not a postgresql:// URL"),
        ("mysql://a:hidden@127.0.0.1/b", "database-url: is not a postgresql:// URL"),
        ("postgresql://a:hidden@127.0.0.1:1/b", "the database cannot be reached or used: ConnectionRefusedError"),
    ],
)
def test_one_line(url: str, told: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pitboss", "verify", "--database-url", url], capture_output=True, text=True, timeout=30
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", f"pitboss: {told}\n")
