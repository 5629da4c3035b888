"""Games as events of each agent that has their studio: which changed, by the configuration's versions; told once, chunk by chunk.

A studio's list changes for all agents at once, so nothing is left for each of them by the import: a worker compares.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from pitboss.domain.events.event import GAME, Event
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.events.writing import make_partition, open_store
from pitboss.storage.own_events.journals import store_own

MOST_GAMES = 1_000


async def tell_games(conn: Connection, now: datetime) -> bool:
    """A chunk of every agent's news of games; whether there may be more. `conn` is the worker's."""
    more = False
    for row in await conn.fetch(statements.sql("own/studios_with_news")):
        await make_partition(conn, now.date())
        more = await _tell(conn, row[0], row[1], now) or more
    return more


async def _tell(conn: Connection, agent_id: int, provider_id: int, now: datetime) -> bool:
    await open_store(conn, agent_id)
    await conn.execute(statements.sql("own/open_told_games"), agent_id, provider_id)
    async with conn.transaction():
        told = await conn.fetchrow(statements.sql("own/lock_told_games"), agent_id, provider_id)
        if told is None:
            # Another worker is at it.
            return False
        rows = await conn.fetch(statements.sql("own/changed_games"), provider_id, *told, MOST_GAMES)
        if not rows:
            return False
        await store_own(conn, agent_id, [_event(tuple(row)) for row in rows], now)
        last = rows[-1]
        await conn.execute(statements.sql("own/move_told_games"), agent_id, provider_id, last[7], last[0])
        return len(rows) == MOST_GAMES


def _event(row: Sequence[Any]) -> Event:
    _, code, studio, name, category, devices, has_free_round, version, at = row
    unique_id = blake2b(f"game\0{code}\0{version}\0{at.isoformat()}".encode(), digest_size=16).hexdigest()
    changes: dict[str, object] = {
        "name": name, "provider": studio, "categories": [category], "device": ",".join(devices) or None,
        "has_freespins": "yes" if has_free_round else "no",
    }  # fmt: skip
    return Event(GAME, unique_id, at, game_id=code, changes=changes)
