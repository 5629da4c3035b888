"""Parts of a page about one thing: a card with a title and its acts, facts line by line, and small tables."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from nicegui import ui

from pitboss.backoffice.grid import Cell, Column, grid


@contextmanager
def section(title: str, *acts: ui.element) -> Iterator[None]:
    """A card around what the block makes. `acts`: buttons made before, moved to the title's right."""
    with ui.card().classes("card section w-full"):
        with ui.row().classes("section-head") as head:
            ui.label(title).classes("section-title").props("role=heading aria-level=2")
            ui.space()
        for act in acts:
            act.move(head)
        yield


def facts(told: Mapping[str, Cell]) -> None:
    """Names and what they are, one a line; what is empty is left out."""
    with ui.element("div").classes("lines"):
        for name, cell in told.items():
            if not cell.text:
                continue
            ui.label(name)
            line = ui.link(cell.text, cell.href) if cell.href else ui.label(cell.text)
            line.classes(cell.tone)
            if cell.hint:
                line.props["title"] = cell.hint


def table(columns: Sequence[Column], rows: Sequence[Mapping[str, Cell]], empty: str) -> None:
    """A table within a section; `empty` is said quietly where there is nothing."""
    if rows:
        grid(columns, rows, empty)
    else:
        ui.label(empty).classes("quiet text-sm")
