"""Which stakes an operator may give away in which games (studio protocol, `grant`)."""

from typing import Final

from pitboss_studio.games.game import Game

FREE_SPINS: Final = "free_spins"
FREE_CHIPS: Final = "free_chips"
GOLDEN_CHIPS: Final = "golden_chips"
KINDS: Final = (FREE_SPINS, FREE_CHIPS, GOLDEN_CHIPS)


def takes(game: Game, kind: str) -> bool:
    """Whether stakes of this kind can be given for the game. A chip is laid on one place: only tables have places."""
    return game.has_free_round if kind == FREE_SPINS else game.category == "table"
