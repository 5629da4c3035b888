"""An agent's rounds, found by what a person knows of them."""

from typing import Final, NamedTuple

from nicegui import ui

from pitboss.backoffice.frame import frame
from pitboss.backoffice.grid import Cell, Column, Filter, amount, at, filters, grid, pager
from pitboss.backoffice.office import Office
from pitboss.backoffice.page import page
from pitboss.backoffice.paths import round_path, rounds_path
from pitboss.backoffice.times import in_utc, time_field, time_of
from pitboss.backoffice.url import Url
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Game
from pitboss.domain.invalid import Invalid
from pitboss.storage.rounds.rows import RoundRow, RoundState
from pitboss.storage.rounds.search import RoundFilter, RoundPage, WantedState, search

_COLUMNS: Final = (
    Column("opened", "Opened"), Column("round", "Round"), Column("player", "Player"), Column("game", "Game"),
    Column("staked", "Staked", right=True), Column("returned", "Given back", right=True), Column("won", "Won", right=True),
    Column("state", "State"), Column("number", "Hub's number"),
)  # fmt: skip
_STATES: Final = {
    WantedState.OPEN.value: "open",
    WantedState.FINISHED.value: "finished",
    WantedState.RETURNED.value: "stakes given back",
    WantedState.UNKNOWN.value: "outcome unknown",
    WantedState.REFUSED.value: "something refused",
}
_MONEY: Final = {"real": "real alone", "bonus": "with bonus"}
_MEMBER: Final = "page"
_STATE_CELLS: Final = {
    RoundState.OPEN: Cell("open"),
    RoundState.FINISHED: Cell("finished", tone="good"),
    RoundState.RETURNED: Cell("stakes given back", tone="quiet"),
    RoundState.NOTHING: Cell("nothing stood", tone="quiet"),
}


class _Asked(NamedTuple):
    """A page of what was asked for, or why there is none."""

    found: RoundPage
    problem: str = ""


def pages(office: Office) -> None:
    """`/agents/{agent_id}/rounds`."""

    @page(office, "/agents/{agent_id:int}/rounds")
    async def rounds(visit: Visit, agent_id: int) -> None:
        agent = office.agent(visit.who, agent_id)
        visit = in_utc(visit, "since", "until")
        asked = await _asked(visit, agent_id)
        with frame(visit, "Rounds", agent):
            filters(visit.url, _fields(visit), _MEMBER)
            if asked.found.waiting:
                ui.label("Nothing of these stands yet: the operator's answer is not known.").classes("warn")
                grid(_COLUMNS, [_row(visit, agent_id, row) for row in asked.found.waiting], "")
            rows = [_row(visit, agent_id, row) for row in asked.found.rows]
            grid(_COLUMNS, rows, asked.problem or _empty(visit.url, asked.found))
            if asked.found.looked_to is not None:
                _tell_how_far(visit, asked.found)
            pager(visit.url, asked.found.newer, asked.found.older, _MEMBER)


def _fields(visit: Visit) -> list[Filter]:
    return [
        Filter("player", "Player"), Filter("round", "Round id"), Filter("transaction", "Transaction id"), Filter("game", "Game"),
        time_field(visit, "since", "Opened from"), time_field(visit, "until", "until"),
        Filter("state", "State", _STATES), Filter("money", "Money", _MONEY),
    ]  # fmt: skip


async def _asked(visit: Visit, agent_id: int) -> _Asked:
    try:
        wanted = _wanted(visit)
        async with visit.office.reading(visit.who, agent_id) as conn:
            return _Asked(await search(conn, agent_id, wanted, visit.url.get(_MEMBER) or None))
    except Invalid as invalid:
        return _Asked(RoundPage([]), f"{invalid.field.capitalize()} {invalid.problem}.")


def _wanted(visit: Visit) -> RoundFilter:
    url = visit.url
    state, paid = url.one_of("state", _STATES), url.one_of("money", _MONEY)
    game = None if not url.get("game") else game_called(visit, url.get("game"))
    return RoundFilter(
        player=url.get("player") or None,
        round=url.get("round") or None,
        transaction=url.get("transaction") or None,
        game_id=None if game is None else game.id,
        since=time_of(visit, "since"),
        until=time_of(visit, "until"),
        state=WantedState(state) if state else None,
        in_bonus=paid == "bonus" if paid else None,
    )


def game_called(visit: Visit, text: str) -> Game:
    """By its code, its number or its name, the only one of that name. Raises Invalid."""
    catalogue = visit.office.hub.live.current
    wanted = text.strip().lower()
    exact = catalogue.games_by_code.get(wanted)
    if exact is None and wanted.isascii() and wanted.isdigit() and len(wanted) <= 6:
        exact = catalogue.games.get(int(wanted))
    if exact is not None:
        return exact
    named = [game for game in catalogue.games.values() if wanted in game.name.lower()]
    whole = [game for game in named if game.name.lower() == wanted]
    if len(whole or named) == 1:
        return (whole or named)[0]
    if not named:
        raise Invalid("game", "is no game's code, number or name")
    codes = ", ".join(f"{game.name} ({game.code})" for game in (whole or named)[:5])
    raise Invalid("game", f"may be several: {codes}; its code tells which")


def _row(visit: Visit, agent_id: int, row: RoundRow) -> dict[str, Cell]:
    catalogue = visit.office.hub.live.current
    currency = catalogue.currencies[row.currency]
    href = "" if row.round_id is None else address(visit, agent_id, row)
    state = state_cell(row)
    return {
        "opened": at(visit, row.opened_at, href),
        "round": Cell(row.round_id or "names no round", href=href, tone="mono" if row.round_id else "quiet"),
        "player": Cell(row.username, hint=row.user_in_game, href=rounds_path(agent_id, player=row.username)),
        "game": game_cell(visit, row.game_id),
        "staked": amount(row.staked, currency),
        "returned": amount(row.returned, currency),
        "won": amount(row.won, currency),
        "state": Cell(f"{state.text}, bonus", tone=state.tone) if row.in_bonus else state,
        "number": Cell("" if row.number is None else str(row.number), tone="mono"),
    }


def state_cell(row: RoundRow) -> Cell:
    """In what state it is, as far as is known."""
    state = _STATE_CELLS[row.state]
    return Cell(f"{state.text}, outcome unknown", tone="warn") if row.unknown else state


def address(visit: Visit, agent_id: int, row: RoundRow) -> str:
    """Where the round's timeline is."""
    provider = visit.office.hub.live.current.providers[row.provider_id]
    return round_path(agent_id, provider.code, row.user_in_game, row.round_id or "")


def game_cell(visit: Visit, game_id: int | None) -> Cell:
    """A game by its name."""
    game = None if game_id is None else visit.office.hub.live.current.games.get(game_id)
    return Cell("–", tone="quiet") if game is None else Cell(game.name, hint=game.code)


def _empty(url: Url, found: RoundPage) -> str:
    if found.nobody:
        return (
            "Nobody here is called that: a username, a player id, a userInGame or the operator's own id finds a player."
        )
    if found.looked_to is not None:
        return "None as far as was looked. Older goes on from there; a player or a time makes it quicker."
    if url.get("round") and not url.get("player"):
        return "No round like that. One in which every message was refused is found by its player as well."
    if url.query:
        return "No rounds like that. Widen the time, or clear the filter."
    return "No rounds yet: they are here as soon as somebody plays."


def _tell_how_far(visit: Visit, found: RoundPage) -> None:
    assert found.looked_to is not None
    label = ui.label(f"Looked through as far as {visit.moment(found.looked_to)}; the next page goes on from there.")
    label.classes("quiet")
