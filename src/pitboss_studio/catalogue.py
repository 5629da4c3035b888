"""The studio's games as a hub imports them: ids, bet values, bet limits, return."""

from pitboss_studio.games.game import Game, Json
from pitboss_studio.games.registry import all_games
from pitboss_studio.money import plain

CURRENCIES = ("EUR", "USD", "GBP", "THB", "KIDR")
"""The studio's own units; KIDR counts thousands of IDR."""

_STANDARD = {
    "EUR": ("0.2", "10000"),
    "USD": ("0.2", "10000"),
    "GBP": ("0.2", "8500"),
    "THB": ("5", "360000"),
    "KIDR": ("2", "180000"),
}
_LOW = {
    "EUR": ("0.2", "5"),
    "USD": ("0.2", "5"),
    "GBP": ("0.2", "4"),
    "THB": ("5", "180"),
    "KIDR": ("2", "90"),
}


def catalogue() -> list[Json]:
    """One entry a game, in id order."""
    return [_entry(game) for game in all_games().values()]


def common_bet_values(games: list[Game], currency: str) -> list[str]:
    """Bet values that every one of these games offers in the currency, ascending."""
    if not games:
        return []
    common = set(games[0].bet_values(currency))
    for game in games[1:]:
        common &= set(game.bet_values(currency))
    return [plain(value) for value in sorted(common)]


def _entry(game: Game) -> Json:
    return {
        "gameId": game.game_id,
        "name": game.name,
        "category": game.category,
        "rtp": game.rtp,
        "hasFreeRound": True,
        "hasFreeChip": False,
        "funMode": True,
        "betValues": {currency: common_bet_values([game], currency) for currency in CURRENCIES},
        "betLimits": {
            "standard": {"label": "Standard", "isDefault": True, "limits": _limits(_STANDARD)},
            "low": {"label": "Low", "isDefault": False, "limits": _limits(_LOW)},
        },
        "restrictedCountries": [],
        "prohibitedCountries": [],
        "logoUrl": None,
        "devices": ["desktop", "mobile"],
    }


def _limits(table: dict[str, tuple[str, str]]) -> Json:
    return {currency: {"min": low, "max": high} for currency, (low, high) in table.items()}
