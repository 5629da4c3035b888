"""Roulette: some chips on some places."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from pitboss.simulate.stakes._values import plain, within

GAME_ID = 2
_OUTSIDE = (
    "red",
    "black",
    "even",
    "odd",
    "low",
    "high",
    "dozen-1",
    "dozen-2",
    "dozen-3",
    "column-1",
    "column-2",
    "column-3",
)


def make(chance: Random, budget: Decimal, values: Sequence[Decimal]) -> dict[str, object]:
    """`bets`: one to four places, each with a chip of the same value."""
    count = chance.choice((1, 1, 2, 3, 4))
    inside = [f"straight-{pocket}" for pocket in range(37)]
    places = chance.sample([*_OUTSIDE, *inside], count)
    chip = within(budget / count, values)
    return {"bets": [{"place": place, "amount": plain(chip)} for place in places]}
