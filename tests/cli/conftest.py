"""The command line, run as people run it, over a real database."""

import os
from pathlib import Path

import pytest
from command_line import Cli, Done

from pitboss.cli import run


@pytest.fixture
def cli(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """`cli("agent", "create", …)` in this process, against the test's own database; secrets' key in a home of its own."""
    for name in [name for name in os.environ if name.startswith("PITBOSS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PITBOSS_DATABASE_URL", database_url)
    monkeypatch.setenv("HOME", str(tmp_path))

    def command(*arguments: object) -> Done:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Done(code, *capsys.readouterr())

    return command
