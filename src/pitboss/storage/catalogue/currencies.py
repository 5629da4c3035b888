"""Currencies the hub has met, and what studios count in."""

from collections.abc import Iterable

from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import Currency
from pitboss.reference import CurrencyFacts, currency_facts
from pitboss.storage.database import Connection


async def currencies_known(conn: Connection) -> dict[str, Currency]:
    """Every currency the hub has met, by code."""
    rows = await conn.fetch("SELECT code, scale FROM currency")
    return {row["code"]: Currency(row["code"], row["scale"]) for row in rows}


async def meet_currencies(conn: Connection, field: str, wishes: Iterable[CurrencyWish]) -> list[Currency]:
    """The currencies wished for, in order; new ones are written down with the scale that holds from now on.

    Raises Invalid, naming `field`, for one that nobody knows and that comes without a scale, or with another scale.
    """
    known = await currencies_known(conn)
    met = []
    for wish in wishes:
        currency = known.get(wish.code) or await _meet(conn, field, wish)
        if wish.scale is not None and wish.scale != currency.scale:
            raise Invalid(field, f"{wish.code} has {currency.scale} decimals, not {wish.scale}")
        known[wish.code] = currency
        met.append(currency)
    return met


async def _meet(conn: Connection, field: str, wish: CurrencyWish) -> Currency:
    facts = currency_facts(wish.code)
    if facts is None and wish.scale is None:
        raise Invalid(field, f"{wish.code} is no currency known; a custom one needs its decimals: {wish.code}:2")
    if facts is None:
        assert wish.scale is not None
        facts = CurrencyFacts(wish.code, wish.scale)
    elif wish.scale is not None and wish.scale != facts.scale:
        raise Invalid(field, f"{wish.code} has {facts.scale} decimals, not {wish.scale}")
    await conn.execute(
        "INSERT INTO currency (code, name, scale) VALUES ($1, $2, $3)", wish.code, facts.name, facts.scale
    )
    return Currency(wish.code, facts.scale)
