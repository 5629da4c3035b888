"""An agent's games: which its players can play, and what they return."""

from typing import Final

from pitboss.backoffice.acts import do, sure
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
from pitboss.backoffice.office import Desk, Office
from pitboss.backoffice.page import page
from pitboss.backoffice.place import page_of, read_place
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Agent, Catalogue, Game
from pitboss.domain.staff.rights import Right
from pitboss.engine.game_figures import returns_of
from pitboss.storage.catalogue.games import switch_game
from pitboss.storage.reports.game_figures import read_figures

_STATES: Final[dict[str, tuple[str, Tone]]] = {
    "on": ("on", "good"),
    "off": ("off for this agent", "bad"),
    "provider_off": ("its provider is off here", "warn"),
    "off_everywhere": ("off for everybody", "warn"),
}
_PAGE = 50


def pages(office: Office) -> None:
    """`/agents/{agent_id}/games`."""

    @page(office, "/agents/{agent_id:int}/games")
    async def games(visit: Visit, agent_id: int) -> None:
        await office.hub.live.refresh()
        agent, catalogue = office.agent(visit.who, agent_id), office.hub.live.current
        async with office.reading(visit.who, agent.id) as conn:
            figures = await read_figures(conn, agent.id)
        returns = returns_of(catalogue, figures, agent.id, office.hub.clock())
        offered = game_filters(catalogue, {state: words for state, (words, _) in _STATES.items()})
        lines = game_lines(catalogue, visit.url, offered, lambda game: _state(catalogue, agent, game), returns)
        shown, earlier, later = page_of(lines, read_place(visit.url), _PAGE)
        with frame(visit, f"Games of {agent.name}", agent):
            warn_of_broken(visit.url, returns)
            filters(visit.url, offered)
            _table(visit, agent, catalogue, list(shown))
            pager(visit.url, earlier, later, labels=("← Before", "After →"))


def _state(catalogue: Catalogue, agent: Agent, game: Game) -> str:
    terms = agent.providers.get(game.provider_id)
    if not game.active or not catalogue.providers[game.provider_id].active:
        return "off_everywhere"
    if terms is None or not terms.active:
        return "provider_off"
    return "off" if game.id in agent.games_off else "on"


def _table(visit: Visit, agent: Agent, catalogue: Catalogue, lines: list[GameLine]) -> None:
    configures = visit.who.may(Right.CONFIGURE)

    async def clicked(place: int, _: str) -> None:
        await _switch(visit, agent, lines[place].game, lines[place].game.id in agent.games_off)

    columns = (*GAME_COLUMNS, *COLUMNS, *([Column("switch", "")] if configures else []))
    rows = []
    for line in lines:
        words, tone = _STATES[_state(catalogue, agent, line.game)]
        switch = Cell("Enable" if line.game.id in agent.games_off else "Disable", hint=line.game.name, act=True)
        rows.append(game_cells(catalogue, line) | {"state": Cell(words, tone=tone), "switch": switch})
    grid(columns, rows, "No such game: clear the filters, or take over a studio's games.", clicked)


async def _switch(visit: Visit, agent: Agent, game: Game, enabled: bool) -> None:
    text = "New stakes end within a second. Wins of rounds under way still reach the players."
    if not enabled and not await sure(f"Disable {game.name} for {agent.name}?", text, "Disable"):
        return

    async def work(desk: Desk) -> None:
        await switch_game(desk.conn, game.code, enabled, agent.id, actor=desk.actor, now=desk.now)

    done = f"{game.name} is {'enabled' if enabled else 'disabled'} for {agent.name}."
    await do(visit, Right.CONFIGURE, work, done, agent.id)
