"""What a sandbox keeps between starts beside its database: ports and credentials, in one file that only its owner reads."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FILE = "sandbox.json"


def read_kept(data_dir: Path) -> dict[str, Any]:
    """What the last start kept; empty on the first one."""
    path = data_dir / _FILE
    if not path.exists():
        return {}
    kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return kept


def keep(data_dir: Path, content: Mapping[str, Any]) -> None:
    """Keep it for the next start."""
    write_private(data_dir / _FILE, content)


def write_private(path: Path, content: Mapping[str, Any]) -> None:
    """JSON into a file of mode 0600, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
