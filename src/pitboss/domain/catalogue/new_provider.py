"""What makes a provider, as an administrator writes it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from pitboss.domain.catalogue.entry import (
    Country,
    check_countries,
    check_name,
    check_networks,
    check_operator_id,
    check_secret,
    check_url,
)
from pitboss.domain.invalid import Invalid
from pitboss.domain.outbound import Reach

_CODE = re.compile(r"[a-z0-9_]{1,20}")
_UNIT = re.compile(r"(?P<unit>[A-Z0-9]{2,10})=(?P<currency>[A-Z0-9]{2,10}):(?P<rate>[0-9]+(?:\.[0-9]+)?)")
_MOST_EXPONENT = 9


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A studio counts `currency` in `code`: 1 code = 10 ** exponent of it."""

    code: str
    currency: str
    exponent: int

    @property
    def currency_per_unit(self) -> Decimal:
        """10 ** exponent."""
        return Decimal(10) ** self.exponent


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProvider:
    """`agents` are the ids it serves, None for everybody. What is None is made up or empty."""

    code: str
    name: str | None = None
    operator_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    launch_url: str | None = None
    callback_url: str | None = None
    logo_url: str | None = None
    allowed_ips: tuple[str, ...] = ()
    restricted_countries: tuple[str, ...] = ()
    prohibited_countries: tuple[str, ...] = ()
    units: tuple[NewUnit, ...] = ()
    agents: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderChanges:
    """What to change of a provider; None leaves a member as it is."""

    name: str | None = None
    active: bool | None = None
    secret: str | None = field(default=None, repr=False)
    launch_url: str | None = None
    callback_url: str | None = None
    logo_url: str | None = None
    allowed_ips: tuple[str, ...] | None = None
    restricted_countries: tuple[str, ...] | None = None
    prohibited_countries: tuple[str, ...] | None = None


def read_unit(text: str) -> NewUnit:
    """`KIDR=IDR:1000` -> 1 KIDR is 1000 IDR; the number is a power of ten. Raises Invalid."""
    match = _UNIT.fullmatch(text)
    if match is None:
        raise Invalid("unit", f"{text[:60]!r} must look like KIDR=IDR:1000")
    exponent = _exponent(match["rate"])
    if exponent is None or abs(exponent) > _MOST_EXPONENT:
        raise Invalid("unit", f"{match['rate'][:60]} must be a power of ten, such as 1000 or 0.001")
    if match["unit"] == match["currency"]:
        raise Invalid("unit", f"{match['unit']} is a unit of itself already")
    return NewUnit(match["unit"], match["currency"], exponent)


def _exponent(text: str) -> int | None:
    value = Decimal(text).normalize()
    return int(value.as_tuple().exponent) if value.as_tuple().digits == (1,) else None


def exponent_of(currency_per_unit: Decimal) -> int:
    """The exponent of a stored power of ten. Raises ValueError for anything else."""
    exponent = _exponent(f"{currency_per_unit:f}")
    if exponent is None:
        raise ValueError(f"a unit's rate is no power of ten: {currency_per_unit}")
    return exponent


def check_units(units: Iterable[NewUnit]) -> None:
    """One unit for a currency, one meaning for a unit. Raises Invalid."""
    units = list(units)
    codes, currencies = [unit.code for unit in units], [unit.currency for unit in units]
    for names in (codes, currencies):
        for name in names:
            if names.count(name) > 1:
                raise Invalid("unit", f"{name} is named twice")
    for code in codes:
        if code in currencies:
            raise Invalid("unit", f"{code} is both a unit and a currency counted in another unit")


def check_new_provider(new: NewProvider, reach: Reach, country: Country) -> None:
    """Raises Invalid for the first member that cannot be, as far as that is known without the database."""
    if _CODE.fullmatch(new.code) is None:
        raise Invalid("id", "must be 1 to 20 of a-z, 0-9 and _")
    check_units(new.units)
    if new.operator_id is not None:
        check_operator_id("operator_id", new.operator_id)
    check_provider_changes(
        ProviderChanges(
            name=new.name,
            secret=new.secret,
            launch_url=new.launch_url,
            callback_url=new.callback_url,
            logo_url=new.logo_url,
            allowed_ips=new.allowed_ips,
            restricted_countries=new.restricted_countries,
            prohibited_countries=new.prohibited_countries,
        ),
        reach,
        country,
    )


def check_provider_changes(changes: ProviderChanges, reach: Reach, country: Country) -> None:
    """Raises Invalid for the first member that cannot be."""
    if changes.name is not None:
        check_name("name", changes.name)
    if changes.secret is not None:
        check_secret("secret", changes.secret)
    for field_name in ("launch_url", "callback_url", "logo_url"):
        url = getattr(changes, field_name)
        if url:
            check_url(field_name, url, reach)
    check_networks("allow_ip", changes.allowed_ips or ())
    check_countries("restricted_country", changes.restricted_countries or (), country)
    check_countries("prohibited_country", changes.prohibited_countries or (), country)
