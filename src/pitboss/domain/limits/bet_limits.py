"""The stake range of one bet (the agent API, "Bet limits are enforced by the wallet, not only stored")."""

import json

from pitboss.domain.catalogue.game import BetLimit, Game


def within_bet_limits(amount: int, limit: BetLimit | None) -> bool:
    """Whether a stake of `amount` minor units may be placed. No limit in the currency: any; a stake of nothing: always."""
    return limit is None or amount == 0 or limit.min_stake <= amount <= limit.max_stake


def stake_allowed(amount: int, game: Game, currency: str, chosen: str | None) -> bool:
    """Whether a player may stake `amount` in the game. `chosen`: the sets that hold for him instead of the default, as JSON text,
    by provider id and category; a stake within any of them will do. Sets that are gone do not count."""
    ids = json.loads(chosen, parse_float=str).get(str(game.provider_id), {}).get(game.category, ()) if chosen else ()
    sets = [game.limit_sets[set_id] for set_id in ids if set_id in game.limit_sets]
    if not sets:
        return within_bet_limits(amount, game.default_limits.get(currency))
    return any(within_bet_limits(amount, limits.get(currency)) for limits in sets)
