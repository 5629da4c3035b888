"""Tags of players, stored. Whoever changes them holds the player's row locked: expectations are judged one after the other."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from pitboss.domain.tags import TagValue
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.players.happenings import leave_player_change, told_tags
from pitboss.storage.players.players import lock_player


async def lock_tags(conn: Connection, agent_id: int, player_id: str) -> Mapping[str, TagValue]:
    """The player's tags by name; nobody else changes them until the transaction ends."""
    await lock_player(conn, agent_id, player_id)
    return await read_tags(conn, agent_id, player_id)


async def read_tags(conn: Connection, agent_id: int, player_id: str) -> Mapping[str, TagValue]:
    """The player's tags by name, in order."""
    rows = await conn.fetch(statements.sql("tags/of_player"), agent_id, player_id)
    return {row[0]: row[2] if row[1] is None else row[1] for row in rows}


async def store_tags(
    conn: Connection,
    agent_id: int,
    player_id: str,
    before: Mapping[str, TagValue],
    after: Mapping[str, TagValue],
    now: datetime,
) -> None:
    """Write what differs."""
    gone = [name for name in before if name not in after]
    if gone:
        await conn.execute(statements.sql("tags/drop"), agent_id, player_id, gone)
    changed = [(name, value) for name, value in after.items() if name not in before or before[name] != value]
    if changed:
        names = [name for name, _ in changed]
        numbers = [value if isinstance(value, Decimal) else None for _, value in changed]
        texts = [None if isinstance(value, Decimal) else value for _, value in changed]
        await conn.execute(statements.sql("tags/put"), agent_id, player_id, names, numbers, texts)
    if gone or changed:
        await leave_player_change(conn, agent_id, player_id, {"tags": told_tags(after)}, now)
