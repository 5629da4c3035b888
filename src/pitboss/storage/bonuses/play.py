"""Bonuses as play meets them: loaded with a batch whose wallets have any, under their wallets' locks."""

from collections.abc import Sequence
from typing import NamedTuple

import asyncpg

from pitboss.domain.bonus.grant import Grant, Move, Recorded
from pitboss.storage import statements
from pitboss.storage.database import Connection


class RoundAsked(NamedTuple):
    """A round whose moves matter."""

    wallet_id: int
    provider_id: int
    round_id: str


class BonusAsked(NamedTuple):
    """Of these wallets: what is open, what these codes name, and what has moved in these rounds."""

    wallet_ids: Sequence[int]
    rounds: Sequence[RoundAsked]
    codes: Sequence[str]


class MoveRow(NamedTuple):
    """A move with its wallet."""

    wallet_id: int
    recorded: Recorded


class BonusesLoaded(NamedTuple):
    """Grants, and the moves of the rounds in the order they were made."""

    grants: Sequence[Grant]
    moves: Sequence[MoveRow]


async def load_bonuses(conn: Connection, agent_id: int, asked: BonusAsked) -> BonusesLoaded:
    """What a batch needs to know of its wallets' bonuses. After the locks, like all that a batch loads."""
    moves = []
    if asked.rounds:
        columns = [list(column) for column in zip(*asked.rounds, strict=True)]
        rows = await conn.fetch(statements.sql("bonus/load_moves"), agent_id, *columns)
        moves = [MoveRow(row[0], Recorded(row[1], Move(*row[2:]))) for row in rows]
    concerned = sorted({row.recorded.move.grant_id for row in moves})
    rows = await conn.fetch(statements.sql("bonus/load_grants"), agent_id, asked.wallet_ids, asked.codes, concerned)
    return BonusesLoaded([_grant(row) for row in rows], moves)


def _grant(row: asyncpg.Record) -> Grant:
    return Grant(**dict(row) | {"games": frozenset(row["games"]), "wager_games": frozenset(row["wager_games"])})
