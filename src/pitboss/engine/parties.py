"""Who a movement of money is between: a player and its agent, each with a wallet in the currency."""

from pitboss.engine.arrivals import Arrivals
from pitboss.storage.database import Connection
from pitboss.storage.players.wallets import find_parties, open_agent_wallet, open_wallet


async def open_parties(conn: Connection, arrivals: Arrivals, agent_id: int, username: str, currency: str) -> str | None:
    """The player's id, once it and the agent have a wallet to move money between; None where the agent has no such player.
    Needs a transaction of the tenant."""
    parties = await find_parties(conn, agent_id, username, currency)
    if parties is None:
        return None
    if not parties.agent_has_wallet:
        await open_agent_wallet(conn, agent_id, arrivals.number(), currency)
    if not parties.has_wallet:
        await open_wallet(conn, agent_id, arrivals.number(), parties.player_id, currency)
    return parties.player_id
