"""getGameLaunchUrl: where the player's browser goes to play a game."""

from collections.abc import Mapping
from types import MappingProxyType

from pitboss.domain.catalogue import AgentType
from pitboss.domain.money import Currency
from pitboss.domain.sessions import DEFAULT_LANGUAGE, language_tag, valid_token
from pitboss.edges import launching
from pitboss.edges.launching import CannotLaunch, Obstacle, Wish
from pitboss.edges.partner_api.call import Act, WriteCall
from pitboss.edges.partner_api.on_demand import player_data, player_for
from pitboss.storage.database import Connection
from pitboss.wire.partner_api import ErrorCode, PartnerError

OBSTACLES: Mapping[Obstacle, ErrorCode] = MappingProxyType(
    {
        Obstacle.GAME_UNKNOWN: ErrorCode.GAME_NOT_FOUND,
        Obstacle.PROVIDER_NOT_CONFIGURED: ErrorCode.GAME_NOT_FOUND,
        Obstacle.GAME_OFF: ErrorCode.GAME_NOT_FOUND,
        Obstacle.NOT_FOR_FUN: ErrorCode.GAME_NOT_FOUND,
        Obstacle.NO_ADDRESS: ErrorCode.GAME_NOT_FOUND,
        Obstacle.PLAYER_BLOCKED: ErrorCode.PLAYER_BLOCKED,
        Obstacle.COUNTRY: ErrorCode.PLAYER_BLOCKED,
        Obstacle.CREDIT: ErrorCode.GAME_NOT_FOUND,
        Obstacle.PLAYER_LIMIT: ErrorCode.PLAYER_BLOCKED,
        Obstacle.SESSION_USED: ErrorCode.INVALID_REQUEST,
    }
)
_DEVICES = {"web": "desktop", "mobile": "mobile"}


async def get_game_launch_url(call: WriteCall) -> Act:
    """The studio's URL: with a new session's token in it, or for fun. The same requestId gives the same URL."""
    fields = call.fields
    username, real = fields.text("username"), fields.choice("playMode", ("real", "fun"), "real") == "real"
    device = _DEVICES[fields.choice("clientPlatform", tuple(_DEVICES), "web")]
    language = language_tag(fields.optional_text("language") or DEFAULT_LANGUAGE)
    home_url, deposit_url = fields.return_url("lobbyUrl"), fields.return_url("depositUrl")
    asked, data = fields.currency("currency", call.agent.currencies), player_data(call)
    operator_token, minted = _operator_token(call) if real else (None, False)
    try:
        game = launching.playable_game(call.catalogue, call.agent, fields.text("gameCode"))
    except CannotLaunch as refused:
        raise _error(refused) from None

    def wish(currency: Currency) -> Wish:
        return Wish(game, currency, language, device, home_url, deposit_url, None, operator_token)

    async def act(connection: Connection) -> object:
        try:
            if not real:
                return {"url": launching.fun_url(call.catalogue, wish(asked or call.agent.base_currency))}
            player = await player_for(call, connection, username, data)
            wanted = wish(asked or call.currency_of(player))
            url = await launching.start(connection, call.hub, call.catalogue, call.agent, player, wanted)
            return {"url": url, "token": operator_token} if minted else {"url": url}
        except CannotLaunch as refused:
            raise _error(refused) from None

    return act


def _operator_token(call: WriteCall) -> tuple[str | None, bool]:
    """What a seamless agent's wallet will be asked with, and whether the hub made it up: then the agent must be told."""
    token = call.fields.optional_text("externalToken")
    if call.agent.type is not AgentType.SEAMLESS:
        return None, False
    if token is None:
        return call.hub.arrivals.session_token(call.agent.prefix), True
    if not valid_token(token):
        raise call.fields.wrong("externalToken", "must be 20 to 50 letters and digits")
    return token, False


def _error(refused: CannotLaunch) -> PartnerError:
    field = "externalToken" if refused.obstacle is Obstacle.SESSION_USED else None
    return PartnerError(OBSTACLES[refused.obstacle], refused.obstacle.value, field=field)
