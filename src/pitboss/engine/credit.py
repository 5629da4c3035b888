"""Which agents have used up their credit: looked at by each process, at most a second ago.

Exact at the moment it is looked at. What can be staked beyond the credit is what is staked until the next look (docs/reports.md).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from pitboss.domain.catalogue import Agent
from pitboss.domain.reports.credit import ggr_in_base, standing
from pitboss.engine.live_catalogue import LiveCatalogue
from pitboss.storage.database import DATABASE_ERRORS, Database
from pitboss.storage.reports.quarters import one_snapshot
from pitboss.storage.reports.revenue import read_accounts

log = structlog.get_logger()

LOOK_SECONDS = 0.4


class CreditWatch:
    """Keeps `live.current.exhausted`. Agents without a credit limit cost nothing."""

    def __init__(self, database: Database, live: LiveCatalogue, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._live = live
        self._clock = clock

    async def refresh(self) -> None:
        """Look at every agent that has a credit limit."""
        catalogue = self._live.current
        limited = [agent for agent in catalogue.agents.values() if agent.credit_limit is not None]
        self._live.exhaust(frozenset([agent.id for agent in limited if await self._is_exhausted(agent)]))

    async def keep_fresh(self) -> None:
        """Look for ever; while the database cannot be reached, the last look counts."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.refresh()
            except DATABASE_ERRORS as error:
                log.warning("credit_refresh_failed", error=type(error).__name__)

    async def _is_exhausted(self, agent: Agent) -> bool:
        async with self._database.tenant(agent.id) as connection:
            await one_snapshot(connection)
            accounts = await read_accounts(connection, agent.id)
        ggr = ggr_in_base(self._live.current, agent, accounts.revenue, self._clock())
        found = standing(agent, ggr, accounts.settled)
        return found is not None and found.exhausted
