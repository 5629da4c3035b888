"""Wallets: one row per player and currency, and one per agent and currency. Their money is the engine's to move."""

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


async def open_agent_wallet(conn: Connection, agent_id: int, new_id: int, currency: str) -> None:
    """Make sure the agent has a wallet in the currency, be it empty."""
    name = ids.agent_wallet(currency)
    if await conn.fetchval(statements.sql("wallets/find_id"), agent_id, name) is None:
        await conn.execute(statements.sql("wallets/open"), agent_id, new_id, name, None, currency)


async def read_balance(conn: Connection, agent_id: int, user_in_game: str) -> int:
    """Real money in minor units; 0 where there is no wallet yet."""
    balance: int | None = await conn.fetchval(statements.sql("wallets/balance"), agent_id, user_in_game)
    return balance or 0
