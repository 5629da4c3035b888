"""What stands around every page: where one is, where one can go, search, and whose hub this is."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from nicegui import ui

from pitboss.backoffice.visit import THEME_COOKIE, ZONE_COOKIE, Visit
from pitboss.domain.catalogue import Agent
from pitboss.domain.staff.rights import Right

_STYLE: Final = (Path(__file__).parent / "style.css").read_text("utf-8")
_SCRIPT: Final = (Path(__file__).parent / "frame.js").read_text("utf-8")


class Place(NamedTuple):
    """One line of the menu; `right`: only for people who have it; `whole_hub`: only for people of no agent."""

    label: str
    icon: str
    path: str
    right: Right | None = None
    whole_hub: bool = False


_OF_HUB: Final = (
    Place("Overview", "dashboard", "/"),
    Place("Agents", "account_tree", "/agents"),
    Place("All games", "casino", "/games", whole_hub=True),
    Place("Audit", "history", "/audit", Right.AUDIT),
    Place("Staff", "badge", "/staff", Right.STAFF),
)
_OF_AGENT: Final[tuple[Place, ...]] = (
    Place("Overview", "speed", ""),
    Place("Rounds", "receipt_long", "/rounds"),
    Place("Players", "group", "/players"),
    Place("Recovery", "healing", "/recovery"),
    Place("Error log", "error_outline", "/errors"),
    Place("Games", "casino", "/games"),
    Place("Settings", "tune", "/settings"),
)


def way(agent: Agent, path: str) -> str:
    """Where a page of the agent is; empty where there is none at `path` (that after the agent's own)."""
    return f"/agents/{agent.id}{path}" if any(place.path == path for place in _OF_AGENT) else ""


@contextmanager
def frame(visit: Visit, title: str, agent: Agent | None = None) -> Iterator[None]:
    """The page around what the block makes. `agent`: the one the page is about."""
    ui.page_title(f"{title} · Pitboss")
    ui.dark_mode(visit.dark)
    ui.colors(primary="#14563d", positive="#17673f", negative="#a3261b", warning="#8a5a00")
    ui.add_css(_STYLE)
    cookies = {"zone": ZONE_COOKIE, "theme": THEME_COOKIE, "shown": str(visit.zone)}
    ui.add_body_html(f"<script>({_SCRIPT})({json.dumps(cookies)})</script>")
    with ui.left_drawer(bordered=True).props("width=216 breakpoint=900").classes("side") as drawer:
        _menu(visit, agent)
    with ui.header().classes("top"):
        ui.button(icon="menu", on_click=drawer.toggle).props('flat round dense color=white aria-label="Menu"')
        ui.link("Pitboss", "/").classes("brand")
        _agents(visit, agent)
        ui.space()
        _person(visit)
    with ui.column().classes("sheet"):
        ui.label(title).classes("title").props("role=heading aria-level=1")
        yield


def part(title: str = "") -> ui.label:
    """The heading of a part of a page."""
    return ui.label(title).classes("part").props("role=heading aria-level=2")


def _agents(visit: Visit, agent: Agent | None) -> None:
    """Which agent the pages are about; the address says it, so choosing is going there."""
    names = {one.id: one.name for one in visit.office.agents_of(visit.who).values()}
    if not names:
        return
    ui.select(
        names,
        value=None if agent is None else agent.id,
        label="Agent",
        with_input=len(names) > 8,
        on_change=lambda event: ui.navigate.to(f"/agents/{event.value}"),
    ).props("dense options-dense outlined dark").classes("agents")


def _person(visit: Visit) -> None:
    ui.button(icon="contrast").props('flat round dense color=white aria-label="Light or dark"').classes("theme")
    ui.label(f"{visit.who.username} · {visit.who.role.value}").classes("who")
    with ui.element("form").props('method=post action="/sign-out"'):
        ui.button("Sign out").props("flat dense no-caps color=white type=submit")


def _menu(visit: Visit, agent: Agent | None) -> None:
    if agent is not None and _OF_AGENT:
        ui.label(agent.name).classes("menu-head")
        for place in _OF_AGENT:
            _line(visit, place, f"/agents/{agent.id}{place.path}")
    ui.label("Hub").classes("menu-head")
    for place in _OF_HUB:
        _line(visit, place, place.path)


def _line(visit: Visit, place: Place, path: str) -> None:
    if place.right is not None and not visit.who.may(place.right):
        return
    if place.whole_hub and visit.who.agent_id is not None:
        return
    here = visit.url.path == path
    with ui.link(target=path).classes("menu-line here" if here else "menu-line") as link:
        ui.icon(place.icon)
        ui.label(place.label)
    if here:
        link.props("aria-current=page")
