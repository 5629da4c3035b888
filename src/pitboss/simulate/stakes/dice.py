"""Dice: double or nothing, over or under."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from pitboss.simulate.stakes._values import plain, within

GAME_ID = 4


def make(chance: Random, budget: Decimal, values: Sequence[Decimal]) -> dict[str, object]:
    """`bet`, `side` and `target`."""
    side, target = chance.choice((("under", "49.50"), ("over", "50.49")))
    return {"bet": plain(within(budget, values)), "side": side, "target": target}
