"""Wallets: one row per player and currency, and one per agent and currency. Their money is the engine's to move."""

from collections.abc import Collection
from typing import NamedTuple

from pitboss.domain import ids
from pitboss.storage import statements
from pitboss.storage.database import Connection


async def open_wallet(conn: Connection, agent_id: int, new_id: int, player_id: str, currency: str) -> int:
    """The id of the player's wallet in the currency, opened as `new_id` when there was none."""
    name = ids.user_in_game(player_id, currency)
    known: int | None = await conn.fetchval(statements.sql("wallets/find_id"), agent_id, name)
    if known is not None:
        return known
    await conn.execute(statements.sql("wallets/open"), agent_id, new_id, name, player_id, currency)
    # Another call may have opened it at this moment; its row is visible once ours was refused.
    wallet_id: int = await conn.fetchval(statements.sql("wallets/find_id"), agent_id, name)
    return wallet_id


class Parties(NamedTuple):
    """The two sides of a transfer: the player, and whether it and its agent have a wallet in the currency."""

    player_id: str
    has_wallet: bool
    agent_has_wallet: bool


async def find_parties(conn: Connection, agent_id: int, username: str, currency: str) -> Parties | None:
    """Who a transfer is between; None where the agent has no such player."""
    row = await conn.fetchrow(statements.sql("wallets/parties"), agent_id, username, currency)
    return None if row is None else Parties(*row)


async def open_agent_wallet(conn: Connection, agent_id: int, new_id: int, currency: str) -> None:
    """Make sure the agent has a wallet in the currency, be it empty."""
    await conn.execute(statements.sql("wallets/open"), agent_id, new_id, ids.agent_wallet(currency), None, currency)


async def read_balance(conn: Connection, agent_id: int, username: str, currency: str) -> int | None:
    """A player's real money in minor units, 0 where it has no wallet yet; None where the agent has no such player."""
    balance: int | None = await conn.fetchval(statements.sql("wallets/balance"), agent_id, username, currency)
    return balance


async def read_agent_balances(conn: Connection, agent_id: int, currencies: Collection[str]) -> dict[str, int]:
    """What an agent's own wallets hold, minor units by currency."""
    names = [ids.agent_wallet(code) for code in currencies]
    return {row[0]: row[1] for row in await conn.fetch(statements.sql("wallets/of_agent"), agent_id, names)}
