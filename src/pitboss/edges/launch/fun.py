"""mode=fun: a game for play money; no operator is asked and no session is made (wallet protocol, "Game in FUN/DEMO mode")."""

from pitboss.domain.catalogue import Catalogue, Game, Provider
from pitboss.domain.sessions import DEFAULT_LANGUAGE
from pitboss.edges.launch.parameters import LaunchError, Parameters
from pitboss.providers import Launch, connector_for

_NOT_HERE = "This game is not available for fun."


def launch_fun(catalogue: Catalogue, asked: Parameters) -> str:
    """The studio's URL for a game that may be played for fun. Raises LaunchError."""
    game = catalogue.games.get(asked.game_id) if asked.game_id is not None else None
    if game is None:
        raise LaunchError("game_id is missing or unknown", _NOT_HERE, 404)
    provider = catalogue.providers[game.provider_id]
    if not (game.active and provider.active and game.fun_mode):
        raise LaunchError("game is switched off or not for fun", _NOT_HERE, 404)
    if asked.operator_id is not None:
        _admit(catalogue, game, asked.operator_id)
    return _url(catalogue, provider, game, asked)


def _admit(catalogue: Catalogue, game: Game, operator_id: str) -> None:
    """fun mode needs no operator; where one is named, its own choice of games holds."""
    agent = catalogue.agents_by_operator_id.get(operator_id)
    if agent is None or not agent.active or not catalogue.plays(agent, game):
        raise LaunchError("operator_id is unknown, or its players may not play the game", _NOT_HERE, 404)


def _url(catalogue: Catalogue, provider: Provider, game: Game, asked: Parameters) -> str:
    currency = None
    if asked.currency is not None:
        currency = catalogue.currencies.get(asked.currency)
        if currency is None:
            raise LaunchError("currency is unknown")
    launch = Launch(
        game=game,
        lobby_id=None,
        token=None,
        currency=currency,
        language=asked.language or DEFAULT_LANGUAGE,
        device=asked.device or "desktop",
        home_url=asked.home_url,
        deposit_url=asked.deposit_url,
    )
    url = connector_for(provider).launch_url(provider, launch)
    if url is None:
        raise LaunchError("provider has no launch address", _NOT_HERE, 404)
    return url
