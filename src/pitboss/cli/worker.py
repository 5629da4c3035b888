"""`pitboss worker`: what happens behind the requests."""

import asyncio
import signal

from pitboss.cli.connect import DatabaseUrl, run_or_exit
from pitboss.log import configure_logging
from pitboss.settings import Settings
from pitboss.worker import work


def worker(database_url: DatabaseUrl = None) -> None:
    """Move events into the journals, tell studios, keep games' figures, until stopped (SIGINT, SIGTERM). Run as many as you like.

    Example: PITBOSS_DATABASE_URL=postgresql://… pitboss worker
    """
    configure_logging()
    run_or_exit(_work, database_url)


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await work(settings, stop)
