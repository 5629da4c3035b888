"""What every launch for real money ends with: may this session be opened now, and where is it played."""

from datetime import datetime

from pitboss.domain.catalogue import Agent, Catalogue, Game, Provider
from pitboss.domain.sessions import KnownSession
from pitboss.edges.launch.parameters import LaunchError, Parameters
from pitboss.providers import Launch, connector_for
from pitboss.storage.database import Connection
from pitboss.storage.players.limits import find_standing

OVER = "This game session has ended. Please open the game again from the casino."
NOT_HERE = "This game is not available."
LIMITED = "You cannot play now: a limit you have set is reached, or you are taking a break."
NOT_YOU = "This game cannot be opened with this account."


async def admit_player(conn: Connection, agent: Agent, session: KnownSession, now: datetime) -> None:
    """Raises LaunchError where the player's own limits do not let it play now."""
    standing = await find_standing(conn, agent.id, session.player_id, session.currency)
    if standing is not None and not standing.may_launch(now):
        raise LaunchError("player's own limits", LIMITED, 403)


def admit(catalogue: Catalogue, agent: Agent, session: KnownSession, provider: Provider, game: Game | None) -> None:
    """Raises LaunchError where agent, provider or game is switched off, the player blocked, or its country prohibited."""
    if not playable(catalogue, agent, provider, game):
        raise LaunchError("agent, provider or game is switched off", NOT_HERE, 404)
    if session.player_blocked:
        raise LaunchError("player is blocked", NOT_YOU, 403)
    country = session.player_country or agent.default_country
    if country and (provider.prohibits(country) or (game is not None and country in game.prohibited_countries)):
        raise LaunchError("country is prohibited", "This game is not available in your country.", 403)


def playable(catalogue: Catalogue, agent: Agent, provider: Provider, game: Game | None) -> bool:
    """Whether the agent's players may enter the game, or the lobby of the provider, now."""
    terms = agent.providers.get(provider.id)
    open_ = agent.active and provider.active and terms is not None and terms.active
    return open_ and (game is None or catalogue.plays(agent, game))


def studio_url(
    catalogue: Catalogue,
    session: KnownSession,
    provider: Provider,
    game: Game | None,
    lobby_id: str | None,
    asked: Parameters,
) -> str:
    """The studio's address for the session; what the link says wins over what the session was started with."""
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
        raise LaunchError("provider has no launch address", NOT_HERE, 404)
    return url
