"""Facts: names and what they are, one a line or side by side."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from nicegui import ui

from pitboss.backoffice.grid import Cell


def facts(told: Mapping[str, Cell]) -> None:
    """One a line; what is empty is left out."""
    with lines():
        for name, cell in told.items():
            if cell.text:
                fact(name, cell)


@contextmanager
def lines() -> Iterator[None]:
    """Around facts, each on its line."""
    with ui.element("dl").classes("told"):
        yield


@contextmanager
def side_by_side(quiet: bool = False) -> Iterator[None]:
    """Around facts, each below its name, as many beside each other as fit."""
    with ui.element("dl").classes(f"facts {'ids' if quiet else ''}"):
        yield


def fact(name: str, cell: Cell) -> None:
    """One of them."""
    with ui.element("div"):
        with ui.element("dt"):
            ui.label(name)
        with ui.element("dd"):
            words(cell)


def words(cell: Cell) -> None:
    """What a table's cell would say, outside of a table."""
    shown = ui.link(cell.text, cell.href) if cell.href else ui.label(cell.text)
    shown.classes(cell.tone)
    if cell.hint:
        shown.props["title"] = cell.hint
