"""Sessions, stored: started by a launch, found by their token."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from pitboss.domain.sessions import KnownSession, NewSession
from pitboss.storage import statements
from pitboss.storage.database import Connection, Database
from pitboss.storage.play.pushes import EndedSession, leave_ended
from pitboss.storage.players.happenings import leave_login
from pitboss.storage.players.players import lock_player


async def start_session(conn: Connection, agent_id: int, session: NewSession, *, alone: bool) -> bool:
    """Add a session. `alone`: the player's other sessions end with it; of two launches at once one remains.

    False, and nothing happened: the operator's token has a session already, also when another launch starts it at this moment.
    """
    if alone:
        await lock_player(conn, agent_id, session.player_id)
    started = await conn.fetchval(statements.sql("sessions/start"), agent_id, *session)
    if started is None:
        return False
    await leave_login(conn, agent_id, session.player_id, session.token, session.created_at)
    if alone:
        await _end_others(conn, agent_id, session.player_id, session.token, "another_launch", session.created_at)
    return True


async def end_sessions_of(conn: Connection, agent_id: int, player_id: str, reason: str, now: datetime) -> int:
    """End all of a player's sessions, in the caller's transaction; how many there were. Open games are told within seconds."""
    return await _end_others(conn, agent_id, player_id, "", reason, now)


async def end_session_of_token(conn: Connection, agent_id: int, token: str, reason: str, now: datetime) -> int | None:
    """End the session of a token, the hub's or the operator's own, in the caller's transaction; 0 when it has ended before, None
    where there is none. Its open game is told within seconds."""
    known = await conn.fetch(statements.sql("sessions/by_any_token"), agent_id, token)
    if not known:
        return None
    ended = 0
    for row in known:
        rows = await conn.fetch(statements.sql("sessions/end_one"), agent_id, row[0], now, reason)
        await leave_ended(conn, agent_id, [EndedSession(*row) for row in rows], reason, now)
        ended += len(rows)
    return ended


async def _end_others(conn: Connection, agent_id: int, player_id: str, token: str, reason: str, now: datetime) -> int:
    rows = await conn.fetch(statements.sql("sessions/end_others"), agent_id, player_id, token, now, reason)
    await leave_ended(conn, agent_id, [EndedSession(*row) for row in rows], reason, now)
    return len(rows)


async def end_expired(database: Database, now: datetime) -> bool:
    """Mark sessions whose time is over as ended, so that the live ones stay few; whether there may be more. For the worker.

    Nobody need be told: an expired token admits no stake, marked or not.
    """
    async with database.anyone() as conn:
        agents = await conn.fetch(statements.sql("sessions/agents_with_expired"), now)
        ended = [await conn.fetch(statements.sql("sessions/end_expired"), row[0], now) for row in agents]
    return any(ended)


async def stop_games_of(conn: Connection, agent_id: int, player_id: str, reason: str, now: datetime) -> None:
    """Let a player's open games be told to stop, while its sessions stay what they are."""
    rows = await conn.fetch(statements.sql("sessions/live"), agent_id, player_id, now)
    await leave_ended(conn, agent_id, [EndedSession(*row) for row in rows], reason, now)


class OpenGame(NamedTuple):
    """A game a player is in. `operator_token`, `operator_user_id`: how the wallet of a seamless agent knows session and player."""

    provider_id: int
    user_in_game: str
    currency: str
    operator_token: str | None
    operator_user_id: str

    def __repr__(self) -> str:
        return f"OpenGame(provider {self.provider_id}, {self.user_in_game})"


async def open_games(conn: Connection, agent_id: int, player_id: str, now: datetime) -> list[OpenGame]:
    """The games a player is in, oldest first."""
    rows = await conn.fetch(statements.sql("sessions/open_games"), agent_id, player_id, now)
    return [OpenGame(*row) for row in rows]


async def find_session(conn: Connection, agent_id: int, token: str) -> KnownSession | None:
    """The agent's session of this token, ended or not."""
    row = await conn.fetchrow(statements.sql("sessions/find"), agent_id, token)
    return None if row is None else KnownSession(*row)


async def find_session_of_operator(conn: Connection, agent_id: int, operator_token: str) -> KnownSession | None:
    """The agent's session that its own wallet knows by this token, ended or not."""
    row = await conn.fetchrow(statements.sql("sessions/find_of_operator"), agent_id, operator_token)
    return None if row is None else KnownSession(*row)


async def active_players(conn: Connection, agent_id: int, since: datetime) -> Mapping[int, int]:
    """How many players have a session in each game (the hub's id) that was started after `since` and has not ended."""
    rows = await conn.fetch(statements.sql("sessions/active_players"), agent_id, since)
    return {row[0]: row[1] for row in rows}
