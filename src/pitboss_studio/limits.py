"""Bet limits of every game, in the studio's own units (KIDR counts thousands of IDR)."""

from decimal import Decimal

CURRENCIES = ("EUR", "USD", "GBP", "THB", "KIDR")
"""The currencies the catalogue names. Others can be played too, with values that need no decimals."""

STANDARD: dict[str, tuple[str, str]] = {
    "EUR": ("0.2", "10000"),
    "USD": ("0.2", "10000"),
    "GBP": ("0.2", "8500"),
    "THB": ("5", "360000"),
    "KIDR": ("2", "180000"),
}
"""Lowest and highest total stake of a round in the set `standard`."""

LOW: dict[str, tuple[str, str]] = {
    "EUR": ("0.2", "5"),
    "USD": ("0.2", "5"),
    "GBP": ("0.2", "4"),
    "THB": ("5", "180"),
    "KIDR": ("2", "90"),
}
"""The same for the set `low`."""

_HIGHEST_ELSEWHERE = "100000"


def highest_stake(currency: str) -> Decimal:
    """The most that a round of any game may stake in all, in the currency's units; the operator may allow less."""
    return Decimal(STANDARD[currency][1] if currency in STANDARD else _HIGHEST_ELSEWHERE)
