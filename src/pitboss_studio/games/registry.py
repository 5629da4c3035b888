"""Finds the games: every package in this folder that has a `GAME`."""

import importlib
import pkgutil
from functools import cache

from pitboss_studio import games
from pitboss_studio.games.comparison import Compare
from pitboss_studio.games.game import Game


@cache
def all_games() -> dict[int, Game]:
    """Every game by its id, in id order. Raises ValueError when two games claim one id."""
    found: dict[int, Game] = {}
    for module in pkgutil.iter_modules(games.__path__):
        if not module.ispkg:
            continue
        game: Game = importlib.import_module(f"{games.__name__}.{module.name}").GAME
        if game.game_id in found:
            raise ValueError(f"two games claim the id {game.game_id}")
        found[game.game_id] = game
    return dict(sorted(found.items()))


def game_named(slug: str) -> Game | None:
    """The game of this folder name."""
    return next((game for game in all_games().values() if game.slug == slug), None)


def comparison_of(game: Game) -> Compare:
    """How to set the game's exact return against a simulation: `compare` in its folder's `report`."""
    # Not imported with the game: NumPy has no place in the serving process.
    found: Compare = importlib.import_module(f"{games.__name__}.{game.slug}.report").compare
    return found
