"""What makes an agent, as an administrator writes it."""

import re
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal

from pitboss.domain.catalogue.agent import AgentType, WalletTerms
from pitboss.domain.catalogue.entry import (
    Country,
    CurrencyWish,
    check_countries,
    check_name,
    check_networks,
    check_operator_id,
    check_secret,
    check_url,
)
from pitboss.domain.invalid import Invalid
from pitboss.domain.outbound import Reach

_PREFIX = re.compile(r"[a-z0-9]{5}")
_OFFSET = re.compile(r"([+-])([01][0-9]):([0-5][0-9])")
_MOST_MINUTES = 18 * 60


@dataclass(frozen=True, slots=True)
class Terms:
    """An agent's terms with its providers, fractions: of the GGR (share), of the turnover (the others)."""

    share: Decimal = Decimal(0)
    commission_rate: Decimal = Decimal(0)
    contribution_rate: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletTermsChanges:
    """What to change of how a seamless agent's wallet is called (see WalletTerms); None leaves a member as it is."""

    connect_timeout_ms: int | None = None
    timeout_ms: int | None = None
    concurrency: int | None = None
    echo: bool | None = None
    retry_days: int | None = None

    def columns(self) -> dict[str, object]:
        """What is named, by the name it is stored and told under."""
        named = {member.name: getattr(self, member.name) for member in fields(self)}
        return {f"wallet_{name}": value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgent:
    """The first currency is the base currency. `providers` are codes, None for every active one. What is None is made up.

    `credit_limit` is plain decimal text in the base currency; `default_country` a code or English name.
    """

    name: str
    type: AgentType
    currencies: tuple[CurrencyWish, ...]
    prefix: str | None = None
    parent_id: int | None = None
    operator_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    wallet_url: str | None = None
    default_country: str | None = None
    utc_offset_min: int = 0
    one_session: bool = False
    allow_negative: bool = False
    credit_limit: str | None = None
    allowed_ips: tuple[str, ...] = ()
    providers: tuple[str, ...] | None = None
    terms: Terms = Terms()
    wallet_terms: WalletTermsChanges = WalletTermsChanges()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChanges:
    """What to change of an agent; None leaves a member as it is, `no_…` takes a value away."""

    name: str | None = None
    active: bool | None = None
    secret: str | None = field(default=None, repr=False)
    wallet_url: str | None = None
    default_country: str | None = None
    utc_offset_min: int | None = None
    one_session: bool | None = None
    allow_negative: bool | None = None
    credit_limit: str | None = None
    no_credit_limit: bool = False
    allowed_ips: tuple[str, ...] | None = None
    add_currencies: tuple[CurrencyWish, ...] = ()
    wallet_terms: WalletTermsChanges = WalletTermsChanges()


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsChanges:
    """What to change of an agent's terms with one provider; None leaves a member as it is."""

    active: bool | None = None
    share: Decimal | None = None
    commission_rate: Decimal | None = None
    contribution_rate: Decimal | None = None


def check_new_agent(new: NewAgent, reach: Reach, country: Country) -> None:
    """Raises Invalid for the first member that cannot be, as far as that is known without the database."""
    check_name("name", new.name)
    if not new.currencies:
        raise Invalid("currency", "is required: the first one is the base currency")
    codes = [wish.code for wish in new.currencies]
    if len(set(codes)) != len(codes):
        raise Invalid("currency", "names one currency twice")
    if new.prefix is not None and _PREFIX.fullmatch(new.prefix) is None:
        raise Invalid("prefix", "must be 5 characters of a-z and 0-9")
    if new.operator_id is not None:
        check_operator_id("operator_id", new.operator_id)
    if new.secret is not None:
        check_secret("secret", new.secret)
    check_wallet_url(new.type, new.wallet_url, reach)
    read_wallet_terms(new.type, WalletTerms(), new.wallet_terms)
    check_networks("allow_ip", new.allowed_ips)
    if new.default_country is not None:
        check_countries("default_country", [new.default_country], country)
    if abs(new.utc_offset_min) > _MOST_MINUTES:
        raise Invalid("utc_offset", "must be within 18 hours")


def check_wallet_url(agent_type: AgentType, url: str | None, reach: Reach) -> None:
    """A seamless agent's wallet has an address; a transfer agent has no wallet of its own."""
    if agent_type is AgentType.SEAMLESS and url is None:
        raise Invalid("wallet_url", "is required for a seamless agent")
    if agent_type is AgentType.TRANSFER and url is not None:
        raise Invalid("wallet_url", "is for seamless agents: a transfer agent's money is in the hub")
    if url is not None:
        check_url("wallet_url", url, reach)


_WALLET_BOUNDS = {
    "connect_timeout_ms": (50, 15_000),
    "timeout_ms": (50, 15_000),
    "concurrency": (1, 1_000),
    "retry_days": (1, 365),
}


def read_wallet_terms(agent_type: AgentType, terms: WalletTerms, changes: WalletTermsChanges) -> WalletTerms:
    """`terms` with what `changes` names. Raises Invalid, also for a transfer agent, which has no wallet to be called."""
    columns = changes.columns()
    if columns and agent_type is AgentType.TRANSFER:
        raise Invalid(next(iter(columns)), "is for seamless agents: a transfer agent's money is in the hub")
    for name, (least, most) in _WALLET_BOUNDS.items():
        value = columns.get(f"wallet_{name}")
        if isinstance(value, int) and not least <= value <= most:
            raise Invalid(f"wallet_{name}", f"must be from {least} to {most}")
    changed = replace(terms, **{name.removeprefix("wallet_"): value for name, value in columns.items()})  # type: ignore[arg-type]
    if changed.connect_timeout_ms > changed.timeout_ms:
        raise Invalid("wallet_connect_timeout_ms", "must not be longer than the whole call may take")
    return changed


def read_utc_offset(text: str) -> int:
    """`+07:00` -> minutes east of UTC. Raises Invalid."""
    match = _OFFSET.fullmatch(text)
    minutes = int(match[2]) * 60 + int(match[3]) if match else _MOST_MINUTES + 1
    if match is None or minutes > _MOST_MINUTES:
        raise Invalid("utc_offset", "must look like +07:00, within 18 hours")
    return -minutes if match[1] == "-" else minutes
