"""Composition of the back office: one ASGI application over a hub of this process."""

from typing import Any

from fastapi import FastAPI
from nicegui import ui

from pitboss.backoffice.agents import settings, tree
from pitboss.backoffice.door import Door
from pitboss.backoffice.games import of_agent, of_hub
from pitboss.backoffice.office import Office
from pitboss.backoffice.overview import hub
from pitboss.backoffice.players import player
from pitboss.backoffice.players import search as players
from pitboss.backoffice.recovery import errors, recovery
from pitboss.backoffice.rounds import search as rounds
from pitboss.backoffice.rounds import timeline
from pitboss.backoffice.staff import audit, people

_PAGES = (
    hub, tree, settings, of_hub, of_agent, players, player, rounds, timeline, errors, recovery, audit, people,
)  # fmt: skip


def compose(office: Office) -> Door:
    """The application. Once a process: the framework keeps its pages in globals."""
    around = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for module in _PAGES:
        module.pages(office)
    look: dict[str, Any] = {"title": "Pitboss", "dark": None, "show_welcome_message": False, "favicon": "♠️"}
    ui.run_with(around, **look)
    return Door(office, around)
