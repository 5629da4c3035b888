"""The slot: one of its bet values."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from pitboss.simulate.stakes._values import plain, within

GAME_ID = 1


def make(chance: Random, budget: Decimal, values: Sequence[Decimal]) -> dict[str, object]:
    """`bet`."""
    return {"bet": plain(within(budget, values))}
