"""Bonus templates: what an agent may give its players, and on which terms (partner API, "Bonus templates")."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from pitboss.domain.catalogue.entry import check_name
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import AmountError, Currency, format_minor, parse_minor

MOST_DAYS = 3650
MULTIPLIER_DECIMALS = 4
_MOST_MULTIPLIER = 1000
_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")


class BonusType(StrEnum):
    """What is given away; the value is what a studio is told (studio protocol, `grant`)."""

    FREE_SPINS = "free_spins"
    GOLDEN_CHIPS = "golden_chips"
    FREE_CHIPS = "free_chips"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One of an agent's templates.

    `currency_values`: by currency code the values a stake may have, plain decimals; a currency that is not there may have any the
    studio supports. `games`: codes of those it may be played and wagered in, none for all. `multiplier`: what must be wagered,
    times the winnings; 0: they are real money at once; the caller may set another one where `multiplier_settable`.
    `max_conversion`: by currency, the most that may become real money. `days_to_use`: for the free stakes; `days_valid`: for the
    wagering too.
    """

    code: str
    name: str
    type: BonusType
    currency_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    games: tuple[str, ...] = ()
    multiplier: Decimal = Decimal(0)
    multiplier_settable: bool = False
    max_conversion: Mapping[str, str] = field(default_factory=dict)
    days_valid: int = 30
    days_to_use: int = 7
    active: bool = True

    def as_json(self) -> dict[str, object]:
        """For people and the audit."""
        return {
            "code": self.code,
            "name": self.name,
            "type": self.type.value,
            "currency_values": {code: list(values) for code, values in self.currency_values.items()},
            "games": list(self.games),
            "multiplier": format(self.multiplier.normalize(), "f"),
            "multiplier_settable": self.multiplier_settable,
            "max_conversion": dict(self.max_conversion),
            "days_valid": self.days_valid,
            "days_to_use": self.days_to_use,
            "active": self.active,
        }


DEFAULT_TEMPLATES = (
    Template(code="FS", name="Free spins", type=BonusType.FREE_SPINS),
    Template(
        code="FS10", name="Free spins, wagered 10 times", type=BonusType.FREE_SPINS, multiplier=Decimal(10),
        multiplier_settable=True,
    ),
    Template(code="GC", name="Golden chips", type=BonusType.GOLDEN_CHIPS),
    Template(code="FC", name="Free chips", type=BonusType.FREE_CHIPS),
)  # fmt: skip
"""Every new agent's; freeRound uses FS, freeChip FC."""


def check_template(template: Template, currencies: Mapping[str, Currency], games: Iterable[str]) -> Template:
    """The template with its amounts in their shortest spelling. `currencies` are the agent's, `games` the codes there are.

    Raises Invalid for the first member that cannot be.
    """
    if _CODE.fullmatch(template.code) is None:
        raise Invalid("code", "must be 1 to 40 of A-Z, a-z, 0-9, _ and -")
    check_name("name", template.name)
    if not 0 <= template.multiplier <= _MOST_MULTIPLIER:
        raise Invalid("multiplier", f"must be from 0 to {_MOST_MULTIPLIER}")
    for name, days in (("days_to_use", template.days_to_use), ("days_valid", template.days_valid)):
        if not 1 <= days <= MOST_DAYS:
            raise Invalid(name, f"must be from 1 to {MOST_DAYS}")
    if template.days_valid < template.days_to_use:
        raise Invalid("days_valid", "must not be fewer than days_to_use")
    known = set(games)
    for code in template.games:
        if code not in known:
            raise Invalid("games", f"there is no game {code[:40]!r}")
    return replace(
        template,
        games=tuple(dict.fromkeys(template.games)),
        currency_values={
            code: tuple(_positive("currency_values", code, text, currencies) for text in dict.fromkeys(values))
            for code, values in template.currency_values.items()
        },
        max_conversion={
            code: _positive("max_conversion", code, text, currencies) for code, text in template.max_conversion.items()
        },
    )


def _positive(field_name: str, code: str, text: str, currencies: Mapping[str, Currency]) -> str:
    currency = currencies.get(code)
    if currency is None:
        raise Invalid(field_name, f"the agent has no currency {code[:10]!r}")
    try:
        minor = parse_minor(text, currency.scale)
    except AmountError as error:
        raise Invalid(field_name, f"{code}: {error}") from None
    if minor <= 0:
        raise Invalid(field_name, f"{code}: must be greater than zero")
    return format_minor(minor, currency.scale)


def read_multiplier(field_name: str, text: str) -> Decimal:
    """A plain decimal from 0 to 1000 with at most 4 decimals. Raises Invalid."""
    try:
        parts = parse_minor(text, MULTIPLIER_DECIMALS)
    except AmountError as error:
        raise Invalid(field_name, str(error)) from None
    if not 0 <= parts <= _MOST_MULTIPLIER * 10**MULTIPLIER_DECIMALS:
        raise Invalid(field_name, f"must be from 0 to {_MOST_MULTIPLIER}")
    return Decimal(parts).scaleb(-MULTIPLIER_DECIMALS)
