"""Players, stored: per agent, a name once."""

from datetime import datetime

from pitboss.domain.players import Player
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.players.happenings import leave_new_player


async def create_player(
    conn: Connection, agent_id: int, player_id: str, username: str, currency: str | None, country: str, now: datetime
) -> bool:
    """Add a player; False when the agent has one of this name, also when another call makes it at this moment."""
    made = await conn.fetchval(statements.sql("players/create"), agent_id, player_id, username, currency, country, now)
    if made is not None:
        await leave_new_player(conn, agent_id, player_id, username, currency, country, now)
    return made is not None


async def find_player(conn: Connection, agent_id: int, username: str) -> Player | None:
    """The agent's player of this name."""
    row = await conn.fetchrow(statements.sql("players/find"), agent_id, username)
    return None if row is None else Player(*row)


async def lock_player(conn: Connection, agent_id: int, player_id: str) -> None:
    """Make other launches of this player wait until the transaction ends."""
    await conn.execute(statements.sql("players/lock"), agent_id, player_id)
