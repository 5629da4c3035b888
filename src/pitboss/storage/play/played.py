"""Finds one transaction of play by what an operator knows of it."""

import uuid
from decimal import Decimal
from typing import NamedTuple

from pitboss.domain import ids
from pitboss.storage import statements
from pitboss.storage.database import Connection

_MARGIN_NS = 1_000_000_000
_LARGEST_NUMBER = Decimal(2**63 - 1)


class PlayedTransaction(NamedTuple):
    """A transaction of a studio's, and the round it is of; ids as the studio sent them."""

    provider_id: int
    provider_tx_id: str
    round_id: str | None
    history_id: str | None
    game_id: int | None
    user_in_game: str
    currency: str


async def find_played(
    conn: Connection, agent_id: int, transaction: str, history_id: str | None, provider_id: int | None
) -> PlayedTransaction | None:
    """The agent's transaction of this id: of those the studio gave `history_id` to, else by an id of the hub's. `provider_id` None
    is any studio's. Needs a transaction of the tenant."""
    if history_id is not None:
        return await find_by_history_id(conn, agent_id, transaction, history_id, provider_id)
    return await find_by_id(conn, agent_id, transaction, provider_id)


async def find_by_history_id(
    conn: Connection, agent_id: int, transaction: str, history_id: str, provider_id: int | None
) -> PlayedTransaction | None:
    """By the hub's id of it (the number or the 32 hex digits an operator was told) and the history id the studio gave it."""
    hex_id = read_hex_id(transaction)
    digits = transaction.isascii() and transaction.isdigit() and len(transaction) <= 20
    number = int(transaction) if digits and Decimal(transaction) <= _LARGEST_NUMBER else None
    if hex_id is None and number is None:
        return None
    row = await conn.fetchrow(statements.sql("played/by_history_id"), agent_id, history_id, number, hex_id, provider_id)
    return None if row is None else PlayedTransaction(*row)


async def find_by_id(
    conn: Connection, agent_id: int, transaction: str, provider_id: int | None
) -> PlayedTransaction | None:
    """By the id of its history item, or of its wallet's transaction, both 32 hex digits."""
    hex_id = read_hex_id(transaction)
    if hex_id is None:
        return None
    moment = hex_id.int >> 64
    first = uuid.UUID(ids.time_ordered_id(max(0, moment - _MARGIN_NS), 0))
    last = uuid.UUID(ids.time_ordered_id(min(2**64 - 1, moment + _MARGIN_NS), 2**64 - 1))
    row = await conn.fetchrow(statements.sql("played/by_id"), agent_id, hex_id, first, last, provider_id)
    return None if row is None else PlayedTransaction(*row)


def read_hex_id(text: str) -> uuid.UUID | None:
    """An id of the hub's: 32 lower-case hex digits."""
    if len(text) != 32 or not all(character in "0123456789abcdef" for character in text):
        return None
    return uuid.UUID(text)
