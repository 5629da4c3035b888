"""Games and lobbies an operator may offer, from the catalogue in memory (wallet protocol, "Games and Lobbies list API")."""

from collections.abc import Iterator
from datetime import UTC

from pitboss.domain.catalogue import Agent, Catalogue, Game, Provider
from pitboss.domain.money import format_decimal
from pitboss.wire.platform import ListedGame, ListedLobby, LobbiesList


def games_list(catalogue: Catalogue, agent: Agent) -> Iterator[ListedGame]:
    """Every game of the providers configured for the agent, by the hub's id; what its players cannot play now is not enabled."""
    offered = (game for _, game in sorted(catalogue.games.items()) if game.provider_id in agent.providers)
    return (_game(catalogue, agent, game) for game in offered)


def lobbies_list(catalogue: Catalogue, agent: Agent) -> LobbiesList:
    """The lobby of each provider the agent's players may enter now, by the provider's id."""
    providers = (catalogue.providers[provider_id] for provider_id, terms in agent.providers.items() if terms.active)
    open_ = (provider for provider in providers if provider.active and provider.launch_url)
    return LobbiesList([_lobby(provider) for provider in sorted(open_, key=lambda provider: provider.code)])


def _game(catalogue: Catalogue, agent: Agent, game: Game) -> ListedGame:
    provider = catalogue.providers[game.provider_id]
    details: dict[str, object] = {"description": f"{game.name}, a game of {provider.name}"}
    if game.rtp is not None:
        details["rtp"] = format_decimal(game.rtp)
    if game.logo_url:
        details["thumbnails"] = {"300x300": game.logo_url}
    return ListedGame(
        id=game.id,
        title=game.name,
        platform=",".join(sorted(game.devices)),
        type=game.category,
        enabled=int(catalogue.plays(agent, game)),
        fun_mode=int(game.fun_mode),
        campaigns=int(game.has_free_round or game.has_free_chip),
        vendor=provider.code,
        created_at=f"{game.created_at.astimezone(UTC):%Y-%m-%d}",
        details=details,
    )


def _lobby(provider: Provider) -> ListedLobby:
    thumbnails = {"300x300": provider.logo_url} if provider.logo_url else {}
    return ListedLobby(provider.code, provider.code, {"thumbnails": thumbnails})
