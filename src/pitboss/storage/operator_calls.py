"""Unsettled calls to seamless operators, as the recovery worker takes them: by turns, each held by one worker for a lease."""

from datetime import datetime
from typing import NamedTuple

from pitboss.domain.seamless.call import LEASE, Call, CallKind, Phase
from pitboss.storage import statements
from pitboss.storage.database import Connection


class Taken(NamedTuple):
    """A call that this worker has, and whose wallet it is about."""

    user_in_game: str
    call: Call


async def agents_with_due(conn: Connection, now: datetime) -> list[int]:
    """Agents with a call that somebody should send now."""
    return [row[0] for row in await conn.fetch(statements.sql("operator_calls/agents_with_due"), now)]


async def take_due(conn: Connection, agent_id: int, now: datetime, most: int) -> list[Taken]:
    """Up to `most` due calls, taken until LEASE from `now`; of each round only the first."""
    rows = await conn.fetch(statements.sql("operator_calls/take_due"), agent_id, now, now + LEASE, most)
    return [Taken(row[0], Call(*row[1:])._replace(kind=CallKind(row[3]), phase=Phase(row[11]))) for row in rows]


async def make_all_due(conn: Connection, agent_id: int, now: datetime) -> None:
    """An operator answers again: what waits for it is due at once."""
    await conn.execute(statements.sql("operator_calls/all_due"), agent_id, now)
