"""Where one comes in: the agents one may see."""

from pitboss.backoffice.frame import frame
from pitboss.backoffice.grid import Cell, Column, grid
from pitboss.backoffice.office import Office
from pitboss.backoffice.page import page
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Agent

_COLUMNS = (
    Column("agent", "Agent"), Column("id", "Id", right=True), Column("type", "Money is"), Column("currencies", "Currencies"),
    Column("operator_id", "operator_id"), Column("state", "State"),
)  # fmt: skip


def pages(office: Office) -> None:
    """`/`."""

    @page(office, "/")
    async def start(visit: Visit) -> None:
        with frame(visit, "Agents"):
            agents = office.agents_of(visit.who)
            rows = [_row(agent) for agent in sorted(agents.values(), key=lambda one: one.name.lower())]
            grid(_COLUMNS, rows, "No agents yet: `pitboss agent create` makes the first one.")


def _row(agent: Agent) -> dict[str, Cell]:
    return {
        "agent": Cell(agent.name, href=f"/agents/{agent.id}"),
        "id": Cell(str(agent.id)),
        "type": Cell("in the hub" if agent.type == "transfer" else "with the agent", hint=agent.type.value),
        "currencies": Cell(", ".join(agent.currencies)),
        "operator_id": Cell(agent.operator_id, tone="mono"),
        "state": Cell("active", tone="good") if agent.active else Cell("blocked", tone="bad"),
    }
