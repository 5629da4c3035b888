"""What runs behind the requests, in any number of processes: for now the relay of events into the journals."""

import asyncio

import structlog

from pitboss.settings import Settings
from pitboss.storage import migrate
from pitboss.storage.database import DATABASE_ERRORS, WORKER_ROLE, Database
from pitboss.storage.relay import JournalRelay

log = structlog.get_logger()

IDLE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Move events until `stop` is set; a database that is away is waited for."""
    database = await Database.open(settings.database_url, WORKER_ROLE, size=2)
    try:
        async with database.anyone() as connection:
            await migrate.ensure_current(connection)
        await _relay(JournalRelay(database), stop)
    finally:
        await database.close()


async def _relay(relay: JournalRelay, stop: asyncio.Event) -> None:
    pause = IDLE_SECONDS
    while not stop.is_set():
        try:
            moved = await relay.move_all()
            pause = 0 if moved else IDLE_SECONDS
        except DATABASE_ERRORS as error:
            log.warning("relay_failed", error=type(error).__name__)
            pause = min(max(2 * pause, IDLE_SECONDS), LONGEST_PAUSE_SECONDS)
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue
