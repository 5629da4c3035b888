"""The SQLite file and the one thread that touches it.

Work is handed over as a function of the connection. The thread takes everything that waits, runs each function in
its own savepoint, commits once with a full sync, and only then answers: many players share one sync, nobody waits for
a timer, and an answer always means the data is on disk.
"""

import asyncio
import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from pitboss_studio.storage.schema import COLUMNS_FOR_CAMPAIGNS, INDEX_FOR_CAMPAIGNS, SCHEMA

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
_Task = tuple[Callable[[sqlite3.Connection], object], asyncio.AbstractEventLoop, "asyncio.Future[object]"]
MAX_BATCH = 256


class AlreadyInUse(OSError):
    """Another studio works in this data directory."""


class Database:
    """Open with `start`, use with `run`, end with `close`."""

    def __init__(self, path: Path) -> None:
        self._lock = _hold(path.with_suffix(".lock"))
        self._queue: SimpleQueue[_Task | None] = SimpleQueue()
        self._connection = _open(path)
        self._thread = threading.Thread(target=self._serve, name="studio-database", daemon=True)
        self._thread.start()

    async def run(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own; returns after the commit. What it raises comes back, undone."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put((work, loop, future))  # type: ignore[arg-type]
        # Shielded: a caller that goes away must not look like work that did not happen.
        return await asyncio.shield(future)

    async def check(self) -> None:
        """Raises sqlite3.Error when what is stored cannot be read."""
        await self.run(lambda db: db.execute("SELECT 1").fetchone())

    def close(self) -> None:
        """Finish what waits and close the file."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()
        os.close(self._lock)

    def _serve(self) -> None:
        while True:
            batch, ending = self._gather()
            if batch:
                self._commit(batch)
            if ending:
                return

    def _gather(self) -> tuple[list[_Task], bool]:
        batch: list[_Task] = []
        item = self._queue.get()
        while item is not None:
            batch.append(item)
            if len(batch) == MAX_BATCH:
                return batch, False
            try:
                item = self._queue.get_nowait()
            except Empty:
                return batch, False
        return batch, True

    def _commit(self, batch: list[_Task]) -> None:
        answers: list[object] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            answers = [self._attempt(task[0]) for task in batch]
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            answers = [error] * len(batch)
        for (_, loop, future), answer in zip(batch, answers, strict=True):
            loop.call_soon_threadsafe(_resolve, future, answer)

    def _attempt(self, work: Callable[[sqlite3.Connection], object]) -> object:
        self._connection.execute("SAVEPOINT task")
        try:
            answer = work(self._connection)
        except Exception as error:  # noqa: BLE001 - goes back to whoever asked, whatever it is
            self._connection.execute("ROLLBACK TO task")
            answer = error
        self._connection.execute("RELEASE task")
        return answer


def _resolve(future: "asyncio.Future[object]", answer: object) -> None:
    if future.cancelled():
        return
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)


def _hold(path: Path) -> int:
    """A second process on the same file would take the first one's bets for left over and cancel them."""
    held = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise AlreadyInUse(f"another studio works in {path.parent}") from None
    return held


def _open(path: Path) -> sqlite3.Connection:
    """The file holds session tokens and unrevealed seeds, so only its owner may read it."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.executescript(SCHEMA)
    _add_columns(connection)
    connection.executescript(INDEX_FOR_CAMPAIGNS)
    return connection


def _add_columns(connection: sqlite3.Connection) -> None:
    """A file that an earlier version has made lacks what came later."""
    known = {row["name"] for row in connection.execute("PRAGMA table_info(rounds)")}
    if "campaign_code" not in known:
        connection.executescript(COLUMNS_FOR_CAMPAIGNS)
