"""The catalogue as this process knows it, at most half a second behind the database."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog

from pitboss.domain.catalogue import Catalogue
from pitboss.storage.database import DATABASE_ERRORS

log = structlog.get_logger()

POLL_SECONDS = 0.4


class LiveCatalogue:
    """`current` is replaced whole when the configuration's version has moved."""

    def __init__(
        self,
        current: Catalogue,
        version: Callable[[], Awaitable[int]],
        load: Callable[[], Awaitable[Catalogue]],
    ) -> None:
        self.current = current
        self._version = version
        self._load = load

    async def refresh(self) -> None:
        """Load again if the database's version differs from ours."""
        if await self._version() != self.current.version:
            self.current = replace(await self._load(), exhausted=self.current.exhausted)

    async def keep_fresh(self) -> None:
        """Refresh for ever; a database that cannot be reached leaves the last picture in force."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self.refresh()
            except DATABASE_ERRORS as error:
                log.warning("catalogue_refresh_failed", error=type(error).__name__)

    def exhaust(self, agent_ids: frozenset[int]) -> None:
        """These agents, and no others, have used up their credit."""
        if agent_ids != self.current.exhausted:
            self.current = replace(self.current, exhausted=agent_ids)
