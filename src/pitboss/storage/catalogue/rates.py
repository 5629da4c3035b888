"""Dated exchange rates: what one unit of a currency is in another, from an instant on."""

import re
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import format_decimal
from pitboss.storage.audit import act
from pitboss.storage.catalogue.currencies import meet_currencies
from pitboss.storage.database import Connection

_PLAIN = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18})?")


class Rate(NamedTuple):
    """1 `from_currency` = `rate` `to_currency`, from `valid_from` (UTC) on."""

    from_currency: str
    to_currency: str
    valid_from: datetime
    rate: Decimal


def read_rate(text: str) -> Decimal:
    """A plain positive decimal with at most 18 decimals. Raises Invalid."""
    if _PLAIN.fullmatch(text) is None or not Decimal(text):
        raise Invalid("rate", "must be a plain decimal above 0 with at most 18 digits before and 18 after the point")
    return Decimal(text)


async def set_rate(conn: Connection, rate: Rate, *, actor: str, now: datetime) -> None:
    """A rate from an instant on. The same again is no error; another one from the same instant is. Raises Invalid."""
    if rate.from_currency == rate.to_currency:
        raise Invalid("to", "must be another currency")
    async with act(conn, actor, now) as under_way:
        await meet_currencies(conn, "from", [CurrencyWish(rate.from_currency)])
        await meet_currencies(conn, "to", [CurrencyWish(rate.to_currency)])
        await conn.execute(
            "INSERT INTO rate (from_currency, to_currency, valid_from, rate) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT DO NOTHING",
            *rate,
        )
        stored = await conn.fetchval(
            "SELECT rate FROM rate WHERE from_currency = $1 AND to_currency = $2 AND valid_from = $3", *rate[:3]
        )
        if stored != rate.rate:
            raise Invalid("at", f"there is a rate from that instant already: {format_decimal(stored)}")
        detail = {"rate": format_decimal(rate.rate), "valid_from": rate.valid_from.isoformat()}
        await under_way.record("rate.set", f"{rate.from_currency}/{rate.to_currency}", detail)


async def list_rates(conn: Connection) -> list[Rate]:
    """All rates, by pair, newest first."""
    rows = await conn.fetch(
        "SELECT from_currency, to_currency, valid_from, rate FROM rate"
        " ORDER BY from_currency, to_currency, valid_from DESC"
    )
    return [Rate(*row) for row in rows]
