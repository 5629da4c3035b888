"""Amounts as pages send them."""

from collections.abc import Sequence
from decimal import Decimal


def within(budget: Decimal, values: Sequence[Decimal]) -> Decimal:
    """The largest value that the budget covers, or the smallest there is."""
    return max((value for value in values if value <= budget), default=values[0])


def plain(amount: Decimal) -> str:
    """A decimal string without exponent and trailing zeros."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
