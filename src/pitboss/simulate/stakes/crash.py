"""Crash: cashed out by itself, early."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from pitboss.simulate.stakes._values import plain, within

GAME_ID = 5


def make(chance: Random, budget: Decimal, values: Sequence[Decimal]) -> dict[str, object]:
    """`bet` and `auto`. A multiplier of 2 takes eight seconds: few people wait longer."""
    return {"bet": plain(within(budget, values)), "auto": chance.choice(("1.05", "1.1", "1.2", "1.5", "2"))}
