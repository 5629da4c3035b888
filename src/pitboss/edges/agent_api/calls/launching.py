"""launchGame: a session for one player in one game, and where its browser goes."""

from datetime import timedelta

from pitboss.domain.catalogue import Agent, AgentType, Catalogue, Game
from pitboss.domain.money import Currency
from pitboss.domain.players import Player
from pitboss.domain.sessions import DEFAULT_LANGUAGE, NewSession, language_tag
from pitboss.edges.agent_api.call import Call
from pitboss.providers import Launch, connector_for
from pitboss.storage.sessions import start_session
from pitboss.storage.wallets import open_wallet
from pitboss.wire.agent_api import ApiError, ErrorCode


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
    game = playable_game(call.catalogue, call.agent, game_code)
    _admit(call, player, game)
    token = call.hub.arrivals.session_token(call.agent.prefix)
    provider = call.catalogue.providers[game.provider_id]
    launch = Launch(game, None, token, currency, language, device, home_url, deposit_url)
    url = connector_for(provider).launch_url(provider, launch)
    if url is None:
        raise ApiError(ErrorCode.GAME_NOT_ACTIVE, "the game's provider has no launch address")
    # The studio never learns what the operator's wallet knows the session by.
    seamless = call.agent.type is AgentType.SEAMLESS
    operator_token = call.hub.arrivals.session_token(call.agent.prefix) if seamless else None
    await _start(call, player, game, currency, launch, player_ip, operator_token)
    return {"type": "url", "url": url} | ({"token": operator_token} if operator_token else {})


def playable_game(catalogue: Catalogue, agent: Agent, code: str) -> Game:
    """The game of this id, when the agent's players may play it now; else ApiError says why not."""
    game = catalogue.games_by_code.get(code)
    if game is None:
        raise ApiError(ErrorCode.GAME_NOT_FOUND)
    terms = agent.providers.get(game.provider_id)
    if terms is None or not terms.active:
        raise ApiError(ErrorCode.AGENT_PROVIDER_NOT_FOUND)
    if not catalogue.plays(agent, game):
        raise ApiError(ErrorCode.GAME_NOT_ACTIVE)
    return game


def _admit(call: Call, player: Player, game: Game) -> None:
    if player.blocked:
        raise ApiError(ErrorCode.PLAYER_INACTIVE)
    country = player.country or call.agent.default_country
    provider = call.catalogue.providers[game.provider_id]
    if country and (provider.prohibits(country) or country in game.prohibited_countries):
        raise ApiError(ErrorCode.COUNTRY_NOT_ALLOWED)


async def _start(
    call: Call,
    player: Player,
    game: Game,
    currency: Currency,
    launch: Launch,
    player_ip: str | None,
    operator_token: str | None,
) -> None:
    agent = call.agent
    expires_at = call.now + timedelta(seconds=call.hub.settings.session_lifetime)
    async with call.tenant() as connection:
        new_id = call.hub.arrivals.number()
        wallet_id = await open_wallet(connection, agent.id, new_id, player.player_id, currency.code)
        session = NewSession(
            token=launch.token or "",
            player_id=player.player_id,
            wallet_id=wallet_id,
            provider_id=game.provider_id,
            game_id=game.id,
            lobby_id=None,
            currency=currency.code,
            language=launch.language,
            device=launch.device,
            home_url=launch.home_url,
            deposit_url=launch.deposit_url,
            player_ip=player_ip,
            created_at=call.now,
            expires_at=expires_at,
            operator_token=operator_token,
        )
        await start_session(connection, agent.id, session, alone=agent.one_session)
