"""How the pages of an agent change it."""

from pitboss.backoffice.acts import check_decides_for_hub, do
from pitboss.backoffice.office import Desk
from pitboss.backoffice.visit import Visit
from pitboss.domain.agents.entry import AgentChanges
from pitboss.domain.catalogue import Agent
from pitboss.domain.staff.rights import Right
from pitboss.storage.agents import change_agent


async def change(visit: Visit, agent: Agent, changes: AgentChanges, done: str, for_hub: bool = False) -> bool:
    """Change the agent as `pitboss agent set` does; whether it was done. `for_hub`: only people of the whole hub may."""
    office = visit.office

    async def work(desk: Desk) -> None:
        if for_hub:
            check_decides_for_hub(visit)
        await change_agent(
            desk.conn, office.hub.box, agent.id, changes, office.reach(visit.who), actor=desk.actor, now=desk.now,
            number=office.hub.arrivals.number,
        )  # fmt: skip

    return await do(visit, Right.CONFIGURE, work, done, agent.id)
