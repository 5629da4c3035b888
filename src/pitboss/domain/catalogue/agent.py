"""An agent: a casino operator, the hub's customer, and the terms it plays under."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from pitboss.domain.money import Currency


class AgentType(StrEnum):
    """Where its players' money is: in the hub's ledger (transfer) or with the agent (seamless)."""

    TRANSFER = "transfer"
    SEAMLESS = "seamless"


@dataclass(frozen=True, slots=True)
class ProviderTerms:
    """One agent's terms with one provider; fractions of GGR (share) and of turnover (the others)."""

    active: bool
    share: Decimal
    commission_rate: Decimal
    contribution_rate: Decimal


@dataclass(frozen=True, slots=True)
class WalletTerms:
    """How the wallet of a seamless agent is called: milliseconds for a connection and for everything together, calls at once,
    whether an echo that is missing or differs is told in the log, and for how many days what must arrive is tried."""

    connect_timeout_ms: int = 2_000
    timeout_ms: int = 10_000
    concurrency: int = 64
    echo: bool = True
    retry_days: int = 7


@dataclass(frozen=True, slots=True)
class Agent:
    """`secret` signs the wallet protocol's platform endpoints and calls to a seamless agent's wallet."""

    id: int
    prefix: str
    name: str
    type: AgentType
    parent_id: int | None
    active: bool
    base_currency: Currency
    currencies: Mapping[str, Currency]
    operator_id: str
    secret: str = field(repr=False)
    wallet_url: str | None
    default_country: str
    utc_offset_min: int
    one_session: bool
    allow_negative: bool
    credit_limit: int | None
    allowed_ips: tuple[IPv4Network | IPv6Network, ...]
    providers: Mapping[int, ProviderTerms]
    games_off: frozenset[int]
    house_accounts: Mapping[str, int]
    """Account id of the agent's house by currency code; likewise the others."""
    funding_accounts: Mapping[str, int]
    operator_accounts: Mapping[str, int] = field(default_factory=dict)
    bonus_accounts: Mapping[str, int] = field(default_factory=dict)
    """Where a seamless agent's players have their money."""
    wallet_terms: WalletTerms = WalletTerms()
