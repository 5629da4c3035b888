"""The import contracts of pyproject.toml catch what they are there for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PLANTED = [
    ("src/pitboss/domain/money.py", "import pitboss.engine.engine", "layers"),
    ("src/pitboss/domain/money.py", "import pitboss.wire.wallet", "layers"),
    ("src/pitboss/wire/wallet.py", "import pitboss.domain.money", "layers"),
    ("src/pitboss/storage/play/batch.py", "import pitboss.engine.hub", "layers"),
    ("src/pitboss/storage/play/batch.py", "import pitboss.settings", "layers"),
    ("src/pitboss/engine/hub.py", "import pitboss.edges.caller", "layers"),
    ("src/pitboss/engine/hub.py", "import pitboss.app", "layers"),
    ("src/pitboss/edges/health/routes.py", "import pitboss.cli", "layers"),
    ("src/pitboss/edges/health/routes.py", "import pitboss.edges.wallet_api.answers", "edges"),
    ("src/pitboss/edges/caller.py", "import pitboss.edges.wallet_api.answers", "edges"),
    ("src/pitboss/backoffice/players/search.py", "import pitboss.backoffice.staff.people", "back-office"),
    ("src/pitboss/backoffice/office.py", "import pitboss.backoffice.grid", "back-office"),
    ("src/pitboss/wire/wallet.py", "import httpx", "no-io"),
    ("src/pitboss/domain/money.py", "import asyncpg", "no-io"),
    ("src/pitboss/engine/hub.py", "import pitboss_studio.money", "hub-without-studio"),
    ("src/pitboss/engine/hub.py", "import pitboss_operator.money", "hub-without-operator"),
    ("src/pitboss_operator/money.py", "import pitboss.domain.money", "operator-alone"),
    ("src/pitboss_operator/money.py", "import pitboss_studio.money", "operator-alone"),
    ("src/pitboss_operator/money.py", "import pitboss_operator.web.wallet", "operator-layers"),
    ("src/pitboss_studio/money.py", "import pitboss.domain.money", "studio-without-hub"),
    ("src/pitboss_studio/money.py", "import pitboss_studio.web.api", "studio-layers"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's sources and its configuration, to be broken."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    # The linter looks for the packages where it is started.
    program = Path(sys.executable).with_name("lint-imports")
    command = [program, "--no-logo", "--no-cache", "--config", folder / "pyproject.toml", "--contract", contract]
    return subprocess.run(command, cwd=folder / "src", capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("file", "line", "contract"), PLANTED)
def test_a_planted_import_is_caught(copy: Path, file: str, line: str, contract: str) -> None:
    with (copy / file).open("a") as source:
        source.write(f"\n{line}\n")
    done = lint(copy, contract)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


def test_a_new_part_needs_a_place(copy: Path) -> None:
    (copy / "src/pitboss/newpart.py").write_text('"""New."""\n')
    done = lint(copy, "layers")
    assert done.returncode == 1
    assert "newpart" in done.stdout
