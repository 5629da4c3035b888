"""What an agent's play came to, exact at any moment, and what was settled of it."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.domain.money import format_decimal
from pitboss.domain.reports.credit import Revenue, ggr_in_base
from pitboss.domain.reports.quarters import add_exact
from pitboss.storage import statements
from pitboss.storage.audit import act
from pitboss.storage.database import Connection
from pitboss.storage.reports.quarters import read_behind, revenue_of


class Accounts(NamedTuple):
    """`settled`: gross gaming revenue at the last settlement, in the base currency."""

    revenue: list[Revenue]
    settled: Decimal
    settled_at: datetime | None


async def read_accounts(conn: Connection, agent_id: int) -> Accounts:
    """Needs a transaction in one snapshot, of the tenant or the owner."""
    behind = await read_behind(conn, agent_id)
    revenue = {
        row[0]: Revenue(*row)
        for row in await conn.fetch(statements.sql("quarters/revenue"), agent_id, behind.generation)
    }
    for currency, settled, unrated in revenue_of(behind.changes):
        known = revenue.get(currency, Revenue(currency, Decimal(0), Decimal(0)))
        revenue[currency] = Revenue(currency, add_exact(known.settled, settled), add_exact(known.unrated, unrated))
    last = await conn.fetchrow(statements.sql("quarters/settled"), agent_id)
    return Accounts(list(revenue.values()), last[1] if last else Decimal(0), last[0] if last else None)


class Settled(NamedTuple):
    """A settlement: gross gaming revenue since the one before it (`since`, None for the first), in the base currency."""

    at: datetime
    since: datetime | None
    ggr: Decimal


async def settle(conn: Connection, catalogue: Catalogue, agent: Agent, *, actor: str, now: datetime) -> Settled:
    """Mark that everything until now is settled with the agent. Needs the owner's connection."""
    async with conn.transaction(isolation="repeatable_read"):
        accounts = await read_accounts(conn, agent.id)
    total = ggr_in_base(catalogue, agent, accounts.revenue, now)
    since = add_exact(total, accounts.settled.copy_negate())
    async with act(conn, actor, now) as under_way:
        await conn.execute("INSERT INTO settlement (agent_id, at, ggr) VALUES ($1, $2, $3)", agent.id, now, total)
        told = {"ggr": format_decimal(since), "currency": agent.base_currency.code}
        await under_way.record("agent.settle", agent.name, told, agent.id)
    return Settled(now, accounts.settled_at, since)
