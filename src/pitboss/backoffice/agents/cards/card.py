"""What every card of an agent's settings has: a title, lines of facts, and how a change is made."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from nicegui import ui

from pitboss.backoffice.acts import act, check_decides_for_hub
from pitboss.backoffice.office import Desk
from pitboss.backoffice.visit import Visit
from pitboss.domain.agents.entry import AgentChanges
from pitboss.domain.catalogue import Agent
from pitboss.domain.staff.rights import Right
from pitboss.storage.agents import change_agent


@contextmanager
def card(title: str) -> Iterator[ui.row]:
    """A card; the row is where its buttons go, beside the title."""
    with ui.card().classes("card setting"):
        with ui.row().classes("w-full items-center"):
            ui.label(title).classes("card-title").props("role=heading aria-level=2")
            ui.space()
            head = ui.row().classes("items-center gap-1")
        yield head


def fact(name: str, value: str, tone: str = "", hint: str = "") -> None:
    """One line: what it is called, and what it is."""
    with ui.row().classes("fact"):
        ui.label(name).classes("quiet")
        shown = ui.label(value).classes(tone)
        if hint:
            shown.tooltip(hint)


def button(label: str, work: Callable[[], Awaitable[object]], bad: bool = False) -> None:
    """A small button in a card's head."""
    ui.button(label, on_click=work).props(f"flat dense no-caps {'color=negative' if bad else ''}")


async def do(
    visit: Visit, work: Callable[[Desk], Awaitable[object]], done: str, agent_id: int, right: Right = Right.CONFIGURE
) -> None:
    """Act, and show the page anew when it was done."""
    if await act(visit, right, work, done, agent_id):
        ui.navigate.to(str(visit.url))


async def change(visit: Visit, agent: Agent, changes: AgentChanges, done: str, for_hub: bool = False) -> None:
    """Change the agent as `pitboss agent set` does. `for_hub`: only people of the whole hub may."""
    office = visit.office

    async def work(desk: Desk) -> None:
        if for_hub:
            check_decides_for_hub(visit)
        await change_agent(
            desk.conn, office.hub.box, agent.id, changes, office.reach, actor=desk.actor, now=desk.now,
            number=office.hub.arrivals.number,
        )  # fmt: skip

    await do(visit, work, done, agent.id)
