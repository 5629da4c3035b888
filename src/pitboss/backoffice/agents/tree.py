"""The agents one may see, as the tree they are, and new ones."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from nicegui import ui

from pitboss.backoffice.agents.credit import standing_of
from pitboss.backoffice.agents.new_agent import new_agent
from pitboss.backoffice.frame import frame
from pitboss.backoffice.grid import Cell, Column, Filter, filters, grid, pager
from pitboss.backoffice.office import Office
from pitboss.backoffice.page import page
from pitboss.backoffice.place import page_of, read_place
from pitboss.backoffice.url import Url
from pitboss.backoffice.visit import Visit, money
from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.money import format_decimal
from pitboss.domain.staff.rights import Right

_COLUMNS = (
    Column("agent", "Agent"), Column("id", "Id", right=True), Column("type", "Players' money"),
    Column("currencies", "Currencies"), Column("credit", "Credit", right=True), Column("state", "State"),
)  # fmt: skip
_TYPES = {"transfer": "in the hub", "seamless": "with the agent"}
_STATES = {"active": "active", "blocked": "blocked"}
_FILTERS = (Filter("name", "Name"), Filter("type", "Players' money", _TYPES), Filter("state", "State", _STATES))
_PAGE = 50


class _Leaf(NamedTuple):
    agent: Agent
    depth: int


def pages(office: Office) -> None:
    """`/agents`."""

    @page(office, "/agents")
    async def agents(visit: Visit) -> None:
        await office.hub.live.refresh()
        found = [leaf for leaf in _tree(office.agents_of(visit.who)) if _is_wanted(leaf.agent, visit.url)]
        shown, earlier, later = page_of(found, read_place(visit.url), _PAGE)
        rows = [await _row(visit, leaf) for leaf in shown]
        with frame(visit, "Agents"):
            if visit.who.may(Right.CONFIGURE):
                ui.button("New agent", icon="add", on_click=lambda: new_agent(visit)).props("unelevated no-caps")
            filters(visit.url, _FILTERS)
            grid(_COLUMNS, rows, "No such agent: clear the filters, or create one.")
            pager(visit.url, earlier, later, labels=("← Before", "After →"))


def _tree(agents: Mapping[int, Agent]) -> Iterator[_Leaf]:
    """Each agent under its parent, brothers by name. One whose parent is not among them is a top."""
    under: dict[int | None, list[Agent]] = {}
    for agent in sorted(agents.values(), key=lambda one: (one.name.lower(), one.id)):
        under.setdefault(agent.parent_id if agent.parent_id in agents else None, []).append(agent)
    waiting = [_Leaf(agent, 0) for agent in reversed(under.get(None, []))]
    while waiting:
        leaf = waiting.pop()
        yield leaf
        waiting += [_Leaf(agent, leaf.depth + 1) for agent in reversed(under.get(leaf.agent.id, []))]


def _is_wanted(agent: Agent, url: Url) -> bool:
    kind, state = url.one_of("type", _TYPES), url.one_of("state", _STATES)
    return (
        url.get("name").lower() in agent.name.lower()
        and kind in ("", agent.type.value)
        and state in ("", "active" if agent.active else "blocked")
    )


async def _row(visit: Visit, leaf: _Leaf) -> dict[str, Cell]:
    agent, depth = leaf
    indent = "\u2003" * (depth - 1) + "↳ " if depth else ""
    return {
        "agent": Cell(indent + agent.name, hint=f"Settings of {agent.name}", href=f"/agents/{agent.id}/settings"),
        "id": Cell(str(agent.id)),
        "type": Cell(_TYPES[AgentType(agent.type).value], hint=agent.type.value),
        "currencies": Cell(", ".join(sorted(agent.currencies)), hint=f"base currency {agent.base_currency.code}"),
        "credit": await _credit(visit, agent),
        "state": Cell("active", tone="good") if agent.active else Cell("blocked", tone="bad"),
    }


async def _credit(visit: Visit, agent: Agent) -> Cell:
    standing = await standing_of(visit, agent)
    if standing is None or agent.credit_limit is None:
        return Cell("no limit", tone="quiet")
    tone = "bad" if standing.exhausted else ""
    said = "used up" if standing.exhausted else f"{format_decimal(standing.percentage)}% used"
    return Cell(f"{said} of {money(agent.credit_limit, agent.base_currency)}", tone=tone)  # type: ignore[arg-type]
