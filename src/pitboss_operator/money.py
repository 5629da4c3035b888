"""Exact amounts: decimal text in, integers of minor units inside, decimal text out. Nothing is rounded, nothing is a float."""

import re
from functools import lru_cache

import iso4217

MAX_WHOLE_DIGITS = 18
MAX_SCALE = 18
# What players use that is no state's currency; any other needs a scale when its first player is made.
_CUSTOM_SCALES = {
    "BTC": 8,
    "LTC": 8,
    "BCH": 8,
    "DOGE": 8,
    "ETH": 18,
    "USDT": 6,
    "USDC": 6,
    "TRX": 6,
    "KIDR": 2,
    "KVND": 2,
}
_PLAIN = re.compile(r"([0-9]+)(?:\.([0-9]+))?")


class BadAmount(ValueError):
    """The text is no amount of the currency; the message says why."""


@lru_cache(maxsize=256)
def scale_of(code: str) -> int | None:
    """Decimals of a currency (EUR 2, JPY 0, KWD 3, BTC 8); None for one nobody knows."""
    if code in _CUSTOM_SCALES:
        return _CUSTOM_SCALES[code]
    try:
        exponent: int | None = iso4217.Currency(code).exponent
    except ValueError:
        return None
    return exponent


def canonical(text: str) -> str:
    """Plain decimal text without needless zeros (`"0100.50"` is `"100.5"`). Raises BadAmount for sign, exponent, NaN."""
    match = _PLAIN.fullmatch(text)
    if match is None or not text.isascii():
        raise BadAmount("must be a plain decimal number that is not negative")
    whole, fraction = match[1].lstrip("0") or "0", (match[2] or "").rstrip("0")
    if len(whole) > MAX_WHOLE_DIGITS or len(fraction) > MAX_SCALE:
        raise BadAmount("has too many digits")
    return f"{whole}.{fraction}" if fraction else whole


def minor_units(text: str, scale: int) -> int:
    """Canonical text -> minor units. Raises BadAmount when it has more decimals than the currency."""
    whole, _, fraction = text.partition(".")
    if len(fraction) > scale:
        raise BadAmount(f"has more than the {scale} decimals of its currency")
    return int(whole + fraction.ljust(scale, "0"))


def plain(minor: int, scale: int) -> str:
    """Minor units -> the shortest plain decimal text: no exponent, no trailing zeros (`"100"`, `"-0.5"`)."""
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(scale + 1, "0")
    whole, fraction = digits[: len(digits) - scale], digits[len(digits) - scale :].rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"
