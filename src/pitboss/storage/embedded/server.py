"""The supervisor: one data directory, one postmaster, whatever was killed before."""

import fcntl
import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from pitboss.storage.embedded import binaries
from pitboss.storage.embedded.account import account_for
from pitboss.storage.embedded.cluster import (
    OWNER,
    choose_port,
    clean_environment,
    configure,
    create_cluster,
    discard_unfinished,
    is_free,
    read_or_make_password,
)
from pitboss.storage.embedded.errors import EmbeddedPostgresError, PortTakenError, StillAttachedError
from pitboss.storage.embedded.postmaster import Postmaster, clear_leftovers

_log = logging.getLogger(__name__)

DATABASE = "pitboss"
_LOG_LIMIT_BYTES = 20_000_000
_RESTART_PAUSE_LIMIT_S = 5.0


class EmbeddedPostgres:
    """A PostgreSQL 18 that lives in `data_dir` and is ours alone.

    `data_dir` holds the cluster (pgdata/), the owner's password (mode 0600), the port, the log and the lock; data is
    kept from start to start. `port` fixes the TCP port, else one is chosen once and kept. `settings` overrides
    server settings. All methods block; call them from a thread when an event loop must stay free.
    """

    def __init__(self, data_dir: Path, *, port: int | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir = Path(data_dir).absolute()
        self._fixed_port = port
        self._settings = dict(settings or {})
        self._pgdata = self.data_dir / "pgdata"
        self._server_log = self.data_dir / "server.log"
        self._lock_file: IO[str] | None = None
        self._postmaster: Postmaster | None = None
        self._password = ""
        self._port = 0
        self._stopping = threading.Event()
        self._supervisor: threading.Thread | None = None

    def __repr__(self) -> str:
        return f"EmbeddedPostgres({str(self.data_dir)!r})"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Make the cluster when there is none, clear what a crash left, start, and wait until it takes connections.

        Waits for a crash recovery as long as that gets anywhere. Raises EmbeddedPostgresError with one clear line.
        """
        if self._postmaster is not None:
            raise EmbeddedPostgresError(f"the database in {self.data_dir} is started already")
        self._stopping.clear()
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock()
        except OSError as error:
            raise EmbeddedPostgresError(f"cannot use {self.data_dir}: {error.strerror}") from error
        try:
            self._launch()
            self._create_first_database()
        except OSError as error:
            self.stop()
            raise EmbeddedPostgresError(f"cannot start the database in {self.data_dir}: {error}") from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut down fast and cleanly; nothing happens when it does not run."""
        self._stopping.set()
        if self._supervisor is not None and self._supervisor is not threading.current_thread():
            self._supervisor.join()
            self._supervisor = None
        if self._postmaster is not None:
            self._postmaster.stop()
            self._postmaster = None
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None

    def supervise(self, on_restart: Callable[[str], None] | None = None) -> None:
        """Restart the server whenever it dies while we run, from a thread of its own, until `stop`.

        `on_restart` gets one line after each restart that worked. The address stays the same.
        """
        if self._supervisor is None:
            self._supervisor = threading.Thread(
                target=self._keep_alive, args=(on_restart,), name="postgres-supervisor", daemon=True
            )
            self._supervisor.start()

    @property
    def url(self) -> str:
        """The owner's address of the database, with the password in it: never log it."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The owner's address of one database of this server, over TCP."""
        return f"postgresql://{OWNER}:{self._password}@127.0.0.1:{self._port}/{quote(database)}"

    @property
    def socket_dir(self) -> Path | None:
        """The folder of the server's Unix socket; None where its path is too long for one."""
        fits = len(os.fsencode(self._pgdata / ".s.PGSQL.65535")) < 104
        return self._pgdata if fits else None

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, while one of ours runs."""
        return self._postmaster.pid if self._postmaster is not None else None

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database, as a copy of `template` when one is named. EmbeddedPostgresError when it exists."""
        options = f" TEMPLATE {_identifier(template)}" if template else ""
        self.run_sql(f"CREATE DATABASE {_identifier(name)}{options}")

    def drop_database(self, name: str) -> None:
        """Drop a database and the connections to it; fine when there is none."""
        self.run_sql(f"DROP DATABASE IF EXISTS {_identifier(name)} WITH (FORCE)")

    def run_sql(self, statement: str) -> str:
        """Run one statement of administration as the owner, outside of any transaction; returns psql's bare output."""
        done = subprocess.run(
            [*_psql(), "-h", "127.0.0.1", "-p", str(self._port), "-U", OWNER, "-d", "postgres"],
            input=statement + ";\n",
            env={**clean_environment(), "PGPASSWORD": self._password, "PGCONNECT_TIMEOUT": "10"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if line.strip()]
            raise EmbeddedPostgresError(lines[0].split("ERROR:  ")[-1] if lines else "psql failed")
        return done.stdout

    def _lock(self) -> None:
        file = (self.data_dir / "lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "?"
            file.close()
            raise EmbeddedPostgresError(
                f"the database in {self.data_dir} is in use by another process (pid {holder})"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._lock_file = file

    def _launch(self) -> None:
        clear_leftovers(self._pgdata, self._server_log)
        discard_unfinished(self._pgdata)
        account = account_for(self._pgdata)
        reachable = account.can_enter(binaries.installation() / "bin")
        installation = binaries.reachable_installation(reachable)
        self._password = read_or_make_password(self.data_dir / "password", self._pgdata.exists())
        if not self._pgdata.exists():
            create_cluster(self._pgdata, self._password, account, installation)
        self._rotate_log()
        for attempt in range(20):
            self._pick_port(attempt)
            configure(self._pgdata, account, self._port, f"pitboss {self._port}", self._settings)
            postmaster = Postmaster(self._pgdata, self._server_log, account, installation)
            try:
                postmaster.start(self._stopping)
            except PortTakenError:
                if self._fixed_port:
                    raise
                continue
            except StillAttachedError:
                time.sleep(0.5)
                continue
            self._postmaster = postmaster
            return
        raise EmbeddedPostgresError(f"the database in {self.data_dir} does not start, see {self._server_log}")

    def _pick_port(self, attempt: int) -> None:
        if self._fixed_port:
            if not is_free(self._fixed_port):
                raise PortTakenError(f"port {self._fixed_port} on 127.0.0.1 is in use")
            self._port = self._fixed_port
            return
        # A restart under running clients waits a while for its own port before it moves.
        if self._port and attempt < 10 and not is_free(self._port):
            time.sleep(0.2)
        self._port = choose_port(self.data_dir / "port")

    def _create_first_database(self) -> None:
        marker = self.data_dir / "created"
        if marker.exists():
            return
        if DATABASE not in self.run_sql("SELECT datname FROM pg_database").split():
            self.create_database(DATABASE)
        marker.touch()

    def _rotate_log(self) -> None:
        if self._server_log.exists() and self._server_log.stat().st_size > _LOG_LIMIT_BYTES:
            self._server_log.replace(self._server_log.with_suffix(".log.1"))

    def _keep_alive(self, on_restart: Callable[[str], None] | None) -> None:
        while not self._stopping.is_set():
            postmaster = self._postmaster
            if postmaster is None or not postmaster.died(self._stopping):
                return
            how = postmaster.farewell()
            _log.warning("the database in %s died (%s), restarting it", self.data_dir, how)
            self._postmaster = None
            if self._restart() and on_restart is not None:
                _tell(on_restart, f"the database died ({how}) and was restarted")

    def _restart(self) -> bool:
        pause = 0.1
        while not self._stopping.is_set():
            try:
                self._launch()
            except (EmbeddedPostgresError, OSError) as error:
                # A full disk, say: whoever makes room finds the database back within seconds.
                if not self._stopping.is_set():
                    _log.error("the database in %s does not start yet: %s", self.data_dir, error)
                self._stopping.wait(pause)
                pause = min(pause * 2, _RESTART_PAUSE_LIMIT_S)
                continue
            _log.warning("the database in %s is back", self.data_dir)
            return True
        return False


def _tell(listener: Callable[[str], None], line: str) -> None:
    try:
        listener(line)
    except Exception:  # noqa: BLE001
        # Whatever a listener does wrong, the next death must not go unnoticed.
        _log.exception("a listener to restarts of the database failed")


def _psql() -> list[str]:
    return [str(binaries.binary("psql")), "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-"]


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
