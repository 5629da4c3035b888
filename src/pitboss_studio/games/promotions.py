"""Which stakes an operator may give away in which games (studio protocol, `grant`)."""

from typing import Final

from pitboss_studio.games.game import BadStake, Game, Stake
from pitboss_studio.money import plain
from pitboss_studio.storage.grants import Grant

FREE_SPINS: Final = "free_spins"
FREE_CHIPS: Final = "free_chips"
GOLDEN_CHIPS: Final = "golden_chips"
KINDS: Final = (FREE_SPINS, FREE_CHIPS, GOLDEN_CHIPS)


def takes(game: Game, kind: str) -> bool:
    """Whether stakes of this kind can be given for the game. A chip is laid on one place: only tables have places."""
    return game.has_free_round if kind == FREE_SPINS else game.category == "table"


def check_stake(grant: Grant, stake: Stake) -> None:
    """A given stake is the grant's value, no more and no less, and a chip lies whole on one place. Raises BadStake."""
    bets = stake.selection.get("bets")
    if isinstance(bets, list) and len(bets) != 1:
        raise BadStake("bets", "bets must be one chip on one place")
    if stake.amount != grant.bet_value:
        field = "bets" if isinstance(bets, list) else "bet"
        raise BadStake(field, f"{field} must be {plain(grant.bet_value)} {grant.currency}")
