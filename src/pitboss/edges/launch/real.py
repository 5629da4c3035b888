"""mode=real: a session that launchGame has started opens, again and again until it ends (wallet protocol, "Launch")."""

from pitboss.domain.catalogue import Agent, AgentType, Catalogue, Game, Provider
from pitboss.domain.sessions import KnownSession
from pitboss.edges.gate import Gate
from pitboss.edges.launch.parameters import LaunchError, Parameters
from pitboss.engine.hub import Hub
from pitboss.providers import Launch, connector_for
from pitboss.storage.sessions import find_session

_OVER = "This game session has ended. Please open the game again from the casino."
_NOT_HERE = "This game is not available."
_NOT_YOU = "This game cannot be opened with this account."


async def launch_real(hub: Hub, gate: Gate, asked: Parameters) -> str:
    """The studio's URL for the session the token belongs to. Raises LaunchError, Busy."""
    catalogue, now = hub.live.current, hub.clock()
    assert asked.token is not None
    agent = _agent(catalogue, asked.token, asked)
    async with gate.inside(), hub.database.tenant(agent.id) as connection:
        session = await find_session(connection, agent.id, asked.token)
    if session is None or not session.live(now):
        raise LaunchError("token unknown, expired or ended", _OVER, 403)
    if asked.currency is not None and asked.currency != session.currency:
        raise LaunchError("currency is not the session's", status=403)
    provider = catalogue.providers[session.provider_id]
    game, lobby_id = _what(catalogue, session, provider, asked)
    _admit(catalogue, agent, session, provider, game)
    return _url(catalogue, session, provider, game, lobby_id, asked)


def _agent(catalogue: Catalogue, token: str, asked: Parameters) -> Agent:
    agent = catalogue.agent_of(token)
    named = catalogue.agents_by_operator_id.get(asked.operator_id) if asked.operator_id is not None else None
    if named is not None and named.type is AgentType.SEAMLESS:
        raise LaunchError("launches of seamless operators are not served", _NOT_HERE, 404)
    if agent is None or agent.type is AgentType.SEAMLESS:
        raise LaunchError("token is no agent's", _OVER, 403)
    if asked.operator_id is not None and named is not agent:
        raise LaunchError("operator_id is not the token's agent", status=403)
    return agent


def _what(
    catalogue: Catalogue, session: KnownSession, provider: Provider, asked: Parameters
) -> tuple[Game | None, str | None]:
    """The game or the lobby to open. A lobby is named by its provider's code; it wins over a game."""
    if asked.lobby_id is not None:
        if asked.lobby_id != provider.code:
            raise LaunchError("lobby_id is not of the session's provider", _NOT_HERE, 404)
        return None, asked.lobby_id
    if session.game_id is None:
        return _game_of_lobby(catalogue, session, asked)
    if asked.game_id is not None and asked.game_id != session.game_id:
        raise LaunchError("game_id is not the session's", status=403)
    return catalogue.games.get(session.game_id), None


def _game_of_lobby(catalogue: Catalogue, session: KnownSession, asked: Parameters) -> tuple[Game | None, str | None]:
    if asked.game_id is None:
        return None, session.lobby_id
    game = catalogue.games.get(asked.game_id)
    if game is None or game.provider_id != session.provider_id:
        raise LaunchError("game_id is not of the session's lobby", _NOT_HERE, 404)
    return game, None


def _admit(catalogue: Catalogue, agent: Agent, session: KnownSession, provider: Provider, game: Game | None) -> None:
    terms = agent.providers.get(provider.id)
    playable = provider.active and terms is not None and terms.active and (game is None or catalogue.plays(agent, game))
    if not agent.active or not playable:
        raise LaunchError("agent, provider or game is switched off", _NOT_HERE, 404)
    if session.player_blocked:
        raise LaunchError("player is blocked", _NOT_YOU, 403)
    country = session.player_country or agent.default_country
    if country and (provider.prohibits(country) or (game is not None and country in game.prohibited_countries)):
        raise LaunchError("country is prohibited", "This game is not available in your country.", 403)


def _url(
    catalogue: Catalogue,
    session: KnownSession,
    provider: Provider,
    game: Game | None,
    lobby_id: str | None,
    asked: Parameters,
) -> str:
    launch = Launch(
        game=game,
        lobby_id=lobby_id,
        token=session.token,
        currency=catalogue.currencies[session.currency],
        language=asked.language or session.language,
        device=asked.device or session.device,
        home_url=asked.home_url or session.home_url,
        deposit_url=asked.deposit_url or session.deposit_url,
    )
    url = connector_for(provider).launch_url(provider, launch)
    if url is None:
        raise LaunchError("provider has no launch address", _NOT_HERE, 404)
    return url
