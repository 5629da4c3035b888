"""docs/studios.md: its walk through a sandbox works as it stands."""

import json
import os
import subprocess
import sys
from pathlib import Path

from running_sandbox import running_sandbox

PAGE = Path(__file__).parents[3] / "docs" / "studios.md"


def test_the_walk_through(tmp_path: Path) -> None:
    _, _, rest = PAGE.read_text("utf-8").partition("test_studios_page.py -->\n```sh\n")
    script, closed, _ = rest.partition("\n```")
    assert closed
    with running_sandbox(tmp_path / "sandbox") as sandbox:
        (tmp_path / "demo.json").write_text(json.dumps(sandbox.credentials))
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-eu", "-c", script],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stdout
    assert done.stdout.endswith('"data":{"balance":82.75,"currency_code":"EUR"}}}PONG')
