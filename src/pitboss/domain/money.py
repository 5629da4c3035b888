"""Exact money: integers of a currency's minor unit, and the plain decimals that people and partners write.

No float is made or read here. Text with an exponent, a sign where none belongs, white space, non-ASCII digits, or more
decimals than the currency has is refused, never rounded (the contract's overview, "Money").
"""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

MAX_MINOR = 1_000_000_000_000_000_000
"""No single amount reaches this many minor units, so that sums stay within the database's 64 bits."""

_PLAIN = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{1,30})(?:\.(?P<fraction>[0-9]{1,30}))?")
_EXACT = Context(prec=80)


class AmountError(ValueError):
    """Text that is not an exact amount of the currency; the message says why, without echoing the text."""


class Currency(NamedTuple):
    """A currency: its code (ISO 4217 or custom) and how many decimals its minor unit has."""

    code: str
    scale: int


class Unit(NamedTuple):
    """What a studio counts in: `1 code = 10 ** exponent` of `currency` (KIDR: exponent 3 of IDR).

    Every currency is a unit of itself with exponent 0.
    """

    code: str
    currency: Currency
    exponent: int

    @property
    def scale(self) -> int:
        """Decimals of this unit that one minor unit of the currency needs (5 for KIDR of a two-decimal IDR)."""
        return self.currency.scale + self.exponent


def unit_of(currency: Currency) -> Unit:
    """The unit that counts in the currency itself."""
    return Unit(currency.code, currency, 0)


def parse_minor(text: str, scale: int) -> int:
    """Plain decimal text -> integer of 10 ** -scale, exactly; a negative scale asks for a multiple of 10 ** -scale.

    Raises AmountError for anything but optional minus, digits and at most `scale` decimals (trailing zeros are free).
    """
    match = _PLAIN.fullmatch(text)
    if match is None:
        raise AmountError("must be a plain decimal number")
    fraction = (match["fraction"] or "").rstrip("0")
    digits = match["whole"] + fraction
    shift = scale - len(fraction)
    if shift >= 0:
        minor: int = int(digits) * 10**shift
    else:
        minor, rest = divmod(int(digits), 10**-shift)
        if rest:
            raise AmountError("has more decimals than the currency")
    if minor >= MAX_MINOR:
        raise AmountError("is too large")
    return -minor if match["sign"] else minor


def format_minor(minor: int, scale: int) -> str:
    """Integer of 10 ** -scale -> the shortest plain decimal text: no exponent, no trailing zeros."""
    if scale <= 0:
        return str(minor * 10**-scale)
    sign = "-" if minor < 0 else ""
    whole, fraction = divmod(abs(minor), 10**scale)
    if not fraction:
        return f"{sign}{whole}"
    return f"{sign}{whole}.{fraction:0{scale}d}".rstrip("0")


def format_fixed(minor: int, scale: int) -> str:
    """Like format_minor, but with all of the currency's decimals (`2.80`)."""
    sign = "-" if minor < 0 else ""
    whole, fraction = divmod(abs(minor), 10**scale)
    return f"{sign}{whole}.{fraction:0{scale}d}" if scale else f"{sign}{whole}"


def format_decimal(value: Decimal) -> str:
    """Any exact decimal as plain text: no exponent, no trailing zeros, no minus zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def convert(minor: int, scale: int, rate: Decimal, decimals: int) -> Decimal:
    """`minor` of one currency × rate, rounded half-even once to `decimals` places (10 in reports)."""
    exact = _EXACT.multiply(Decimal(minor).scaleb(-scale, _EXACT), rate)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN, _EXACT)


class Money(NamedTuple):
    """An exact amount: minor units of a currency."""

    minor: int
    currency: Currency

    @classmethod
    def parse(cls, text: str, currency: Currency) -> "Money":
        """Plain decimal text in the currency's major unit. Raises AmountError."""
        return cls(parse_minor(text, currency.scale), currency)

    def __str__(self) -> str:
        return f"{format_minor(self.minor, self.currency.scale)} {self.currency.code}"
