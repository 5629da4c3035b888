"""The event store, kept in order by a worker: months made ahead, what nobody keeps deleted. Any number of workers may do it."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from pitboss.domain.invalid import Invalid
from pitboss.storage import statements
from pitboss.storage.audit import act
from pitboss.storage.database import Connection, Database
from pitboss.storage.events.writing import make_partition

KEYS_KEPT = timedelta(days=92)
"""How long a unique_id is remembered; the contract promises 90 days."""
MOST_ROWS = 5_000
_MONTHS_AHEAD = 2
_LONGEST_MONTH = timedelta(days=31)


class _Store(NamedTuple):
    agent_id: int
    keep: timedelta | None


async def tidy(database: Database, now: datetime) -> bool:
    """One turn, within bounds; whether there may be more to delete. `database` must be open as the worker's role."""
    async with database.anyone() as conn:
        month = now.date().replace(day=1)
        for _ in range(_MONTHS_AHEAD):
            await make_partition(conn, month)
            month = (month + _LONGEST_MONTH).replace(day=1)
        stores = [
            _Store(row[0], None if row[1] is None else timedelta(days=row[1]))
            for row in await conn.fetch(statements.sql("events/stores"))
        ]
        await _drop_months(conn, stores, now)
        more = [await _delete_rows(conn, store, now) for store in stores]
        return any(more)


async def _drop_months(conn: Connection, stores: list[_Store], now: datetime) -> None:
    """Months that lie before what any agent keeps, as a whole."""
    kept = [store.keep for store in stores]
    if not kept or None in kept:
        return
    first_kept = (now - max(keep for keep in kept if keep is not None)).date().replace(day=1)
    for row in await conn.fetch(statements.sql("events/partitions")):
        _, year, month = row[0].split("_")
        first_day = date(int(year), int(month), 1)
        if first_day < first_kept:
            await conn.execute(statements.sql("events/drop_partition"), first_day)


async def _delete_rows(conn: Connection, store: _Store, now: datetime) -> bool:
    keys = await conn.execute(statements.sql("events/delete_old_keys"), store.agent_id, now - KEYS_KEPT, MOST_ROWS)
    if store.keep is None:
        return _count(keys) == MOST_ROWS
    before = now - store.keep
    oldest = await conn.fetchrow(statements.sql("events/oldest"), store.agent_id)
    if oldest is None or oldest[1] >= before:
        return _count(keys) == MOST_ROWS
    await conn.execute(statements.sql("events/delete_old"), store.agent_id, oldest[0] + MOST_ROWS, before)
    return True


def _count(tag: str) -> int:
    return int(tag.rpartition(" ")[2])


async def keep_for(conn: Connection, agent_id: int, days: int | None, *, actor: str, now: datetime) -> None:
    """Keep an agent's events for so many days; None: for ever. Figures and profiles stay. Needs the owner's connection.

    Raises Invalid for an unknown agent.
    """
    async with act(conn, actor, now, reload=False) as under_way:
        if await conn.fetchval("SELECT 1 FROM agent WHERE id = $1", agent_id) is None:
            raise Invalid("agent", f"there is no agent {agent_id}")
        await conn.execute(statements.sql("events/keep_for"), agent_id, days)
        await under_way.record("events.retention", str(agent_id), {"days": days}, agent_id)
