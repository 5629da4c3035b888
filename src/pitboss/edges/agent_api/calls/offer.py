"""games and providers: what is offered to an agent, from the catalogue in memory."""

from pitboss.domain.catalogue import Game, Provider
from pitboss.edges.agent_api.call import Call


def offered_games(call: Call, provider_id: str | None = None) -> list[Game]:
    """Games the agent's players may play, by `query` in id or name (any case) and by the provider's id, ordered by id."""
    query = (call.fields.optional_text("query") or "").casefold()
    catalogue = call.catalogue
    found = [
        game
        for game in catalogue.games.values()
        if catalogue.plays(call.agent, game)
        and (provider_id is None or catalogue.providers[game.provider_id].code == provider_id)
        and (query in game.code.casefold() or query in game.name.casefold())
    ]
    return sorted(found, key=lambda game: game.code)


def game_item(game: Game) -> dict[str, object]:
    """What both versions tell of a game."""
    return {"id": game.code, "name": game.name, "logoUrl": game.logo_url, "category": category_item(game.category)}


def category_item(category: str) -> dict[str, object]:
    """`live_casino` is labelled `Live Casino`."""
    return {"id": category, "label": category.replace("_", " ").title()}


def configured_providers(call: Call) -> list[Provider]:
    """Providers the agent has terms with, ordered by their code."""
    providers = [call.catalogue.providers[provider_id] for provider_id in call.agent.providers]
    return sorted(providers, key=lambda provider: provider.code)


def provider_item(call: Call, provider: Provider) -> dict[str, object]:
    """What both versions tell of a provider, but for its categories."""
    return {
        "id": provider.code,
        "name": provider.name,
        "logoUrl": provider.logo_url,
        "active": provider.active and call.agent.providers[provider.id].active,
        "online": provider.active,
    }


def categories_of(call: Call, provider: Provider) -> list[str]:
    """Categories the provider has games in."""
    return sorted({game.category for game in call.catalogue.games.values() if game.provider_id == provider.id})
