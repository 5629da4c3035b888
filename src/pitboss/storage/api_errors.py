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
_LAST_NS: Final = (1 << 64) - 1
_LAST_ID: Final = "f" * 32
MOST_LOOKED: Final = 20_000
"""Failures that one page looks at, whatever it is to find among them."""
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


class ErrorFilter(NamedTuple):
    """Which failures; None means all. `since` and `until` are UTC. `error` and `reference` are parts of them, in any case."""

    since: datetime | None = None
    until: datetime | None = None
    direction: str | None = None
    dialect: str | None = None
    command: str | None = None
    error: str | None = None
    reference: str | None = None


class ErrorPage(NamedTuple):
    """`rows` without bodies, the newest first. `older`: where the next page begins, None when there is none; `looked_to`: how far
    was looked where the page is not full all the same."""

    rows: list[ApiErrorRow]
    older: str | None
    looked_to: datetime | None


async def read_error_page(
    conn: Connection, agent_id: int, wanted: ErrorFilter, before: str | None, most: int, looked: int = MOST_LOOKED
) -> ErrorPage:
    """Up to `most` of the newest failures, among `looked` at the most. `before`: 32 hex digits, the `older` of another page."""
    first = _first_id(wanted.since or _EPOCH)
    last = before if before is not None else _last_id(wanted.until)
    if before is not None and wanted.until is not None:
        last = min(before, _last_id(wanted.until))
    stop = await conn.fetchval(statements.sql("api_errors/looked_to"), agent_id, first, last, looked)
    rows = await conn.fetch(statements.sql("api_errors/page"), agent_id, stop or first, last, *wanted[2:], most + 1)
    found = [ApiErrorRow(*row) for row in rows[:most]]
    if len(rows) > most:
        return ErrorPage(found, found[-1].id, None)
    return ErrorPage(found, stop, None if stop is None else _time_of(stop))


async def read_error(conn: Connection, agent_id: int, error_id: str) -> ApiErrorRow | None:
    """One failure with its bodies. `error_id`: 32 hex digits."""
    row = await conn.fetchrow(statements.sql("api_errors/one"), agent_id, error_id)
    return None if row is None else ApiErrorRow(*row)


async def drop_old_errors(database: Database, now: datetime) -> bool:
    """Drop some of what is older than KEPT; whether there may be more. For the worker."""
    oldest_kept = _first_id(now - KEPT)
    async with database.anyone() as conn:
        agents = await conn.fetch(statements.sql("api_errors/agents_with_old"), oldest_kept)
        dropped = [await conn.fetch(statements.sql("api_errors/drop_old"), row[0], oldest_kept) for row in agents]
    return any(dropped)


def _first_id(at: datetime) -> str:
    """No id of that instant or later is smaller."""
    # Ids begin in 1970 and end in 2554; days do not.
    return ids.time_ordered_id(min(max((at - _EPOCH) // _MICROSECOND * 1000, 0), _LAST_NS), 0)


def _last_id(at: datetime | None) -> str:
    return _LAST_ID if at is None else _first_id(at)


def _time_of(error_id: str) -> datetime:
    return _EPOCH + int(error_id[:16], 16) // 1000 * _MICROSECOND
