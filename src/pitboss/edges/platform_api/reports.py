"""businessReport, ggrLimits and balanceLimits: what they say, from the roll-ups and what is behind them (docs/reports.md)."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.domain.money import Currency, format_fixed
from pitboss.domain.reports.credit import Standing, ggr_in_base, in_currency, standing
from pitboss.domain.reports.quarters import times_exact
from pitboss.storage.database import Connection
from pitboss.storage.reports.quarters import one_snapshot
from pitboss.storage.reports.revenue import read_accounts
from pitboss.storage.reports.sums import CURRENCY, PROVIDER, Sums, Wanted, add_up_reports
from pitboss.wire.platform_reports import Available, BalanceLimits, BusinessRow, GgrLimits, Unlimited

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_CURRENCIES = 100
_WIDE = Context(prec=400)


class Mistake(Exception):
    """A parameter that cannot be; the message names it."""


def read_date(text: str | None) -> date:
    """`yyyy-mm-dd`. Raises Mistake."""
    if not text:
        raise Mistake("date is required, as yyyy-mm-dd")
    try:
        if _DATE.fullmatch(text) is None:
            raise ValueError
        found = date.fromisoformat(text)
        # Its last day has no morrow.
        if found.year == date.max.year:
            raise ValueError
    except ValueError:
        raise Mistake("date must be a day as yyyy-mm-dd") from None
    return found


def read_currencies(catalogue: Catalogue, text: str | None) -> list[Currency]:
    """Codes with commas between, each once. Raises Mistake."""
    codes = list(dict.fromkeys(text.split(","))) if text else []
    if len(codes) > _MOST_CURRENCIES:
        raise Mistake(f"currencies must be at most {_MOST_CURRENCIES}")
    for place, code in enumerate(codes, 1):
        if code not in catalogue.currencies:
            raise Mistake(f"currencies: number {place} is no currency of this hub")
    return [catalogue.currencies[code] for code in codes]


async def business_report(conn: Connection, catalogue: Catalogue, agent: Agent, day: date) -> list[BusinessRow]:
    """One row a vendor and currency. Needs a new transaction of the tenant."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    await one_snapshot(conn)
    wanted = Wanted(begin, begin + timedelta(days=1), (PROVIDER, CURRENCY), agent.base_currency.code, in_base=False)
    rows = [_business_row(catalogue, agent, day, sums) for sums in await add_up_reports(conn, agent.id, wanted)]
    told = [row for row in rows if _says_something(row)]
    return sorted(told, key=lambda row: (row.vendor, row.currency_code))


def _says_something(row: BusinessRow) -> bool:
    return any((row.bets_count, row.bets_sum, row.wins_sum, row.jackpots_sum, row.freespins_count, row.freespins_sum))


def _business_row(catalogue: Catalogue, agent: Agent, day: date, sums: Sums) -> BusinessRow:
    provider_id, code = sums.keys
    scale, minor, counts = catalogue.currencies[code].scale, sums.minor, sums.counts

    def amount(name: str) -> Decimal:
        return times_exact(minor[name], Decimal(1).scaleb(-scale))

    return BusinessRow(
        entity_name=agent.name,
        vendor=catalogue.providers[provider_id].code,
        currency_code=code,
        bets_sum=amount("turnover"),
        bets_count=counts["bets"],
        wins_count=counts["wins"],
        wins_sum=amount("winnings"),
        freespins_sum=amount("promo_winnings"),
        freespins_count=counts["promo_bets"],
        jackpots_count=counts["jackpots"],
        jackpots_sum=amount("jackpot_winnings"),
        gross_gaming_revenue=format_fixed(minor["turnover"] - minor["winnings"] - minor["jackpot_winnings"], scale),
        date=day.isoformat(),
    )


async def credit_standing(conn: Connection, catalogue: Catalogue, agent: Agent, now: datetime) -> Standing | None:
    """Exact as of now; None without a credit limit. Needs a new transaction of the tenant."""
    if agent.credit_limit is None:
        return None
    await one_snapshot(conn)
    accounts = await read_accounts(conn, agent.id)
    return standing(agent, ggr_in_base(catalogue, agent, accounts.revenue, now), accounts.settled)


def ggr_limits(agent: Agent, found: Standing | None) -> GgrLimits | Unlimited:
    """The older answer."""
    if found is None:
        return Unlimited()
    base = agent.base_currency
    return GgrLimits(True, base.code, found.limit, _shown(found.used, base), found.percentage)


def balance_limits(
    catalogue: Catalogue, agent: Agent, found: Standing | None, wanted: list[Currency], now: datetime
) -> BalanceLimits | Unlimited:
    """Raises Mistake for a currency no rate is known for."""
    if found is None:
        return Unlimited()
    base = agent.base_currency
    currencies = {}
    for currency in wanted:
        amount = in_currency(catalogue, found.available, base, currency, now)
        if amount is None:
            raise Mistake(f"currencies: there is no rate for {currency.code}")
        currencies[currency.code] = Available(amount)
    return BalanceLimits(True, base.code, _shown(found.available, base), currencies, found.exhausted)


def _shown(amount: Decimal, currency: Currency) -> Decimal:
    """Half-even, once, at the currency's scale."""
    return amount.quantize(Decimal(1).scaleb(-currency.scale), ROUND_HALF_EVEN, _WIDE)
