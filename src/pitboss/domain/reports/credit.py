"""An agent's credit with the hub: what it may owe, and what it owes by now (wallet protocol, "balanceLimits")."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.domain.money import Currency
from pitboss.domain.reports.quarters import add_exact, times_exact

_WIDE = Context(prec=400)


class Revenue(NamedTuple):
    """Gross gaming revenue in one currency from the beginning on: minor units times their settle rates, and those that had none."""

    currency: str
    settled: Decimal
    unrated: Decimal


def ggr_in_base(catalogue: Catalogue, agent: Agent, revenue: Iterable[Revenue], now: datetime) -> Decimal:
    """All of it in the agent's base currency, exact. What had no settle rate counts at the rate of now, or not at all."""
    total = Decimal(0)
    for of in revenue:
        rate = catalogue.rate(of.currency, agent.base_currency.code, now) or Decimal(0)
        amount = add_exact(of.settled, times_exact(of.unrated, rate))
        total = add_exact(total, times_exact(amount, Decimal(1).scaleb(-catalogue.currencies[of.currency].scale)))
    return total


def credit_of(agent: Agent) -> Decimal | None:
    """What the agent may owe, in its base currency; None without a limit."""
    if agent.credit_limit is None:
        return None
    return times_exact(agent.credit_limit, Decimal(1).scaleb(-agent.base_currency.scale))


class Standing(NamedTuple):
    """Base currency, exact. `used`: gross gaming revenue since the last settlement."""

    limit: Decimal
    used: Decimal

    @property
    def available(self) -> Decimal:
        """What is left; negative when more was staked than that."""
        return add_exact(self.limit, self.used.copy_negate())

    @property
    def exhausted(self) -> bool:
        """Whether nothing is left to stake."""
        return self.available <= 0

    @property
    def percentage(self) -> Decimal:
        """used / limit in percent to two decimals; all of it where the limit is nothing."""
        if not self.limit:
            return Decimal(100)
        percent = _WIDE.divide(times_exact(self.used, Decimal(100)), self.limit)
        return percent.quantize(Decimal("0.01"), ROUND_HALF_EVEN, _WIDE)


def standing(agent: Agent, ggr: Decimal, settled: Decimal) -> Standing | None:
    """Of the agent's revenue so far and at its last settlement; None without a limit."""
    limit = credit_of(agent)
    return None if limit is None else Standing(limit, add_exact(ggr, settled.copy_negate()))


def in_currency(
    catalogue: Catalogue, amount: Decimal, base: Currency, wanted: Currency, now: datetime
) -> Decimal | None:
    """An amount of the base currency in another, half-even once at that one's scale; None where no rate is known either way."""
    rate = catalogue.rate(base.code, wanted.code, now)
    if rate is not None:
        exact = times_exact(amount, rate)
    else:
        back = catalogue.rate(wanted.code, base.code, now)
        if back is None:
            return None
        exact = _WIDE.divide(amount, back)
    return exact.quantize(Decimal(1).scaleb(-wanted.scale), ROUND_HALF_EVEN, _WIDE)
