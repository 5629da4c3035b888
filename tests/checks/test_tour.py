"""The README's tour does what it says, line by line, against a sandbox started as `make demo` starts it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from running_sandbox import running_sandbox

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXPECTED = "# → "


def commands(text: str) -> str:
    """All that the tour has a reader type; where it shows an answer, a mark, so that answers can be told apart."""
    lines = [line for block in _BLOCK.findall(text) for line in block.splitlines()]
    return "\n".join(f"echo {_mark(place)}" if line.startswith(_EXPECTED) else line for place, line in enumerate(lines))


def expectations(text: str) -> list[tuple[str, str]]:
    """For each promise: the mark its answer ends with, and what must be in the answer."""
    lines = [line for block in _BLOCK.findall(text) for line in block.splitlines()]
    return [(_mark(place), line[len(_EXPECTED) :]) for place, line in enumerate(lines) if line.startswith(_EXPECTED)]


def _mark(place: int) -> str:
    return f"--line-{place}--"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Path]:
    """A folder like the project's, with a sandbox's credentials where `make demo` puts them."""
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    with running_sandbox(tmp_path / "var/demo") as sandbox:
        yield tmp_path
        assert sandbox.stop() == 0


def test_the_tour_does_what_it_says(demo: Path) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PITBOSS_")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail"], input=commands(text), cwd=demo, env=environment, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    rest = done.stdout
    promises = expectations(text)
    assert len(promises) > 10
    for mark, promise in promises:
        answer, _, rest = rest.partition(mark)
        assert promise in answer, done.stdout + done.stderr
