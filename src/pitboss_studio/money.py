"""Exact amounts: decimals in, decimals out, never rounded, never binary floats.

An amount counts whole units of its currency as the operator names it (`EUR`, `KIDR`), not minor units: the
studio does not know every currency's scale and never needs to, because a pay is always a whole number of line bets.
"""

import decimal
from decimal import Decimal

# Inexact and Rounded are trapped: a result that would need rounding is a bug and must stop, not shift money.
EXACT = decimal.Context(prec=60, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.DivisionByZero])
MAX_DIGITS = 30


class BadAmount(ValueError):
    """The text is no amount; the message says why and is safe to show."""


def parse_amount(text: str) -> Decimal:
    """A plain decimal string (`"12"`, `"0.25"`) as an exact Decimal; anything else raises BadAmount."""
    whole, dot, fraction = text.partition(".")
    digits = whole + fraction
    if not (digits.isascii() and digits.isdigit()) or not whole or (dot and not fraction):
        raise BadAmount("an amount is a plain decimal number without sign or exponent")
    if len(digits) > MAX_DIGITS:
        raise BadAmount(f"an amount has at most {MAX_DIGITS} digits")
    return Decimal(text)


def read_balance(value: object) -> Decimal:
    """A balance as a peer wrote it, JSON number or decimal string, negative allowed; raises BadAmount."""
    if isinstance(value, bool):
        raise BadAmount("a balance is a number")
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= MAX_DIGITS:
        return value
    if isinstance(value, str):
        return -parse_amount(value[1:]) if value.startswith("-") else parse_amount(value)
    raise BadAmount("a balance is a number")


def plain(amount: Decimal) -> str:
    """The amount as a plain decimal string: no exponent, no trailing zeros, no negative zero (`"100"`, `"0.2"`)."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def times(amount: Decimal, factor: int) -> Decimal:
    """`amount × factor`, exact."""
    return EXACT.multiply(amount, Decimal(factor))


def split(amount: Decimal, parts: int) -> Decimal:
    """`amount ÷ parts`, which must come out even in decimals; raises decimal.Inexact when it does not."""
    return EXACT.divide(amount, Decimal(parts))


def add(left: Decimal, right: Decimal) -> Decimal:
    """`left + right`, exact."""
    return EXACT.add(left, right)
