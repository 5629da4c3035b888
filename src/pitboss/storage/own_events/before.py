"""Players and launches from before the hub left word of them: told once to each agent, from their tables, chunk by chunk.

Under the same unique_ids as those that are left as they happen, so that nothing is told twice however the two meet.
"""

from datetime import datetime

from pitboss.domain.events.event import LOGIN, PLAYER, Event
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.events.writing import make_partition, open_store
from pitboss.storage.own_events.journals import player_changes, store_own
from pitboss.storage.players.happenings import login_id, new_player, new_player_id

MOST_ROWS = 2_000
_NEXT = {"players": "launches", "launches": "done"}


async def tell_before(conn: Connection, now: datetime) -> bool:
    """A chunk for every agent that is not through; whether there may be more. `conn` is the worker's."""
    agents = [row[0] for row in await conn.fetch(statements.sql("own/agents_with_before"))]
    for agent_id in agents:
        await make_partition(conn, now.date())
        await open_store(conn, agent_id)
        async with conn.transaction():
            await _tell(conn, agent_id, now)
    return bool(agents)


async def _tell(conn: Connection, agent_id: int, now: datetime) -> None:
    standing = await conn.fetchrow(statements.sql("own/lock_before"), agent_id)
    if standing is None:
        return
    what, told_upto = standing
    read = _players if what == "players" else _launches
    events, last = await read(conn, agent_id, told_upto)
    await store_own(conn, agent_id, events, now)
    place = (what, last) if len(events) == MOST_ROWS else (_NEXT[what], "")
    await conn.execute(statements.sql("own/move_before"), agent_id, *place)


async def _players(conn: Connection, agent_id: int, after: str) -> tuple[list[Event], str]:
    operator_id = await conn.fetchval("SELECT operator_id FROM agent WHERE id = $1", agent_id)
    events, last = [], after
    for row in await conn.fetch(statements.sql("own/players_after"), agent_id, after, MOST_ROWS):
        last, username, currency, country, at, blocked = row
        changes = player_changes(new_player(username, currency, country, at, blocked=blocked), operator_id)
        events.append(Event(PLAYER, new_player_id(last), at, last, changes=changes))
    return events, last


async def _launches(conn: Connection, agent_id: int, after: str) -> tuple[list[Event], str]:
    rows = await conn.fetch(statements.sql("own/launches_after"), agent_id, after, MOST_ROWS)
    events = [Event(LOGIN, login_id(row[0]), row[2], row[1]) for row in rows]
    return events, rows[-1][0] if rows else after
