"""All studios and games, for people of the whole hub: what is switched off for everybody, and what games return."""

from functools import partial
from typing import Final

from nicegui import ui

from pitboss.backoffice.acts import check_decides_for_hub, decides_for_hub, do, sure
from pitboss.backoffice.frame import frame
from pitboss.backoffice.games.catalogue_table import (
    GAME_COLUMNS,
    GameLine,
    game_cells,
    game_filters,
    game_lines,
    warn_of_broken,
)
from pitboss.backoffice.games.returns import COLUMNS
from pitboss.backoffice.grid import Cell, Column, Tone, filters, grid, pager
from pitboss.backoffice.office import Desk, Missing, Office
from pitboss.backoffice.page import page
from pitboss.backoffice.place import page_of, read_place
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Catalogue, Game, Provider
from pitboss.domain.catalogue.new_provider import ProviderChanges
from pitboss.domain.staff.rights import Right
from pitboss.engine.game_figures import GameReturn, returns_of
from pitboss.storage.catalogue.games import switch_game
from pitboss.storage.catalogue.providers import change_provider
from pitboss.storage.reports.game_figures import GameFigure, read_figures

_STATES: Final[dict[str, tuple[str, Tone]]] = {
    "on": ("on", "good"),
    "off": ("off for everybody", "bad"),
    "provider_off": ("its provider is off", "warn"),
}
_PROVIDER_COLUMNS = (
    Column("provider", "Provider"), Column("games", "Games", right=True), Column("agents", "Agents", right=True),
    Column("operator_id", "operator_id"), Column("address", "Answers at"), Column("state", "State"),
)  # fmt: skip
_PAGE = 50
_MOST_AGENTS = 200
"""Figures are read an agent at a time; with more agents than this the page would take seconds."""


def pages(office: Office) -> None:
    """`/games`."""

    @page(office, "/games")
    async def games(visit: Visit) -> None:
        if not decides_for_hub(visit):
            raise Missing("All games are shown to people of the whole hub; those of an agent are on its own page.")
        await office.hub.live.refresh()
        catalogue = office.hub.live.current
        returns = await _returns(visit, catalogue)
        offered = game_filters(catalogue, {state: words for state, (words, _) in _STATES.items()})
        lines = game_lines(catalogue, visit.url, offered, partial(_state, catalogue), returns)
        shown, earlier, later = page_of(lines, read_place(visit.url), _PAGE)
        with frame(visit, "Games and providers"):
            if len(catalogue.agents) > _MOST_AGENTS:
                ui.label("What games return is told by `pitboss game rtp`: there are too many agents to add up here.")
            warn_of_broken(visit.url, returns)
            _providers(visit, catalogue)
            filters(visit.url, offered)
            _table(visit, catalogue, list(shown))
            pager(visit.url, earlier, later, labels=("← Before", "After →"))


async def _returns(visit: Visit, catalogue: Catalogue) -> list[GameReturn]:
    """To everybody's players. Each agent's figures are read as that agent's."""
    figures: list[GameFigure] = []
    if len(catalogue.agents) <= _MOST_AGENTS:
        for agent_id in catalogue.agents:
            async with visit.office.reading(visit.who, agent_id) as conn:
                figures += await read_figures(conn, agent_id)
    return returns_of(catalogue, figures, None, visit.office.hub.clock())


def _state(catalogue: Catalogue, game: Game) -> str:
    if not catalogue.providers[game.provider_id].active:
        return "provider_off"
    return "on" if game.active else "off"


def _providers(visit: Visit, catalogue: Catalogue) -> None:
    providers = sorted(catalogue.providers.values(), key=lambda one: one.name.lower())

    async def clicked(place: int, _: str) -> None:
        await _switch_provider(visit, providers[place])

    columns = (*_PROVIDER_COLUMNS, *([Column("switch", "")] if visit.who.may(Right.CONFIGURE) else []))
    rows = [_provider(catalogue, one) for one in providers]
    grid(columns, rows, "No providers yet: `pitboss provider create` attaches the first studio.", clicked)


def _provider(catalogue: Catalogue, provider: Provider) -> dict[str, Cell]:
    served = sum(provider.id in agent.providers for agent in catalogue.agents.values())
    listed = sum(game.provider_id == provider.id for game in catalogue.games.values())
    return {
        "provider": Cell(provider.name, hint=provider.code),
        "games": Cell(f"{listed:,}"),
        "agents": Cell(f"{served:,}"),
        "operator_id": Cell(provider.operator_id, tone="mono"),
        "address": Cell(provider.callback_url or "–", tone="mono"),
        "state": Cell("on", tone="good") if provider.active else Cell("off for everybody", tone="bad"),
        "switch": Cell("Switch off" if provider.active else "Switch on", act=True),
    }


def _table(visit: Visit, catalogue: Catalogue, lines: list[GameLine]) -> None:
    async def clicked(place: int, _: str) -> None:
        await _switch(visit, lines[place].game)

    columns = (*GAME_COLUMNS, *COLUMNS, *([Column("switch", "")] if visit.who.may(Right.CONFIGURE) else []))
    rows = []
    for line in lines:
        words, tone = _STATES[_state(catalogue, line.game)]
        switch = Cell("Disable" if line.game.active else "Enable", hint=line.game.name, act=True)
        rows.append(game_cells(catalogue, line) | {"state": Cell(words, tone=tone), "switch": switch})
    grid(columns, rows, "No such game: clear the filters, or `pitboss provider games import`.", clicked)


async def _switch(visit: Visit, game: Game) -> None:
    enabled = not game.active
    text = "No player of any agent can stake in it. Wins of rounds under way still reach the players."
    if not enabled and not await sure(f"Disable {game.name} for everybody?", text, "Disable"):
        return

    async def work(desk: Desk) -> None:
        check_decides_for_hub(visit)
        await switch_game(desk.conn, game.code, enabled, None, actor=desk.actor, now=desk.now)

    done = f"{game.name} is {'enabled' if enabled else 'disabled'} for everybody."
    await do(visit, Right.CONFIGURE, work, done)


async def _switch_provider(visit: Visit, provider: Provider) -> None:
    active = not provider.active
    text = "No player of any agent can stake in any of its games. Wins of rounds under way still reach the players."
    if not active and not await sure(f"Switch {provider.name} off for everybody?", text, "Switch off"):
        return
    office = visit.office

    async def work(desk: Desk) -> None:
        check_decides_for_hub(visit)
        changes = ProviderChanges(active=active)
        await change_provider(
            desk.conn, office.hub.box, provider.code, changes, office.reach(visit.who), actor=desk.actor, now=desk.now
        )

    await do(visit, Right.CONFIGURE, work, f"{provider.name} is {'on' if active else 'off'} for everybody.")
