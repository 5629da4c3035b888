"""Players of seamless agents, stored: who the operator's user id is (wallet protocol, "Who is who, operator side").

Until its first authenticate a player made by createPlayer is known to the operator by its username; from then on by what was said.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import asyncpg

from pitboss.domain.players import valid_username
from pitboss.domain.seamless.identity import Identity
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.players.happenings import leave_new_player, leave_player_change

_TRIES = 5


class OtherPlayerError(Exception):
    """The operator named another player than the one it named before, or one that is another hub player already: OP_22.

    The transaction may be broken by it: leave it."""


class ToldPlayer(NamedTuple):
    """An operator's identity, its `country` as alpha-2 or empty where it cannot be told."""

    identity: Identity
    country: str


async def find_or_create(
    conn: Connection, agent_id: int, told: ToldPlayer, new_player_id: Callable[[], str], now: datetime
) -> str:
    """The playerId of whom the operator means, made when the agent has no such player. Of several calls at once, one makes it.

    Its username is the operator's name where that is valid and free, else its playerId.
    """
    identity = told.identity
    wanted = identity.user_name if identity.user_name and valid_username(identity.user_name) else None
    for _ in range(_TRIES):
        known: str | None = await conn.fetchval(
            statements.sql("operator_players/find"), agent_id, identity.user_id
        ) or await conn.fetchval(statements.sql("operator_players/find_unbound"), agent_id, identity.user_id)
        if known is not None:
            await bind(conn, agent_id, known, told, now)
            return known
        player_id = new_player_id()
        username = wanted or player_id
        made = await conn.fetchval(
            statements.sql("operator_players/create"), agent_id, player_id, username, identity.currency, told.country,
            identity.user_id, identity.shown_name(username), now,
        )  # fmt: skip
        if made is not None:
            await leave_new_player(conn, agent_id, player_id, username, identity.currency, told.country, now)
            return player_id
        # Either the player was made at this moment, which the next look finds, or the name is somebody else's.
        wanted = None
    raise OtherPlayerError


async def bind(conn: Connection, agent_id: int, player_id: str, told: ToldPlayer, now: datetime) -> None:
    """From now on the player is the operator's user of this id; what else was said of it is kept. Raises OtherPlayerError."""
    identity = told.identity
    try:
        row = await conn.fetchrow(
            statements.sql("operator_players/bind"), agent_id, player_id, identity.user_id, told.country
        )
        if row is None:
            raise OtherPlayerError
        username, moved = row
        if moved:
            await leave_player_change(conn, agent_id, player_id, {"country": told.country}, now)
        await conn.execute(
            statements.sql("operator_players/show_as"), agent_id, player_id, identity.shown_name(username)
        )
    except asyncpg.UniqueViolationError:
        raise OtherPlayerError from None
