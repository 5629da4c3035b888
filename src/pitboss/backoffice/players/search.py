"""An agent's players: found by name, or the newest, with what they have."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from nicegui import ui

from pitboss.backoffice.frame import frame
from pitboss.backoffice.grid import Cell, Column, Filter, at, filters, grid, pager
from pitboss.backoffice.office import Office
from pitboss.backoffice.page import page
from pitboss.backoffice.paths import player_path
from pitboss.backoffice.url import Url
from pitboss.backoffice.visit import Visit, money
from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import Currency
from pitboss.domain.tags import MAX_NAME
from pitboss.storage.database import Connection
from pitboss.storage.players.search import (
    LOOKED_AT,
    Found,
    Moment,
    Wanted,
    newest_players,
    players_also_called,
    players_by_name,
    wallets_of,
)
from pitboss.storage.players.support import WalletSeen

_COLUMNS = (
    Column("username", "Player"), Column("player_id", "Player id"), Column("shown", "Shown as"), Column("country", "Country"),
    Column("state", "State"), Column("money", "Has", right=True), Column("came", "Came"),
)  # fmt: skip
_PAGE = 50
_LONGEST_SEARCH = 100
_NAME_PLACE = re.compile(r"[a-z0-9]{1,30}")
_TIME_PLACE = re.compile(r"([0-9]{1,17})-([a-z0-9]{16})")
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_STATES = {"blocked": "blocked", "open": "not blocked"}
_ORDERS = {"name": "by name"}


class _Listed(NamedTuple):
    """A page of players; `onward`: the cursor of the next."""

    players: Sequence[Found]
    wallets: Mapping[str, Sequence[WalletSeen]]
    onward: str | None


def pages(office: Office) -> None:
    """`/agents/…/players`."""

    @page(office, "/agents/{agent_id:int}/players")
    async def players(visit: Visit, agent_id: int) -> None:
        agent = office.agent(visit.who, agent_id)
        wanted = _wanted(visit.url, agent)
        async with office.reading(visit.who, agent_id) as conn:
            listed = await _listed(conn, visit.url, agent, wanted)
        with frame(visit, "Players", agent):
            filters(visit.url, _filters(agent))
            _order(visit.url)
            grid(
                _COLUMNS, [_row(visit, agent, one, listed.wallets) for one in listed.players], _empty(visit.url, listed)
            )
            if listed.onward is not None and wanted.any and len(listed.players) < _PAGE:
                ui.label(f"{LOOKED_AT:,} players were looked at so far.").classes("quiet text-sm")
            first = "" if visit.url.get("from") else None
            pager(visit.url, first, listed.onward, labels=("← First page", "More →"))


def _filters(agent: Agent) -> Sequence[Filter]:
    currencies = {code: code for code in sorted(agent.currencies)}
    return (
        Filter("q", "Name, player id, shown name"), Filter("state", "State", _STATES), Filter("tag", "Has the tag"),
        Filter("currency", "Has a wallet in", currencies),
    )  # fmt: skip


def _order(url: Url) -> None:
    if url.get("q"):
        return
    by_name = bool(url.get("order"))
    with ui.row().classes("gap-3 text-sm"):
        for label, order, chosen in (("newest first", None, not by_name), ("by name", "name", by_name)):
            if chosen:
                ui.label(label).classes("quiet")
            else:
                ui.link(label, str(url.with_(**{"order": order, "from": None})))


def _wanted(url: Url, agent: Agent) -> Wanted:
    state, currency, tag = (
        url.one_of("state", _STATES),
        url.one_of("currency", sorted(agent.currencies)),
        url.get("tag"),
    )
    url.one_of("order", _ORDERS)
    _short("q", url.get("q"), _LONGEST_SEARCH)
    _short("tag", tag, MAX_NAME)
    return Wanted(state == "blocked" if state else None, tag or None, currency or None)


def _short(field: str, text: str, longest: int) -> None:
    if len(text) > longest or not text.isprintable():
        raise Invalid(field, f"must be at most {longest} printable characters")


async def _listed(conn: Connection, url: Url, agent: Agent, wanted: Wanted) -> _Listed:
    search, place = url.get("q").strip(), url.get("from")
    if search or url.get("order"):
        found: list[Found] = []
        if search and not place:
            found += await players_also_called(conn, agent.id, search, wanted)
        named = await players_by_name(conn, agent.id, search.lower(), _name(place), wanted, _PAGE)
        known = {one.player_id for one in found}
        found += [one for one in named.players if one.player_id not in known]
        onward = named.onward
    else:
        newest = await newest_players(conn, agent.id, _moment(place), wanted, _PAGE)
        found = list(newest.players)
        onward = None if newest.onward is None else _written(newest.onward)
    return _Listed(found, await wallets_of(conn, agent.id, [one.player_id for one in found]), onward)


def _name(place: str) -> str | None:
    if place and _NAME_PLACE.fullmatch(place) is None:
        raise Invalid("from", "is no place in the order of names")
    return place or None


def _moment(place: str) -> Moment | None:
    if not place:
        return None
    match = _TIME_PLACE.fullmatch(place)
    if match is None:
        raise Invalid("from", "is no place in the order of coming")
    return Moment(_EPOCH + int(match[1]) * _MICROSECOND, match[2])


def _written(moment: Moment) -> str:
    return f"{(moment.at - _EPOCH) // _MICROSECOND}-{moment.player_id}"


def _empty(url: Url, listed: _Listed) -> str:
    if listed.onward is not None:
        return "None of these fit; there are more to look at."
    if url.query:
        return "Nobody fits. Take a filter away, or look for the beginning of a name."
    return "No players yet: they come with the agent's createPlayer, or with their first launch."


def _row(visit: Visit, agent: Agent, one: Found, wallets: Mapping[str, Sequence[WalletSeen]]) -> dict[str, Cell]:
    return {
        "username": Cell(one.username, href=player_path(agent.id, one.player_id)),
        "player_id": Cell(one.player_id, tone="mono"),
        "shown": Cell(one.display_name or ""),
        "country": Cell(one.country),
        "state": Cell("blocked", tone="bad") if one.blocked else Cell("active", tone="good"),
        "money": _has(agent, wallets[one.player_id]),
        "came": at(visit, one.created_at),
    }


def _has(agent: Agent, wallets: Sequence[WalletSeen]) -> Cell:
    if agent.type is not AgentType.TRANSFER:
        return Cell("with the agent", tone="quiet")
    if not wallets:
        return Cell("–", tone="quiet")
    sums = [money(one.balance + one.bonus_balance, Currency(one.currency, one.scale)) for one in wallets]
    return Cell(" · ".join(sums), hint="bonus money included")
