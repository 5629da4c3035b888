"""One operator's own line out of this process: its connections, its places and its breaker, so that it can slow nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx

from pitboss.domain.outbound import Reach
from pitboss.guarded_http import guarded_client
from pitboss.operators.breaker import Breaker

_MOST_CONNECTIONS: Final = 1_000
_KEEP_IDLE_SECONDS: Final = 4.0
"""Shorter than servers commonly keep them: a connection they close while a bet is being written is a bet nobody knows of."""
_WAITING_PER_PLACE: Final = 4


class Full(Exception):
    """No place came free in time, or too many wait already. Nothing was sent."""


class Line:
    """Made at an operator's first call, closed with the process."""

    def __init__(self, reach: Reach, breaker: Breaker) -> None:
        self.http: httpx.AsyncClient = guarded_client(
            reach, connections=_MOST_CONNECTIONS, keep_idle=_KEEP_IDLE_SECONDS
        )
        self.breaker = breaker
        self.told: set[tuple[str, str]] = set()
        """What the log has been told of this operator already, and need not be again."""
        self._most = 0
        self._places = asyncio.Semaphore(0)
        self._waiting = 0

    @asynccontextmanager
    async def place(self, most: int, within_seconds: float) -> AsyncIterator[None]:
        """One of `most` places, given back at the end; waits for at most `within_seconds`. Raises Full."""
        if most != self._most:
            # Those inside finish with the places they have.
            self._most, self._places = most, asyncio.Semaphore(most)
        places = self._places
        await self._enter(places, within_seconds)
        try:
            yield
        finally:
            places.release()

    async def _enter(self, places: asyncio.Semaphore, within_seconds: float) -> None:
        if not places.locked():
            await places.acquire()
            return
        if self._waiting >= _WAITING_PER_PLACE * self._most:
            raise Full
        self._waiting += 1
        try:
            async with asyncio.timeout(within_seconds):
                await places.acquire()
        except TimeoutError:
            raise Full from None
        finally:
            self._waiting -= 1
