"""A data directory: made in one piece or not at all, and configured anew at each start."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pitboss.storage.embedded.account import Account, path_inside
from pitboss.storage.embedded.errors import EmbeddedPostgresError
from pitboss.storage.embedded.processes import kill_all, wait_until_none

OWNER = "pitboss"

# For a box of two cores that also runs the hub. Durability is spelt out: what stands here is what check_durability wants.
SETTINGS: Mapping[str, str] = {
    # After a crash every file is synced before the recovery; in one go that is a matter of milliseconds.
    **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_parallel_workers_per_gather": "1",
    "max_parallel_workers": "2",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "wal_buffers": "16MB",
    "min_wal_size": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "5min",
    "checkpoint_completion_target": "0.9",
    "log_startup_progress_interval": "5s",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "autovacuum_naptime": "20s",
    "update_process_title": "off",
}

_INCLUDE = "\n# Written anew at each start; ALTER SYSTEM overrides it.\ninclude_if_exists = 'pitboss.conf'\n"

_UNFINISHED = ".unfinished-"

# Below the range from which Linux hands out the near ends of outgoing connections (from 32768), so that no client's
# socket sits on the port while the server restarts.
_PORTS = range(20000, 32000)


def create_cluster(pgdata: Path, password: str, account: Account, installation: Path) -> None:
    """Make the data directory with owner OWNER: beside its place first, then renamed, so that it is never half there."""
    discard_unfinished(pgdata)
    work = Path(tempfile.mkdtemp(prefix=pgdata.name + ".new-", dir=pgdata.parent))
    account.give(work)
    _initdb(work, password, account, installation)
    with (work / "postgresql.conf").open("a") as configuration:
        configuration.write(_INCLUDE)
    _sync(work, account, installation)
    work.rename(pgdata)
    sync_folder(pgdata.parent)


def discard_unfinished(pgdata: Path) -> None:
    """Remove what a start left that was killed: unnamed files, half a cluster, and its initdb that goes on alone."""
    for written in (*pgdata.parent.glob(_UNFINISHED + "*"), *pgdata.glob(_UNFINISHED + "*")):
        written.unlink(missing_ok=True)
    for leftover in pgdata.parent.glob(pgdata.name + ".new-*"):
        kill_all(leftover, signal.SIGKILL)
        wait_until_none(leftover, 5)
        shutil.rmtree(leftover, ignore_errors=True)


def _sync(work: Path, account: Account, installation: Path) -> None:
    # A thousand files, each synced alone, take seconds on a busy disk; Linux can sync their file system in one go.
    method = ["--sync-method=syncfs"] if sys.platform == "linux" else []
    _run_initdb([*method, "--sync-only"], work, account, installation)


def _initdb(work: Path, password: str, account: Account, installation: Path) -> None:
    # On Linux the password goes through an open file without a name: nobody else can read it, no folder is in the way,
    # and nothing is left of it when we are killed.
    linux = sys.platform == "linux"
    with (tempfile.TemporaryFile if linux else tempfile.NamedTemporaryFile)("w", dir=work.parent) as secret:
        secret.write(password + "\n")
        secret.flush()
        account.give(secret.fileno())
        options = [
            f"--username={OWNER}",
            "--pwfile=" + (f"/proc/self/fd/{secret.fileno()}" if linux else secret.name),
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--data-checksums",
            "--no-sync",
            "--no-instructions",
        ]
        _run_initdb(options, work, account, installation, keep_open=secret.fileno())


def _run_initdb(
    options: list[str], work: Path, account: Account, installation: Path, keep_open: int | None = None
) -> None:
    done = subprocess.run(
        [str(installation / "bin" / "initdb"), f"--pgdata={path_inside(account, work)}", *options],
        cwd=work,
        env=clean_environment(),
        pass_fds=() if keep_open is None else (keep_open,),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        start_new_session=True,
        **account.process_options(),
    )
    if done.returncode != 0:
        shutil.rmtree(work, ignore_errors=True)
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower() or "FATAL" in line]
        raise EmbeddedPostgresError(f"initdb failed: {lines[0] if lines else done.stderr.strip()[-300:]}")


def clean_environment() -> dict[str, str]:
    """The environment of server programs: none of the caller's PG* variables, English messages."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def configure(pgdata: Path, account: Account, port: int, name: str, overrides: Mapping[str, str]) -> None:
    """Write pitboss.conf: our settings, then the caller's, then the port."""
    settings = {
        **SETTINGS,
        "cluster_name": name,
        # Relative to the data directory, so that the length of its path does not matter to the server.
        "unix_socket_directories": ".",
        **overrides,
        "port": str(port),
    }
    text = "".join(f"{key} = '{value.replace(chr(39), chr(39) * 2)}'\n" for key, value in settings.items())
    write_private(pgdata / "pitboss.conf", text)
    account.give(pgdata / "pitboss.conf")


def write_private(path: Path, text: str) -> None:
    """Replace a small file as a whole, readable by its owner only, and safe against a crash of the machine."""
    descriptor, work = tempfile.mkstemp(prefix=_UNFINISHED, dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(work, path)
    sync_folder(path.parent)


def read_or_make_password(file: Path, cluster_exists: bool) -> str:
    """The owner's password, made on first start and kept beside the data directory, mode 0600."""
    if file.exists():
        return file.read_text().strip()
    if cluster_exists:
        raise EmbeddedPostgresError(f"{file} is missing: without it nobody can log in to the database beside it")
    password = secrets.token_urlsafe(24)
    write_private(file, password + "\n")
    return password


def choose_port(kept: Path) -> int:
    """The port of the last start when it is free, else a free one that is kept for the next."""
    try:
        port = int(kept.read_text())
        if is_free(port):
            return port
    except (OSError, ValueError, OverflowError):
        pass
    candidates = (secrets.choice(_PORTS) for _ in range(200))
    port = next((port for port in candidates if is_free(port)), 0)
    if port == 0:
        raise EmbeddedPostgresError("no free port on 127.0.0.1")
    write_private(kept, f"{port}\n")
    return port


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As PostgreSQL does: connections that are closing do not stand in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder survive a crash of the machine."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
