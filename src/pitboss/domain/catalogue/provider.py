"""A provider: a game studio the hub is connected to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from pitboss.domain.catalogue.game import BetLimitSet
from pitboss.domain.money import Currency, Unit, unit_of


@dataclass(frozen=True, slots=True)
class Provider:
    """`units`: the studio's own units by their code, only where they differ from the currency itself."""

    id: int
    code: str
    name: str
    operator_id: str
    secret: str = field(repr=False)
    launch_url: str | None
    callback_url: str | None
    logo_url: str
    active: bool
    allowed_ips: tuple[IPv4Network | IPv6Network, ...]
    restricted_countries: tuple[str, ...]
    prohibited_countries: tuple[str, ...]
    units: Mapping[str, Unit]
    units_by_currency: Mapping[str, Unit]
    bet_limit_sets: Mapping[str, tuple[BetLimitSet, ...]]
    """By category."""

    def unit_for(self, currency: Currency) -> Unit:
        """The unit this studio counts the currency in."""
        return self.units_by_currency.get(currency.code) or unit_of(currency)

    def prohibits(self, country: str) -> bool:
        """Whether players of this country (alpha-2) may not play this provider's games. Restricted ones may."""
        return country in self.prohibited_countries
