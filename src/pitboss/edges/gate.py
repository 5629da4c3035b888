"""How many requests of an edge may be at the database at once, so that they never keep the engine from its connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Busy(Exception):
    """No place came free in time, or too many wait already. Nothing was done."""


class Gate:
    """`at_once` may be inside, `waiting` before it, each for at most `patience` seconds."""

    def __init__(self, at_once: int, waiting: int, patience: float) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._most_waiting = waiting
        self._patience = patience
        self._waiting = 0

    @asynccontextmanager
    async def inside(self) -> AsyncIterator[None]:
        """One place, given back at the end. Raises Busy."""
        if self._waiting >= self._most_waiting:
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._places.acquire()
        except TimeoutError:
            raise Busy from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()
