"""Baccarat: banker or player, sometimes the tie beside it."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from pitboss.simulate.stakes._values import plain, within

GAME_ID = 3


def make(chance: Random, budget: Decimal, values: Sequence[Decimal]) -> dict[str, object]:
    """`bets`."""
    bets = [{"place": chance.choice(("banker", "player")), "amount": plain(within(budget, values))}]
    if chance.random() < 0.05:
        bets.append({"place": "tie", "amount": plain(values[0])})
    return {"bets": bets}
