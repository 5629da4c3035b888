"""The catalogue as a table: filters in the address, a page of games with what they return, and which of them look broken."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from nicegui import ui

from pitboss.backoffice.games.returns import BROKEN, WORDS, by_game, cells
from pitboss.backoffice.grid import Cell, Column, Filter
from pitboss.backoffice.url import Url
from pitboss.domain.catalogue import Catalogue, Game
from pitboss.domain.reports.rtp import Verdict
from pitboss.engine.game_figures import GameReturn

GAME_COLUMNS: Final = (
    Column("game", "Game"), Column("provider", "Provider"), Column("category", "Category"), Column("state", "State"),
)  # fmt: skip
_VERDICTS: Final = {verdict.value: words for verdict, (words, _, _) in WORDS.items()}
_BROKEN: Final = "broken"
_MOST_NAMED = 5

StateOf = Callable[[Game], str]
"""A key of the states a page tells."""


class GameLine(NamedTuple):
    """A game, and what it returned in one currency (None: nobody played it)."""

    game: Game
    returned: GameReturn | None

    @property
    def verdict(self) -> Verdict | None:
        """None where nobody played."""
        return None if self.returned is None else self.returned.told.verdict


def game_filters(catalogue: Catalogue, states: Mapping[str, str]) -> tuple[Filter, ...]:
    """By name, provider, category, state and how a game pays."""
    providers = {one.code: one.name for one in sorted(catalogue.providers.values(), key=lambda one: one.name.lower())}
    categories = {name: name for name in sorted({game.category for game in catalogue.games.values()})}
    return (
        Filter("name", "Name or code"),
        Filter("provider", "Provider", providers),
        Filter("category", "Category", categories),
        Filter("state", "State", states),
        Filter("pays", "Pays", {_BROKEN: "too much or too little", **_VERDICTS}),
    )


def game_lines(
    catalogue: Catalogue, url: Url, offered: Sequence[Filter], state_of: StateOf, returns: Sequence[GameReturn]
) -> list[GameLine]:
    """What the filters leave, by provider and name. Raises Invalid for a filter that cannot be."""
    for one in offered:
        if one.options is not None:
            url.one_of(one.name, one.options)
    found = by_game(returns)
    games = sorted(catalogue.games.values(), key=lambda game: (game.provider_id, game.name.lower(), game.id))
    wanted = (game for game in games if _is_wanted(catalogue, url, game, state_of))
    lines = (GameLine(game, line) for game in wanted for line in found.get(game.id, [None]))
    return [line for line in lines if _pays(line, url.get("pays"))]


def _is_wanted(catalogue: Catalogue, url: Url, game: Game, state_of: StateOf) -> bool:
    name = url.get("name").lower()
    return (
        (name in game.name.lower() or name in game.code)
        and url.get("provider") in ("", catalogue.providers[game.provider_id].code)
        and url.get("category") in ("", game.category)
        and url.get("state") in ("", state_of(game))
    )


def _pays(line: GameLine, wanted: str) -> bool:
    return not wanted or (line.verdict in BROKEN if wanted == _BROKEN else line.verdict == wanted)


def game_cells(catalogue: Catalogue, line: GameLine) -> dict[str, Cell]:
    """A row, but for its state."""
    game = line.game
    provider = catalogue.providers[game.provider_id]
    return {
        "game": Cell(game.name, hint=game.code),
        "provider": Cell(provider.name, hint=provider.code),
        "category": Cell(game.category),
    } | cells(catalogue, game.rtp, line.returned)


def warn_of_broken(url: Url, returns: Sequence[GameReturn]) -> None:
    """Above the table, whatever its filters are: games that look broken, by name."""
    names = list(dict.fromkeys(line.game.name for line in returns if line.told.verdict in BROKEN))
    if not names:
        return
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    count = "1 game looks" if len(names) == 1 else f"{len(names)} games look"
    with ui.element("div").classes("alarm").props("role=alert"):
        ui.icon("warning").classes("bad")
        ui.label(f"{count} broken: {', '.join(names[:_MOST_NAMED])}{more}.").classes("bad")
        ui.link("Show", str(Url(url.path, {"pays": _BROKEN})))
