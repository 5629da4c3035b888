"""One agent right now: what is played, what it brings, and whether its exchanges with others go well."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from nicegui import ui

from pitboss.backoffice.frame import frame
from pitboss.backoffice.grid import Cell, Column, amount, at, grid
from pitboss.backoffice.office import Office
from pitboss.backoffice.page import page
from pitboss.backoffice.pulse import Pulse, Seen, refreshed
from pitboss.backoffice.tiles import Curves, Standing, Tile, rounded, tiles
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Agent, AgentType, Catalogue
from pitboss.domain.money import format_decimal
from pitboss.domain.reports.course import Course, Totals
from pitboss.domain.reports.quarters import QUARTER
from pitboss.storage.overview import MOST_SESSIONS, Calls, Failures

_SLOW = timedelta(seconds=30)
"""A call that is not settled for so long is more than a slow answer."""
_CURRENCIES = (
    Column("currency", "Currency"), Column("bets", "Bets today", right=True), Column("turnover", "Turnover today", right=True),
    Column("winnings", "Winnings today", right=True), Column("ggr", "GGR today", right=True),
    Column("then", "GGR yesterday by then", right=True), Column("yesterday", "GGR yesterday", right=True),
)  # fmt: skip
_FAILURES = (
    Column("who", "With"), Column("count", "Failed in 15 minutes", right=True), Column("last", "Last"),
)  # fmt: skip


def pages(office: Office) -> None:
    """`/agents/{agent_id}`."""
    pulse = Pulse(office)

    @page(office, "/agents/{agent_id:int}")
    async def agent(visit: Visit, agent_id: int) -> None:
        found = office.agent(visit.who, agent_id)
        seen = await pulse.of(visit, found)
        with frame(visit, found.name, found):
            with ui.row().classes("about"):
                ui.label(_about(found))
                note = ui.label().props("role=status")
            shown = _Shown(visit, found)
            shown.tell(seen)

            async def again() -> None:
                shown.tell(await pulse.of(visit, office.agent(visit.who, agent_id)))

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
            self._ggr = Tile("GGR today")
            self._rate = Tile("Bets a second")
            self._players = Tile("Active players")
            self._sessions = Tile("Open sessions")
            self._failed = Tile("Failed exchanges")
            self._wallet = Tile("Wallet")
        ui.label(f"GGR in {agent.base_currency.code}, today and yesterday").classes("part")
        self._curves = Curves(visit.dark)
        ui.label("By currency").classes("part")
        self._currencies = ui.column().classes("w-full")
        ui.label("Failed exchanges").classes("part")
        self._failures = ui.column().classes("w-full")

    def tell(self, seen: Seen) -> None:
        """All of them, anew."""
        overview, course, base = seen.overview, seen.overview.course, self._agent.base_currency
        then = f"{rounded(course.of_yesterday_by_then.ggr_in_base, base)} yesterday by {self._clock(course)}"
        ggr = course.of_today.ggr_in_base
        self._ggr.tell(rounded(ggr, base), then, "bad" if ggr < 0 else "")
        self._rate.tell(str(seen.rate.per_second), f"over {_span(seen.rate.within)}")
        self._players.tell(f"{overview.players:,}", f"played since {self._hour(course)}")
        more = " or more" if overview.sessions >= MOST_SESSIONS else ""
        self._sessions.tell(f"{overview.sessions:,}{more}", f"of {overview.in_games:,} players")
        failed = sum(one.failed for one in overview.failures)
        self._failed.tell(f"{failed:,}", "in 15 minutes", "warn" if failed else "good")
        self._wallet.tell(*wallet_health(self._agent, overview.calls, overview.failures, course))
        self._tell_curves(course)
        self._tell_currencies(course)
        with _anew(self._failures):
            catalogue = self._visit.office.hub.live.current
            rows = [_failure_row(self._visit, catalogue, one) for one in overview.failures]
            grid(_FAILURES, rows, "Nothing went wrong in the last 15 minutes.")

    def _clock(self, course: Course) -> str:
        # Where a day was longer or shorter, the same distance from its beginning.
        return f"{course.by_then.astimezone(self._visit.zone):%H:%M}"

    def _hour(self, course: Course) -> str:
        since = course.now - course.recent_bets()[1]
        return f"{since.astimezone(self._visit.zone):%H:%M}"

    def _tell_curves(self, course: Course) -> None:
        today = course.curve(course.today, course.now)
        yesterday = course.curve(course.yesterday, course.today)
        count = max(len(today), len(yesterday))
        ends = (course.today + (place + 1) * QUARTER for place in range(count))
        labels = [f"{end.astimezone(self._visit.zone):%H:%M}" for end in ends]
        self._curves.tell(labels, [format_decimal(p) for p in today], [format_decimal(p) for p in yesterday])

    def _tell_currencies(self, course: Course) -> None:
        today = course.by_currency(course.today, None)
        then = course.by_currency(course.yesterday, course.by_then)
        yesterday = course.by_currency(course.yesterday, course.today)
        with _anew(self._currencies):
            codes = sorted(today.keys() | yesterday.keys())
            rows = [self._currency_row(code, today, then, yesterday) for code in codes]
            grid(_CURRENCIES, rows, "Nothing was played since yesterday.")

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


def wallet_health(
    agent: Agent, calls: Calls, failures: Iterable[Failures], course: Course
) -> tuple[str, str, Standing]:
    """How the place goes where the players' money is: in a word, why, and how bad that is."""
    if agent.type is AgentType.TRANSFER:
        return "In the hub", "the agent is asked nothing", "good"
    failed = sum(one.failed for one in failures if (one.direction, one.dialect) == ("out", "wallet"))
    if calls.parked:
        return "Needs a person", f"{calls.parked:,} calls parked, {calls.waiting:,} waiting", "bad"
    if calls.waiting_since is not None and course.now - calls.waiting_since > _SLOW:
        return "Behind", f"{calls.waiting:,} calls waiting, {_span(course.now - calls.waiting_since)} the oldest", "bad"
    if failed:
        return "Failing at times", f"{failed:,} calls failed in 15 minutes", "warn"
    return "Answers", f"{calls.waiting:,} calls under way", "good"


def _failure_row(visit: Visit, catalogue: Catalogue, failures: Failures) -> dict[str, Cell]:
    return {
        "who": Cell(_party(catalogue, failures)),
        "count": Cell(f"{failures.failed:,}"),
        "last": at(visit, failures.last),
    }


def _party(catalogue: Catalogue, failures: Failures) -> str:
    if failures.direction == "out":
        return "The agent's wallet"
    if failures.dialect == "wallet":
        provider = catalogue.providers_by_code.get(failures.studio)
        return f"Studio {provider.name if provider else failures.studio}"
    names = {"agent_api": "agent API", "partner_api": "partner API", "platform": "platform endpoints"}
    return f"The agent, on the {names.get(failures.dialect, failures.dialect)}"


def _span(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _anew(column: ui.column) -> ui.column:
    column.clear()
    return column
