"""The exact figures of crash, from the distribution of its crash point."""

from fractions import Fraction

from pitboss_studio.games.crash import rules


def chance_to_reach(multiplier: int) -> Fraction:
    """The chance that a round gets to this multiplier (hundredths, 100 to CEILING)."""
    if multiplier < rules.LOWEST:
        return Fraction(1)
    return Fraction(rules.RETURN_PARTS, multiplier)


def rtp() -> Fraction:
    """The game's return, the same at every multiplier one can cash out at."""
    return Fraction(rules.RETURN_PARTS, rules.UNIT)
