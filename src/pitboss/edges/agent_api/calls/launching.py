"""launchGame: a session for one player in one game, and where its browser goes."""

from collections.abc import Mapping
from types import MappingProxyType

from pitboss.domain.catalogue import AgentType
from pitboss.domain.sessions import DEFAULT_LANGUAGE, language_tag
from pitboss.edges import launching
from pitboss.edges.agent_api.call import Call
from pitboss.edges.launching import CannotLaunch, Obstacle, Wish
from pitboss.wire.agent_api import ApiError, ErrorCode

OBSTACLES: Mapping[Obstacle, ErrorCode] = MappingProxyType(
    {
        Obstacle.GAME_UNKNOWN: ErrorCode.GAME_NOT_FOUND,
        Obstacle.PROVIDER_NOT_CONFIGURED: ErrorCode.AGENT_PROVIDER_NOT_FOUND,
        Obstacle.GAME_OFF: ErrorCode.GAME_NOT_ACTIVE,
        Obstacle.NOT_FOR_FUN: ErrorCode.GAME_NOT_SUPPORTED,
        Obstacle.NO_ADDRESS: ErrorCode.GAME_NOT_ACTIVE,
        Obstacle.PLAYER_BLOCKED: ErrorCode.PLAYER_INACTIVE,
        Obstacle.COUNTRY: ErrorCode.COUNTRY_NOT_ALLOWED,
        Obstacle.CREDIT: ErrorCode.LIMIT_REACHED,
        Obstacle.PLAYER_LIMIT: ErrorCode.LIMIT_REACHED,
        Obstacle.SESSION_USED: ErrorCode.INVALID_REQUEST,
    }
)


async def launch_game(call: Call, *, ip_required: bool) -> object:
    """The studio's launch URL with a new token in it. `ip_required`: whether this version insists on playerIp.

    For a seamless agent also the other token, under which the hub will ask the agent's wallet for this session.
    """
    player_ip = call.fields.address("playerIp", required=ip_required)
    device = "mobile" if call.fields.flag("isMobile") else "desktop"
    language = language_tag(call.fields.optional_text("lang") or DEFAULT_LANGUAGE)
    home_url, deposit_url = call.fields.return_url("lobbyUrl"), call.fields.return_url("cashierUrl")
    game_code = call.fields.text("gameId")
    currency = call.fields.currency("currency", call.agent.currencies)
    player = await call.player()
    # The studio never learns what the operator's wallet knows the session by.
    seamless = call.agent.type is AgentType.SEAMLESS
    operator_token = call.hub.arrivals.session_token(call.agent.prefix) if seamless else None
    try:
        game = launching.playable_game(call.catalogue, call.agent, game_code)
        wish = Wish(game, currency, language, device, home_url, deposit_url, player_ip, operator_token)
        async with call.tenant() as connection:
            url = await launching.start(connection, call.hub, call.catalogue, call.agent, player, wish)
    except CannotLaunch as refused:
        raise ApiError(OBSTACLES[refused.obstacle], refused.obstacle.value) from None
    return {"type": "url", "url": url} | ({"token": operator_token} if operator_token else {})
