"""The exact return to player of European roulette: every place against every pocket, counted.

A bet on n numbers returns 36 ÷ n times its stake on n of 37 pockets: 36/37 whatever the place. So a round of many bets
returns 36/37 of its stake too, however it is spread.
"""

from fractions import Fraction
from functools import cache

from pitboss_studio.games.roulette import rules


@cache
def place_return(name: str) -> Fraction:
    """The return of one place, a share of its stake."""
    place = rules.PLACES[name]
    return Fraction(sum(rules.returned(place, pocket) for pocket in range(rules.POCKETS)), rules.POCKETS)


@cache
def rtp() -> Fraction:
    """The return of every place. Raises ValueError if the pay table had places that differ."""
    returns = {place_return(name) for name in rules.PLACES}
    if len(returns) != 1:
        raise ValueError(f"places return differently: {sorted(returns)}")
    return returns.pop()
