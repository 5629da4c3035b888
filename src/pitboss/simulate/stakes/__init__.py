"""How a person stakes in each of the house studio's games: one module a game, found by itself.

A module has `GAME_ID` (the studio's), and `make(chance, budget, values)`: the members of the page's request. `budget` is what the
person would like to stake, `values` the bet values on offer, ascending, both in the studio's unit.
"""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from random import Random
from typing import Protocol


class StakeMaker(Protocol):
    """What a module here offers."""

    GAME_ID: int

    def make(self, chance: Random, budget: Decimal, values: Sequence[Decimal]) -> dict[str, object]:
        """Members of a request that stake about the budget, at least the smallest value."""


@cache
def stake_makers() -> Mapping[int, StakeMaker]:
    """By the studio's game id."""
    found: dict[int, StakeMaker] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            maker: StakeMaker = importlib.import_module(f"{__name__}.{module.name}")
            found[maker.GAME_ID] = maker
    return found
