"""What a sandbox holds (the contract's "sandbox contract")."""

from decimal import Decimal
from itertools import permutations
from typing import NamedTuple

from pitboss.domain.catalogue import AgentType

ADMINISTRATOR = "admin"
"""Who may sign in at the back office."""


class DemoAgent(NamedTuple):
    """An agent; the first currency is its base. `players` each begin with a deposit in each currency."""

    name: str
    type: AgentType
    currencies: tuple[str, ...]
    country: str
    players: tuple[str, ...]


AGENTS = (
    DemoAgent(
        "Aurora Casino", AgentType.TRANSFER, ("EUR", "IDR", "THB"), "DE", tuple(f"aurora{n:02}" for n in range(1, 11))
    ),
    DemoAgent(
        "Borealis Games",
        AgentType.TRANSFER,
        ("USD", "GBP", "EUR"),
        "GB",
        tuple(f"borealis{n:02}" for n in range(1, 11)),
    ),
    DemoAgent("Cassini Play", AgentType.SEAMLESS, ("EUR", "USD", "THB"), "FI", ()),
)

AGENT_FUNDS = {"EUR": "1000000", "USD": "1000000", "GBP": "1000000", "THB": "1000000000", "IDR": "100000000000"}
PLAYER_FUNDS = {"EUR": "1000", "USD": "1000", "GBP": "1000", "THB": "40000", "IDR": "16000000"}

HOUSE_UNIT = "KIDR=IDR:1000"

_IN_EUR = {"EUR": "1", "USD": "0.92", "GBP": "1.16", "THB": "0.026", "IDR": "0.0000575"}


def rates() -> dict[tuple[str, str], Decimal]:
    """A rate for each ordered pair of the demo currencies, 10 decimals; invented, but of the right size."""
    return {
        (one, other): (Decimal(_IN_EUR[one]) / Decimal(_IN_EUR[other])).quantize(Decimal("0.0000000001"))
        for one, other in permutations(_IN_EUR, 2)
    }
