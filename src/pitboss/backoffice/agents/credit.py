"""How much of its credit with the hub an agent has used."""

from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Agent
from pitboss.domain.reports.credit import Standing, ggr_in_base, standing
from pitboss.storage.reports.quarters import one_snapshot
from pitboss.storage.reports.revenue import read_accounts


async def standing_of(visit: Visit, agent: Agent) -> Standing | None:
    """Of now, exact; None without a limit."""
    if agent.credit_limit is None:
        return None
    hub = visit.office.hub
    async with visit.office.reading(visit.who, agent.id) as conn:
        await one_snapshot(conn)
        accounts = await read_accounts(conn, agent.id)
    ggr = ggr_in_base(hub.live.current, agent, accounts.revenue, hub.clock())
    return standing(agent, ggr, accounts.settled)
