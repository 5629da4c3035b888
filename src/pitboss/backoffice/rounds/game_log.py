"""A round as its studio tells it, fetched when somebody asks: hands, pockets, dice, lines, as players are shown them."""

from typing import Final
from urllib.parse import urlsplit

from nicegui import ui

from pitboss.backoffice.facts import fact, lines
from pitboss.backoffice.grid import Cell
from pitboss.backoffice.visit import Visit
from pitboss.providers import Failed
from pitboss.providers.round_history import round_history
from pitboss.storage.play.played import PlayedTransaction
from pitboss.wire.studio import RoundLog

_LONGEST: Final = 20_000


def game_log(visit: Visit, played: PlayedTransaction | None) -> None:
    """A button that asks the studio, and what it said. `played`: by which message of the round."""
    if played is None:
        return

    async def ask() -> None:
        button.disable()
        place.clear()
        with place:
            ui.spinner()
        told = await round_history(visit.office.connectors, visit.office.hub.live.current, played)
        place.clear()
        with place:
            _show(told)
        button.enable()

    button = ui.button("Show the game as the player saw it", icon="casino", on_click=ask).props("outline no-caps")
    place = ui.column().classes("w-full")


def _show(told: RoundLog | Failed) -> None:
    if isinstance(told, Failed):
        ui.label(f"The studio did not tell: {told.reason}.").classes("bad")
        return
    if told.log_type == "nodata" and not told.rows and told.page is None and not told.url:
        ui.label("The studio keeps no log of this round.").classes("empty")
        return
    with ui.card().classes("card step").props('role=group aria-label="Game log"'):
        ui.label(told.game_name or "Game log").classes("font-semibold")
        if told.game_result:
            ui.label(told.game_result)
        _details(told)
        for address in filter(None, (told.page, told.url)):
            if urlsplit(address).scheme in ("http", "https"):
                ui.link("The studio's own page of it", address, new_tab=True).props("rel=noopener noreferrer")


def _details(told: RoundLog) -> None:
    for hand in told.hands:
        with ui.row().classes("posting"):
            ui.label(hand.title).classes("quiet")
            for card in hand.cards:
                ui.label(card).classes("playing-card")
            ui.label(hand.result).classes("font-semibold")
    for pocket in told.pockets:
        with ui.row().classes("posting"):
            ui.label(pocket.number).classes("playing-card")
            ui.label(f"{pocket.color}, {pocket.even_odd}")
    if told.dices:
        with ui.row().classes("posting"):
            for dice in told.dices:
                ui.label(dice).classes("playing-card")
    if told.rows:
        with lines():
            for row in told.rows:
                fact(row.key, Cell(row.value[:_LONGEST]))
