"""Cards: what a page tells about one thing, under its title with the buttons beside it, and small tables within."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from nicegui import ui

from pitboss.backoffice.grid import Cell, Column, grid


@contextmanager
def card(title: str) -> Iterator[ui.row]:
    """A card around what the block makes. The row is where its buttons go, beside the title."""
    with ui.card().classes("card titled"):
        with ui.row().classes("card-head"):
            ui.label(title).classes("card-title").props("role=heading aria-level=2")
            ui.space()
            head = ui.row().classes("card-buttons")
        yield head


def button(label: str, work: Callable[[], object], bad: bool = False) -> None:
    """A small button in a card's head; `bad`: what it does takes something away."""
    ui.button(label, on_click=work).props(f"flat dense no-caps {'color=negative' if bad else ''}")


def table(
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Cell]],
    empty: str,
    on_act: Callable[[int, str], Awaitable[None]] | None = None,
) -> None:
    """A table within a card, as `grid` makes it; `empty` is said quietly where there is nothing."""
    if rows:
        grid(columns, rows, empty, on_act)
    else:
        ui.label(empty).classes("quiet text-sm")
