"""createPlayer, getPlayerBalance, getPlayerStatus."""

from pitboss.domain.money import format_minor
from pitboss.domain.players import Player
from pitboss.edges.agent_api.call import Call
from pitboss.reference import alpha2
from pitboss.storage.players.players import create_player as store_player
from pitboss.storage.players.wallets import read_balance
from pitboss.wire.agent_api import ApiError, ErrorCode


async def create_player(call: Call) -> object:
    """A new player of the agent; of several calls with one name at once, one succeeds."""
    username = call.fields.new_username("username")
    currency = call.fields.optional_currency("currency", call.agent.currencies)
    country = _country(call)
    player_id = call.hub.arrivals.player_id(call.agent.prefix)
    async with call.tenant() as connection:
        made = await store_player(
            connection, call.agent.id, player_id, username, currency.code if currency else None, country, call.now
        )
    if not made:
        raise ApiError(ErrorCode.PLAYER_USERNAME_UNAVAILABLE)
    return {}


def _country(call: Call) -> str:
    text = call.fields.optional_text("country")
    if text is None:
        return ""
    country = alpha2(text)
    if country is None:
        raise call.fields.wrong("country", "must be an ISO 3166 code or an English name")
    return country


async def get_player_balance(call: Call) -> object:
    """Real money in one currency; "0" in one the player has not used yet."""
    call.for_transfer_agents()
    username = call.fields.text("username")
    currency = call.fields.currency("currency", call.agent.currencies)
    async with call.tenant() as connection:
        balance = await read_balance(connection, call.agent.id, username, currency.code)
    if balance is None:
        raise ApiError(ErrorCode.PLAYER_NOT_FOUND)
    return {"balance": format_minor(balance, currency.scale), "currency": currency.code}


def status(call: Call, player: Player, bet_limits: object) -> object:
    """Who the player is and whether it may play. `bet_limits`: those chosen for it as the version writes them, None for none."""
    return {
        "id": player.player_id,
        "username": player.username,
        "active": not player.blocked,
        "betLimits": bet_limits,
        "createdAt": call.told_time(player.created_at),
    }
