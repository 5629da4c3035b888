"""Players made on demand: an operator that tells enough of a player need not have made it before."""

from datetime import date
from typing import NamedTuple

from pitboss.domain.players import Player, valid_username
from pitboss.edges.partner_api.call import Call
from pitboss.edges.partner_api.fields import Fields
from pitboss.reference import alpha2
from pitboss.storage.database import Connection
from pitboss.storage.players.players import create_player, find_player
from pitboss.wire.partner_api import ErrorCode, PartnerError


class PlayerData(NamedTuple):
    """What a new player is made from: country (alpha-2) and currency code."""

    country: str
    currency: str


def player_data(call: Call[Fields]) -> PlayerData | None:
    """The member `playerData`, read; None when it is not given. A birth date is checked and not kept: nothing needs it."""
    if call.fields.raw("playerData") is None:
        return None
    data = call.fields.inner("playerData")
    country = alpha2(data.text("countryCode"))
    if country is None:
        raise data.wrong("countryCode", "must be an ISO 3166 code")
    currency = data.currency("currencyCode", call.agent.currencies)
    if currency is None:
        raise data.wrong("currencyCode", "is required")
    born = data.optional_text("birthDate")
    if born is not None and not _is_day(born):
        raise data.wrong("birthDate", "must be a day like 1990-12-31")
    return PlayerData(country, currency.code)


def _is_day(text: str) -> bool:
    try:
        # It takes other spellings too.
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


async def player_for(call: Call[Fields], connection: Connection, username: str, data: PlayerData | None) -> Player:
    """The player of this name, made from `data` where there is none yet. Raises ERR_PLAYER_NOT_FOUND without it."""
    if data is None:
        return await call.player(connection, username)
    known = await find_player(connection, call.agent.id, username)
    if known is not None:
        return known
    if not valid_username(username):
        raise call.fields.wrong("username", "must be 4 to 30 characters of a-z and 0-9")
    player_id = call.hub.arrivals.player_id(call.agent.prefix)
    await create_player(connection, call.agent.id, player_id, username, data.currency, data.country, call.now)
    # Of two calls at once one makes it, and both find it.
    known = await find_player(connection, call.agent.id, username)
    if known is None:
        raise PartnerError(ErrorCode.PLAYER_NOT_FOUND)
    return known
