"""entityBalances: what the agent and those under it have in their own wallets, and what their players have, now or then."""

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.domain.money import format_minor
from pitboss.edges.partner_api.call import ReadCall
from pitboss.edges.partner_api.reports.query import Table, read_moment, read_page, read_zone
from pitboss.storage.reports.partner import read_balances
from pitboss.storage.reports.quarters import one_snapshot

COLUMNS = ("entity", "agentId", "currency", "balance", "playersBalance", "bonusBalance", "asOf")


async def entity_balances(call: ReadCall) -> Table:
    """A row for each agent and currency. `asOf` in the past: as it was before that moment."""
    page = read_page(call)
    as_of = read_moment(call, "asOf", read_zone(call))
    then = as_of if as_of is not None and as_of < call.now else None
    items: list[dict[str, object]] = []
    for agent in family(call.catalogue, call.agent):
        async with call.gate.inside(), call.hub.database.tenant(agent.id) as connection:
            await one_snapshot(connection)
            balances = await read_balances(connection, agent.id, then)
        for code, held in sorted(balances.items()):
            scale = call.catalogue.currencies[code].scale
            items.append({
                "entity": agent.name, "agentId": agent.id, "currency": code, "balance": format_minor(held.agent, scale),
                "playersBalance": format_minor(held.players, scale), "bonusBalance": format_minor(held.bonus, scale),
                "asOf": call.told_time(then or call.now),
            })  # fmt: skip
    return Table(COLUMNS, items[page.offset : page.offset + page.per_page], page, len(items))


def family(catalogue: Catalogue, agent: Agent) -> list[Agent]:
    """The agent and all under it, however far down, each after the one it is under."""
    found = [agent]
    for above in found:
        found += sorted(
            (other for other in catalogue.agents.values() if other.parent_id == above.id and other not in found),
            key=lambda other: other.id,
        )
    return found
