"""Composition of the back office: one ASGI application over a hub of this process."""

from typing import Any

from fastapi import FastAPI
from nicegui import ui

from pitboss.backoffice import pages
from pitboss.backoffice.door import Door
from pitboss.backoffice.office import Office


def compose(office: Office) -> Door:
    """The application. Once a process: the framework keeps its pages in globals."""
    around = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    pages.register(office)
    settings: dict[str, Any] = {"title": "Pitboss", "dark": None, "show_welcome_message": False, "favicon": "♠️"}
    ui.run_with(around, **settings)
    return Door(office, around)
