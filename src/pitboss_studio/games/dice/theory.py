"""The exact return to player of Tenfold Dice: winning rolls × pay, for every offer; 99/100 each."""

from fractions import Fraction
from functools import cache

from pitboss_studio.games.dice import rules


def offer_return(side: str, chance: int) -> Fraction:
    """The return of one offer, a share of the stake."""
    won = len(rules.winning_rolls(side, chance)) * Fraction(rules.pay_in_tenths(chance), 10)
    return won / rules.ROLLS


@cache
def rtp() -> Fraction:
    """The return of every offer. Raises ValueError if there were offers that differ."""
    returns = {offer_return(side, chance) for side in rules.SIDES for chance in rules.CHANCES}
    if len(returns) != 1:
        raise ValueError(f"offers return differently: {sorted(returns)}")
    return returns.pop()
