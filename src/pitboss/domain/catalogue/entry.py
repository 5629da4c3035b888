"""What an administrator may write about agents and providers: each rule once, for the command line and the back office."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_network

from pitboss.domain.invalid import Invalid
from pitboss.domain.money import AmountError, parse_minor
from pitboss.domain.outbound import Reach, url_problem

_OPERATOR_ID = re.compile(r"[A-Za-z0-9_-]{1,20}")
_CURRENCY = re.compile(r"(?P<code>[A-Z0-9]{2,10})(?::(?P<scale>[0-9]))?")
_LONGEST_NAME = 100
_LONGEST_SECRET = 200
_FRACTION_DECIMALS = 10

Country = Callable[[str], str | None]
"""A country's code or English name -> alpha-2, or None."""


@dataclass(frozen=True, slots=True)
class CurrencyWish:
    """A currency's code, and the scale of one that no data package knows (`FUN:2`)."""

    code: str
    scale: int | None = None


def read_currency(field: str, text: str) -> CurrencyWish:
    """`EUR`, or `FUN:2` for a custom one. Raises Invalid."""
    match = _CURRENCY.fullmatch(text)
    if match is None:
        raise Invalid(
            field, f"{text[:40]!r} is not a currency code such as EUR, or FUN:2 for a custom one with 2 decimals"
        )
    return CurrencyWish(match["code"], None if match["scale"] is None else int(match["scale"]))


def check_name(field: str, text: str) -> str:
    """A name for people: 1 to 100 printable characters, no space at the ends."""
    if not text.isprintable() or text != text.strip() or not 1 <= len(text) <= _LONGEST_NAME:
        raise Invalid(field, f"must be 1 to {_LONGEST_NAME} printable characters, without spaces at the ends")
    return text


def check_operator_id(field: str, text: str) -> str:
    """The wallet protocol's operator_id."""
    if _OPERATOR_ID.fullmatch(text) is None:
        raise Invalid(field, "must be 1 to 20 of A-Z, a-z, 0-9, _ and -")
    return text


def check_secret(field: str, text: str) -> str:
    """A signing secret that both sides can type."""
    if not (text.isascii() and text.isprintable()) or text != text.strip() or not 1 <= len(text) <= _LONGEST_SECRET:
        raise Invalid(field, f"must be 1 to {_LONGEST_SECRET} printable ASCII characters, without spaces at the ends")
    return text


def check_url(field: str, text: str, reach: Reach) -> str:
    """An address the hub or a browser may be sent to."""
    problem = url_problem(text, reach)
    if problem is not None:
        raise Invalid(field, problem)
    return text


def check_networks(field: str, texts: Iterable[str]) -> list[str]:
    """Addresses and CIDR networks of either family, in their canonical form, each once."""
    networks = []
    for text in texts:
        try:
            networks.append(str(ip_network(text)))
        except ValueError:
            raise Invalid(field, f"{text[:60]!r} is not an IP address or a network such as 203.0.113.0/24") from None
    return list(dict.fromkeys(networks))


def check_countries(field: str, texts: Iterable[str], country: Country) -> list[str]:
    """Countries by code or English name, as alpha-2, each once."""
    found = []
    for text in texts:
        code = country(text)
        if code is None:
            raise Invalid(field, f"{text[:60]!r} is not a country")
        found.append(code)
    return list(dict.fromkeys(found))


def read_fraction(field: str, text: str) -> Decimal:
    """A plain decimal from 0 to 1, at most 10 decimals."""
    try:
        parts = parse_minor(text, _FRACTION_DECIMALS)
    except AmountError:
        parts = -1
    if not 0 <= parts <= 10**_FRACTION_DECIMALS:
        raise Invalid(
            field, f"must be a plain decimal from 0 to 1 with at most {_FRACTION_DECIMALS} decimals, such as 0.15"
        )
    return Decimal(text)


def read_amount(field: str, text: str, scale: int) -> int:
    """Minor units of a plain decimal amount of a currency with this scale."""
    try:
        return parse_minor(text, scale)
    except AmountError as error:
        raise Invalid(field, str(error)) from None
