"""What may be written to put a player's balance right by hand: each rule once, for the command line and the back office."""

import re
from typing import NamedTuple

from pitboss.domain.catalogue.agent import Agent, AgentType
from pitboss.domain.catalogue.entry import read_amount
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import Currency, format_minor

LONGEST_REASON = 200
_SHORTEST_REASON = 3
_REFERENCE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class Adjustment(NamedTuple):
    """Between the agent's wallet and a player's. `amount`: minor units, positive; `credit`: the player gets it. The same
    `reference` again is the same adjustment."""

    username: str
    currency: Currency
    amount: int
    credit: bool
    reason: str
    reference: str

    @property
    def told(self) -> str:
        """The amount, signed as the player's wallet sees it."""
        return format_minor(self.amount if self.credit else -self.amount, self.currency.scale)

    @property
    def said(self) -> str:
        """What a repeat must match."""
        return f"adjust {self.told} {self.currency.code} {self.username}: {self.reason}"


def read_adjustment(
    agent: Agent, username: str, currency: str, amount: str, credit: bool, reason: str, reference: str
) -> Adjustment:
    """An adjustment as it was entered; `amount` is a plain decimal of the currency. Raises Invalid."""
    if agent.type is not AgentType.TRANSFER:
        raise Invalid("agent", "is a seamless agent: its players' money is with itself")
    unit = agent.currencies.get(currency)
    if unit is None:
        raise Invalid("currency", f"must be one of the agent's: {', '.join(sorted(agent.currencies))}")
    minor = read_amount("amount", amount.strip(), unit.scale)
    if minor <= 0:
        raise Invalid("amount", "must be more than zero")
    why = reason.strip()
    if not why.isprintable() or not _SHORTEST_REASON <= len(why) <= LONGEST_REASON:
        raise Invalid("reason", f"must be {_SHORTEST_REASON} to {LONGEST_REASON} printable characters")
    if _REFERENCE.fullmatch(reference) is None:
        raise Invalid("reference", "must be 1 to 64 of A-Z, a-z, 0-9, _, ., : and -")
    return Adjustment(username, unit, minor, credit, why, reference)
