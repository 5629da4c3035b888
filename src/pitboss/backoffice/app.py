"""Composition of the back office: one ASGI application over a hub of this process."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from nicegui import Client, ui

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
    Client.accept_handshake = _accept_own(Client.accept_handshake)  # type: ignore[method-assign]
    return Door(office, around)


def _accept_own(accept: Callable[..., bool]) -> Callable[..., bool]:
    """A page is its person's alone: the ids that join a socket to it stand in addresses, which proxies write down."""

    def own(page: Client, socket_id: str, tab_id: str, environ: Mapping[str, Any] | None) -> bool:
        asks = (environ or {}).get("asgi.scope", {}).get("pitboss.visitor")
        made_for = page.request.scope.get("pitboss.visitor")
        if asks is None or made_for is None or asks.username != made_for.username:
            return False
        return accept(page, socket_id, tab_id, environ)

    return own
