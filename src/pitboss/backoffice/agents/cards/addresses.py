"""Where the agent's calls may come from."""

from functools import partial

from nicegui import ui

from pitboss.backoffice.agents.change import change
from pitboss.backoffice.card import button, card
from pitboss.backoffice.form import buttons, form
from pitboss.backoffice.visit import Visit
from pitboss.domain.agents.entry import AgentChanges
from pitboss.domain.catalogue import Agent
from pitboss.domain.staff.rights import Right


def addresses_card(visit: Visit, agent: Agent) -> None:
    """The IP list."""
    with card("Calls may come from") as head:
        if not agent.allowed_ips:
            ui.label("anywhere: name the addresses of its servers").classes("warn")
        for network in agent.allowed_ips:
            ui.label(_told(str(network))).classes("mono")
    with head:
        if visit.who.may(Right.CONFIGURE):
            button("Change", partial(_change, visit, agent))


def _told(network: str) -> str:
    """A network of one address is told as the address."""
    return network.removesuffix("/128") if ":" in network else network.removesuffix("/32")


async def _change(visit: Visit, agent: Agent) -> None:
    text = "One address or network a line, such as 203.0.113.7 or 203.0.113.0/24. With none, calls come from anywhere."
    with form(f"Where calls of {agent.name} may come from", text) as dialog:
        known = "\n".join(_told(str(network)) for network in agent.allowed_ips)
        lines = ui.textarea("Addresses", value=known).props("outlined dense autogrow maxlength=20000").classes("w-full")

        async def save() -> bool:
            changes = AgentChanges(allowed_ips=tuple(lines.value.replace(",", " ").split()))
            return await change(visit, agent, changes, f"Calls of {agent.name} are let in so from now on.")

        buttons(dialog, "Save", save)
