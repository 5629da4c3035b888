"""The studio's games as a hub imports them: ids, bet values, bet limits, return."""

from pitboss_studio.games.game import Game, Json
from pitboss_studio.games.promotions import FREE_CHIPS, takes
from pitboss_studio.games.registry import all_games
from pitboss_studio.limits import CURRENCIES, LOW, STANDARD
from pitboss_studio.money import plain


def catalogue(public_url: str = "") -> list[Json]:
    """One entry a game, in id order; with logos when it is known where browsers reach the studio."""
    return [_entry(game, public_url) for game in all_games().values()]


def common_bet_values(games: list[Game], currency: str) -> list[str]:
    """Bet values that every one of these games offers in the currency, ascending."""
    if not games:
        return []
    common = set(games[0].bet_values(currency))
    for game in games[1:]:
        common &= set(game.bet_values(currency))
    return [plain(value) for value in sorted(common)]


def _entry(game: Game, public_url: str) -> Json:
    return {
        "gameId": game.game_id,
        "name": game.name,
        "category": game.category,
        "rtp": game.rtp,
        "hasFreeRound": game.has_free_round,
        "hasFreeChip": takes(game, FREE_CHIPS),
        "funMode": True,
        "betValues": {currency: common_bet_values([game], currency) for currency in CURRENCIES},
        "betLimits": {
            "standard": {"label": "Standard", "isDefault": True, "limits": _limits(STANDARD)},
            "low": {"label": "Low", "isDefault": False, "limits": _limits(LOW)},
        },
        "restrictedCountries": [],
        "prohibitedCountries": [],
        "logoUrl": f"{public_url}/assets/{game.slug}/logo.svg" if public_url else None,
        "devices": ["desktop", "mobile"],
    }


def _limits(table: dict[str, tuple[str, str]]) -> Json:
    return {currency: {"min": low, "max": high} for currency, (low, high) in table.items()}
