"""The SQLite file and its one writer.

What waits is done together: each piece of work in a savepoint of its own, then one commit that is on disk before anybody is
answered. So an answer always tells of something that a crash cannot undo, and a busy wallet shares its syncs.
"""

import asyncio
import fcntl
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pitboss_operator.storage.schema import SCHEMA

T = TypeVar("T")
FILE = "operator.sqlite3"
_MOST_AT_ONCE = 128
# Another process (the command line) may hold the file for a moment.
_BUSY_SECONDS = 10.0


class AlreadyInUse(OSError):
    """Another operator serves from this data directory."""


class Database:
    """Opens on construction; `run` from the event loop; `close` at the end. One process at a time serves from a file."""

    def __init__(self, data_dir: Path) -> None:
        self._lock = _hold(data_dir)
        self._waiting: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._connection = connect(data_dir)
        self._writer = threading.Thread(target=self._write, name="operator-writer", daemon=True)
        self._writer.start()

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` in a transaction; returns after the commit. What it raises comes back, and nothing of it is kept."""
        task = _Task(work, asyncio.get_running_loop())
        self._waiting.put(task)
        # Shielded: a caller who hangs up must not look like work that was not done.
        answer: T = await asyncio.shield(task.future)
        return answer

    def close(self) -> None:
        """Finish what waits, and let go of the file."""
        self._waiting.put(None)
        self._writer.join()
        self._connection.close()
        os.close(self._lock)

    def _write(self) -> None:
        while (first := self._waiting.get()) is not None:
            tasks, ending = [first], False
            while len(tasks) < _MOST_AT_ONCE and not self._waiting.empty():
                task = self._waiting.get()
                if task is None:
                    ending = True
                    break
                tasks.append(task)
            self._commit(tasks)
            if ending:
                return

    def _commit(self, tasks: "list[_Task]") -> None:
        try:
            with transaction(self._connection):
                for task in tasks:
                    task.attempt(self._connection)
        except sqlite3.Error as error:
            for task in tasks:
                task.outcome = error
        for task in tasks:
            task.tell()


class _Task:
    def __init__(self, work: Callable[[sqlite3.Connection], Any], loop: asyncio.AbstractEventLoop) -> None:
        self._work = work
        self._loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.outcome: object = None

    def attempt(self, connection: sqlite3.Connection) -> None:
        connection.execute("SAVEPOINT task")
        try:
            self.outcome = self._work(connection)
        except Exception as error:  # noqa: BLE001 - it goes back to whoever asked, whatever it is
            connection.execute("ROLLBACK TO task")
            self.outcome = error
        connection.execute("RELEASE task")

    def tell(self) -> None:
        self._loop.call_soon_threadsafe(self._resolve)

    def _resolve(self) -> None:
        if self.future.cancelled():
            return
        if isinstance(self.outcome, Exception):
            self.future.set_exception(self.outcome)
        else:
            self.future.set_result(self.outcome)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """BEGIN IMMEDIATE … COMMIT; rolled back when anything is raised."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def connect(data_dir: Path) -> sqlite3.Connection:
    """A connection with full syncs, the tables made. The file is its owner's alone."""
    path = data_dir / FILE
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.executescript(SCHEMA)
    return connection


def _hold(data_dir: Path) -> int:
    held = os.open(data_dir / "operator.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise AlreadyInUse(f"another operator serves from {data_dir}") from None
    return held
