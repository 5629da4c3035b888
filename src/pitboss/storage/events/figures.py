"""The event store's figures: what events/write.sql leaves to do for players who are new to a game, or new at all."""

from collections.abc import Sequence

import asyncpg

from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.packing import array_text


async def welcome(conn: Connection, agent_id: int, told: Sequence[asyncpg.Record]) -> None:
    """Count players who are new to games, and make whoever has figures for the first time known, announced or not.

    `told`: what events/write told: player, game, currency, first and last event (UTC); without a game for a player's own figures.
    In the transaction that holds the agent's head.
    """
    plays = [row for row in told if row[1] is not None]
    if plays:
        columns = map(array_text, zip(*plays, strict=True))
        await conn.execute(statements.sql("events/count_players"), agent_id, *columns)
        await conn.execute(statements.sql("events/stub_games"), agent_id, sorted({row[1] for row in plays}))
    if told:
        await conn.execute(statements.sql("events/stub_players"), agent_id, sorted({row[0] for row in told}))
