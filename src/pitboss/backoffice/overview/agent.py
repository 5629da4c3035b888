"""One agent right now: what is played, what it brings, and whether its exchanges with others go well."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from nicegui import ui

from pitboss.backoffice.frame import frame, part, way
from pitboss.backoffice.grid import Cell, Column, amount, grid
from pitboss.backoffice.office import Office
from pitboss.backoffice.overview import exchanges
from pitboss.backoffice.overview.pulse import Pulse, Seen, refreshed
from pitboss.backoffice.overview.tiles import Curves, Standing, Tile, anew, rounded, tiles
from pitboss.backoffice.page import page
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.reports.course import Course, Totals
from pitboss.storage.overview import MOST_SESSIONS, Overview

_SLOW: Final = timedelta(seconds=30)
"""A call that is not settled for so long is more than a slow answer."""
_CURRENCIES: Final = (
    Column("currency", "Currency"), Column("bets", "Bets today", right=True), Column("turnover", "Turnover today", right=True),
    Column("winnings", "Winnings today", right=True), Column("ggr", "GGR today", right=True),
    Column("then", "GGR yesterday by then", right=True), Column("yesterday", "GGR yesterday", right=True),
)  # fmt: skip


def one_agent(office: Office, pulse: Pulse) -> None:
    """`/agents/{agent_id}`."""

    @page(office, "/agents/{agent_id:int}")
    async def agent(visit: Visit, agent_id: int) -> None:
        found = office.agent(visit.who, agent_id)
        seen = await pulse.of(visit, found)
        with frame(visit, found.name, found):
            with ui.row().classes("about"):
                ui.label(_about(found))
                note = ui.label(f"As of {visit.moment(seen.overview.course.now)}").props("role=status")
            shown = _Shown(visit, found)
            shown.tell(seen)

            async def again() -> datetime:
                seen = await pulse.of(visit, office.agent(visit.who, agent_id))
                shown.tell(seen)
                return seen.overview.course.now

            refreshed(visit, note, again)


def _about(agent: Agent) -> str:
    where = "Money in the hub" if agent.type is AgentType.TRANSFER else "Money with the agent"
    state = "" if agent.active else " · blocked"
    return f"{where} · base currency {agent.base_currency.code} · agent {agent.id}{state}"


class _Shown:
    """The page's figures."""

    def __init__(self, visit: Visit, agent: Agent) -> None:
        self._visit = visit
        self._agent = agent
        with tiles():
            self._ggr = Tile("GGR today", way(agent, "/reports"))
            self._rate = Tile("Bets a second", way(agent, "/rounds"))
            self._players = Tile("Active players", way(agent, "/players"))
            self._sessions = Tile("Open sessions", way(agent, "/players"))
            self._failed = Tile("Failures", way(agent, "/errors"))
            self._wallet = Tile("Wallet", way(agent, "/recovery"))
        part(f"GGR in {agent.base_currency.code}, today and yesterday")
        self._curves = Curves(visit)
        part("By currency")
        self._currencies = ui.column().classes("w-full")
        self._since = part()
        self._exchanges = ui.column().classes("w-full")

    def tell(self, seen: Seen) -> None:
        """All of them, anew."""
        overview, course, base = seen.overview, seen.overview.course, self._agent.base_currency
        ggr = course.of_today.ggr_in_base
        then = f"{rounded(course.of_yesterday_by_then.ggr_in_base, base)} yesterday by {_clock(self._visit, course.by_then)}"
        self._ggr.tell(rounded(ggr, base), then, "bad" if ggr < 0 else "")
        self._rate.tell(str(seen.rate.per_second), f"over {span(seen.rate.within)}")
        since = _clock(self._visit, course.of_late)
        self._players.tell(f"{overview.players:,}", f"since {since}")
        more = " or more" if overview.sessions >= MOST_SESSIONS else ""
        self._sessions.tell(f"{overview.sessions:,}{more}", f"of {overview.in_games:,} players")
        failed = sum(one.failed for one in overview.failures)
        self._failed.tell(f"{failed:,}", f"since {since}", "warn" if failed else "good")
        self._wallet.tell(*wallet_health(self._agent, overview))
        self._curves.tell([course])
        self._tell_currencies(course)
        self._since.set_text(f"Exchanges since {since}")
        with anew(self._exchanges):
            rows = [exchanges.row(self._visit, party) for party in self._parties(overview)]
            grid(exchanges.COLUMNS, rows, "Nobody played, and nothing went wrong, of late.")

    def _parties(self, overview: Overview) -> list[exchanges.Party]:
        catalogue = self._visit.office.hub.live.current
        found = exchanges.studios(catalogue, overview.bets, overview.failures)
        if self._agent.type is AgentType.SEAMLESS:
            bets = sum(overview.bets.values())
            found.append(exchanges.wallet("The agent's wallet", bets, overview.failures))
        return [*found, *exchanges.interfaces(overview.failures)]

    def _tell_currencies(self, course: Course) -> None:
        today = course.by_currency(course.today, None)
        then = course.by_currency(course.yesterday, course.by_then)
        yesterday = course.by_currency(course.yesterday, course.today)
        with anew(self._currencies):
            codes = sorted(today.keys() | yesterday.keys())
            rows = [self._currency_row(code, today, then, yesterday) for code in codes]
            grid(
                _CURRENCIES, rows, "Nothing was played since yesterday. Players come in by launchGame of the agent API."
            )

    def _currency_row(self, code: str, *days: Mapping[str, Totals]) -> dict[str, Cell]:
        currency = self._visit.office.hub.live.current.currencies[code]
        today, then, yesterday = (day.get(code, Totals()) for day in days)
        return {
            "currency": Cell(code),
            "bets": Cell(f"{today.bets:,}"),
            "turnover": amount(today.turnover, currency),
            "winnings": amount(today.winnings, currency),
            "ggr": amount(today.ggr, currency, signed=True),
            "then": amount(then.ggr, currency, signed=True),
            "yesterday": amount(yesterday.ggr, currency, signed=True),
        }


def wallet_health(agent: Agent, overview: Overview) -> tuple[str, str, Standing]:
    """How it goes where the players' money is: in a word, why, and how bad that is."""
    if agent.type is AgentType.TRANSFER:
        return "In the hub", "nobody else is asked", "good"
    calls, now = overview.calls, overview.course.now
    if calls.parked:
        return "Needs a person", f"{calls.parked:,} parked, {calls.waiting:,} waiting", "bad"
    if calls.waiting_since is not None and now - calls.waiting_since > _SLOW:
        return "Behind", f"{calls.waiting:,} waiting, the oldest for {span(now - calls.waiting_since)}", "bad"
    failed = sum(one.failed for one in overview.failures if one.direction == "out")
    if failed:
        return "Fails at times", f"{failed:,} calls failed of late", "warn"
    return "Answers", f"{calls.waiting:,} under way", "good"


def span(time: timedelta) -> str:
    """So long, in a few letters."""
    seconds = int(time.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _clock(visit: Visit, when: datetime) -> str:
    return f"{when.astimezone(visit.zone):%H:%M}"
