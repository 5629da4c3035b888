"""The words of the platform's reports (`businessReport`, `ggrLimits`, `balanceLimits`), members in the document's order."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct


class BusinessRow(Struct, frozen=True):
    """What was played at one vendor in one currency on a day (UTC). Sums are exact numbers of the currency."""

    entity_name: str
    vendor: str
    currency_code: str
    bets_sum: Decimal
    bets_count: int
    wins_count: int
    wins_sum: Decimal
    freespins_sum: Decimal
    freespins_count: int
    jackpots_count: int
    jackpots_sum: Decimal
    gross_gaming_revenue: str
    date: str


class Unlimited(Struct, frozen=True):
    """The answer to an operator without a credit limit: `enabled` false."""

    enabled: bool = False


class GgrLimits(Struct, frozen=True):
    """`current_usage` of `limit`, in percent `percentage_usage`."""

    enabled: bool
    currency: str
    limit: Decimal
    current_usage: Decimal
    percentage_usage: Decimal


class Available(Struct, frozen=True):
    """What is left of the credit in one currency."""

    available_balance: Decimal


class BalanceLimits(Struct, frozen=True):
    """What is left of the credit, in the operator's currency and in those it asked for."""

    enabled: bool
    currency: str
    available_balance: Decimal
    currencies: dict[str, Available]
    limit_exceeded: bool


class Mistaken(Struct, frozen=True):
    """The answer of 400: which parameter is wrong, and how."""

    error: str


_GGR_LIMITS_ENDED: Final = datetime(2023, 10, 11, tzinfo=UTC)
DEPRECATED: Final[Mapping[str, str]] = {
    "deprecation": f"@{int(_GGR_LIMITS_ENDED.timestamp())}",
    "link": '</api/generic/balanceLimits>; rel="successor-version"',
}
"""Headers that say so of ggrLimits, and since when (RFC 9745)."""


def encode(answer: Struct | Sequence[Struct]) -> bytes:
    """JSON whose numbers have the exact digits, and no exponent."""
    return msgspec.json.encode(_plain(answer))


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Decimal):
        return Raw(_digits(value).encode())
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def _digits(value: Decimal) -> str:
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) if value else "0"
