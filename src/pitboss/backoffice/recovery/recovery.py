"""Recovery: what a seamless agent's wallet has not answered for, what waits for a person, and rounds that nobody goes on with."""

from datetime import datetime, timedelta
from typing import NamedTuple

from nicegui import ui

from pitboss.backoffice.frame import frame, part
from pitboss.backoffice.grid import Cell, Column, Filter, amount, at, filters, grid, pager
from pitboss.backoffice.office import Office
from pitboss.backoffice.page import page
from pitboss.backoffice.paths import player_path, round_path
from pitboss.backoffice.recovery.waiting import PHASES, amount_of, buttons, currency_of, name_of, what_next
from pitboss.backoffice.rounds.search import address, game_cell
from pitboss.backoffice.url import Url
from pitboss.backoffice.visit import Visit, money, utc
from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.seamless.call import Phase
from pitboss.domain.seamless.outlook import outlook
from pitboss.storage.operator_calls.waiting import Waiting, WaitingPage, parked_page, under_way
from pitboss.storage.rounds.rows import RoundRow
from pitboss.storage.rounds.search import RoundFilter, RoundPage, WantedState, search

_PAGE = 50
_LONG = timedelta(hours=1)
_SHOW = {"rounds": "stuck rounds"}
_CALLS = (
    ("What", "w-1/6"), ("Player", "w-1/12"), ("Amount", "w-32 text-right"), ("How it stands", ""), ("What comes next", ""),
    ("", "w-28"),
)  # fmt: skip
_ROUNDS = (
    Column("changed", "Last moved"), Column("opened", "Begun"), Column("player", "Player"), Column("game", "Game"),
    Column("round", "Round"), Column("bets", "Bets", right=True), Column("staked", "Staked", right=True),
    Column("won", "Won", right=True), Column("waits", "Waits for"),
)  # fmt: skip


def pages(office: Office) -> None:
    """`/agents/{id}/recovery`."""

    @page(office, "/agents/{agent_id:int}/recovery")
    async def recovery(visit: Visit, agent_id: int) -> None:
        agent = office.agent(visit.who, agent_id)
        show, phase = visit.url.one_of("show", _SHOW), visit.url.one_of("phase", PHASES)
        if show:
            await _rounds_page(visit, agent)
        elif agent.type is AgentType.SEAMLESS:
            await _calls_page(visit, agent, Phase(phase) if phase else None)
        else:
            with frame(visit, "Recovery", agent):
                _tabs(visit, None)
                told = f"The money of {agent.name}'s players is in the hub: there is nothing outside to recover."
                ui.label(told).classes("empty")


async def _calls_page(visit: Visit, agent: Agent, phase: Phase | None) -> None:
    nothing = WaitingPage([], None)
    after, parked_after = visit.url.get("from") or None, visit.url.get("parked") or None
    async with visit.office.reading(visit.who, agent.id) as conn:
        by_hand = await parked_page(conn, agent.id, parked_after, _PAGE) if phase in (None, Phase.PARKED) else nothing
        moving = nothing if phase is Phase.PARKED else await under_way(conn, agent.id, phase, after, _PAGE)
    with frame(visit, "Recovery", agent):
        _tabs(visit, None)
        filters(visit.url.with_(parked=None), (Filter("phase", "Phase", PHASES),))
        if phase in (None, Phase.PARKED):
            part("Waits for a person")
            _calls(visit, agent, by_hand, "Nothing waits for a person.")
            pager(visit.url, None if parked_after is None else "", by_hand.older, "parked")
        if phase is not Phase.PARKED:
            part("The worker is at it")
            _calls(visit, agent, moving, "Nothing is under way: all that was asked of this agent's wallet is settled.")
            pager(visit.url, None if after is None else "", moving.older)


def _tabs(visit: Visit, show: str | None) -> None:
    with ui.row().classes("tabs"):
        for label, here in (("Unknown outcomes", None), ("Stuck rounds", "rounds")):
            link = ui.link(label, str(Url(visit.url.path, {} if here is None else {"show": here})))
            if here == show:
                link.props("aria-current=page")


def _calls(visit: Visit, agent: Agent, found: WaitingPage, empty: str) -> None:
    """A table with buttons, which a grid's cells cannot hold."""
    if not found.rows:
        ui.label(empty if found.older is None else "None among those looked at; there are more.").classes("empty")
        return
    now = visit.office.hub.clock()
    with ui.element("div").classes("calls"), ui.element("table"):
        with ui.element("thead"), ui.element("tr"):
            for title, classes in _CALLS:
                _cell("th", _Line(title), classes=classes)
        with ui.element("tbody"):
            for waiting in found.rows:
                with ui.element("tr"):
                    _call(visit, agent, waiting, now)


def _call(visit: Visit, agent: Agent, waiting: Waiting, now: datetime) -> None:
    call, about = waiting.call, amount_of(waiting)
    studio = _studio(visit, call.provider_id)
    round_ = round_path(agent.id, studio, waiting.user_in_game, call.round_id)
    _cell(
        "td", _Line(name_of(waiting), "strong"), _Line(f"{studio} {call.subject}", "mono"),
        _Line(f"round {call.round_id}", "mono", round_),
    )  # fmt: skip
    _cell("td", _Line(waiting.username, "", player_path(agent.id, waiting.player_id)), hint=waiting.user_in_game)
    _cell("td", _Line("–" if about is None else money(about, currency_of(agent, waiting))), classes="text-right")
    tries = f"{call.tries} failed " + ("try" if call.tries == 1 else "tries")
    asked = _Line(f"asked {visit.moment(call.asked_at)}, {tries}", "quiet")
    last = [] if call.last_error is None else [_Line(call.last_error, "bad")]
    _cell("td", _Line(outlook(call).did), asked, *last, hint=utc(call.asked_at))
    _cell("td", _Line(PHASES[call.phase], "strong"), _Line(what_next(visit, waiting, now)), hint=f"due {utc(call.due)}")
    with ui.element("td").classes("act"):
        buttons(visit, agent, waiting)
        ui.link("Failures", str(Url(f"/agents/{agent.id}/errors", {"reference": call.reference})))


class _Line(NamedTuple):
    text: str
    classes: str = ""
    href: str = ""


def _cell(tag: str, *lines: _Line, classes: str = "", hint: str = "") -> None:
    with ui.element(tag).classes(classes) as cell, ui.element("div"):
        for line in lines:
            with ui.element("div").classes(line.classes):
                if line.href:
                    ui.link(line.text, line.href)
                else:
                    ui.label(line.text)
    if hint:
        cell.props["title"] = hint


def _studio(visit: Visit, provider_id: int) -> str:
    provider = visit.office.hub.live.current.providers.get(provider_id)
    return str(provider_id) if provider is None else provider.code


async def _rounds_page(visit: Visit, agent: Agent) -> None:
    before = visit.office.hub.clock() - _LONG
    async with visit.office.reading(visit.who, agent.id) as conn:
        wanted = RoundFilter(state=WantedState.OPEN, until=before)
        found = await search(conn, agent.id, wanted, visit.url.get("page") or None, _PAGE)
    stuck = [row for row in found.rows if row.changed_at < before]
    with frame(visit, "Recovery", agent):
        _tabs(visit, "rounds")
        ui.label(
            "Rounds that are open and have not moved for an hour, the last begun first. Their studios end them."
        ).classes("quiet")
        grid(_ROUNDS, [_round(visit, agent, row) for row in stuck], _no_rounds(found))
        if found.looked_to is not None:
            ui.label(f"Looked back to rounds of {visit.moment(found.looked_to)}; there are more before that.").classes(
                "quiet"
            )
        pager(visit.url, found.newer, found.older, "page")


def _no_rounds(found: RoundPage) -> str:
    return "No round is stuck." if found.older is None else "None of those looked at is stuck; older ones may be."


def _round(visit: Visit, agent: Agent, row: RoundRow) -> dict[str, Cell]:
    currency = agent.currencies[row.currency]
    return {
        "changed": at(visit, row.changed_at),
        "opened": at(visit, row.opened_at),
        "player": Cell(row.username, hint=row.user_in_game, href=player_path(agent.id, row.player_id)),
        "game": game_cell(visit, row.game_id),
        "round": Cell(row.round_id or "–", href=address(visit, agent.id, row) if row.round_id else "", tone="mono"),
        "bets": Cell(str(row.bets)),
        "staked": amount(row.staked, currency),
        "won": amount(row.won, currency),
        "waits": Cell("the operator", tone="warn") if row.unknown else Cell("its studio", tone="quiet"),
    }
