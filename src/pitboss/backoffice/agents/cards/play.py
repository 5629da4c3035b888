"""How the agent's players play, and how its answers tell times."""

from functools import partial

from nicegui import ui

from pitboss.backoffice.agents.change import change
from pitboss.backoffice.card import button, card
from pitboss.backoffice.facts import facts
from pitboss.backoffice.form import buttons, form, text_field
from pitboss.backoffice.grid import Cell
from pitboss.backoffice.visit import Visit
from pitboss.domain.agents.entry import AgentChanges, read_utc_offset
from pitboss.domain.catalogue import Agent
from pitboss.domain.staff.rights import Right


def play_card(visit: Visit, agent: Agent) -> None:
    """Sessions, overdrafts, country and times."""
    with card("Play") as head:
        facts({
            "One session at a time": Cell("yes" if agent.one_session else "no", "A launch ends the others."),
            "Cancels may overdraw a player": Cell("yes" if agent.allow_negative else "no"),
            "Country unless known": Cell(agent.default_country or "–"),
            "Its answers tell times at UTC": Cell(_offset(agent.utc_offset_min)),
        })  # fmt: skip
    with head:
        if visit.who.may(Right.CONFIGURE):
            button("Change", partial(_change, visit, agent))


def _offset(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


async def _change(visit: Visit, agent: Agent) -> None:
    with form(f"Play with {agent.name}") as dialog:
        one_session = ui.checkbox("A launch ends the player's other sessions", value=agent.one_session)
        negative = ui.checkbox("Cancels may overdraw a player", value=agent.allow_negative)
        country = text_field("Country where a player's is not known", agent.default_country, "A code or English name")
        offset = text_field("Its answers tell times at UTC", _offset(agent.utc_offset_min), "Such as +07:00")

        async def save() -> bool:
            named = country.value.strip()
            changes = AgentChanges(
                one_session=one_session.value, allow_negative=negative.value, default_country=named or None,
                utc_offset_min=read_utc_offset(offset.value.strip()),
            )  # fmt: skip
            return await change(visit, agent, changes, f"{agent.name} plays so from now on.")

        buttons(dialog, "Save", save)
