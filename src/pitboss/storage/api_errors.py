"""The log of exchanges that failed: written in bulk, read by time, kept for a week."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import asyncpg

from pitboss.domain import ids
from pitboss.storage import statements
from pitboss.storage.database import Connection, Database

KEPT: Final = timedelta(days=7)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
UNSTORABLE: Final = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, ValueError)
"""What the database raises for rows it will never take."""


class ApiErrorRow(NamedTuple):
    """One failed exchange, masked and cut. `id`: 32 hex digits that carry `at` (UTC)."""

    id: str
    at: datetime
    direction: str
    dialect: str
    command: str
    reference: str
    url: str
    http_status: int | None
    error: str
    duration_ms: int
    request: str | None
    answer: str | None


async def write_errors(database: Database, agent_id: int, rows: Sequence[ApiErrorRow]) -> None:
    """Add rows of one agent; those that are there already stay as they are."""
    async with database.tenant(agent_id) as conn:
        await conn.executemany(statements.sql("api_errors/write"), [(agent_id, *row) for row in rows])


async def read_errors(
    conn: Connection, agent_id: int, since: datetime, until: datetime, direction: str | None, limit: int
) -> list[ApiErrorRow]:
    """An agent's failures of that time, the newest first."""
    first, last = _first_id(since), _first_id(until)
    rows = await conn.fetch(statements.sql("api_errors/read"), agent_id, first, last, direction, limit)
    return [ApiErrorRow(row["id"].hex, *tuple(row)[1:]) for row in rows]


async def drop_old_errors(database: Database, now: datetime) -> bool:
    """Drop some of what is older than KEPT; whether there may be more. For the worker."""
    oldest_kept = _first_id(now - KEPT)
    async with database.anyone() as conn:
        agents = await conn.fetch(statements.sql("api_errors/agents_with_old"), oldest_kept)
        dropped = [await conn.fetch(statements.sql("api_errors/drop_old"), row[0], oldest_kept) for row in agents]
    return any(dropped)


def _first_id(at: datetime) -> str:
    """No id of that instant or later is smaller."""
    return ids.time_ordered_id((at - _EPOCH) // _MICROSECOND * 1000, 0)
