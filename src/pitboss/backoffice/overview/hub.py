"""Where one comes in: what goes on right now with all agents one may see, and each of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from nicegui import ui

from pitboss.backoffice.frame import frame, part, way
from pitboss.backoffice.grid import Cell, Column, grid, pager
from pitboss.backoffice.office import Office
from pitboss.backoffice.overview import exchanges
from pitboss.backoffice.overview.agent import one_agent, wallet_health
from pitboss.backoffice.overview.pulse import Pulse, Seen, refreshed
from pitboss.backoffice.overview.tiles import Curves, Tile, anew, rounded, tiles
from pitboss.backoffice.page import page
from pitboss.backoffice.place import page_of, read_place
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Agent
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import Currency
from pitboss.domain.reports.course import Totals, of_late
from pitboss.engine.error_log import NOBODY
from pitboss.storage.overview import Failures, Overview, read_failures

_FIRST_SECONDS, _SECONDS = 1, 5
"""How long a page that opens, and one that is open, reads before it shows what it has."""
_PAGE: Final = 50
_COLUMNS: Final = (
    Column("agent", "Agent"), Column("type", "Money is"), Column("state", "State"), Column("rate", "Bets a second", right=True),
    Column("ggr", "GGR today", right=True), Column("then", "Yesterday by then", right=True),
    Column("players", "Active players", right=True), Column("sessions", "Open sessions", right=True),
    Column("failed", "Failed", right=True), Column("wallet", "Wallet"),
)  # fmt: skip


def pages(office: Office) -> None:
    """`/` and `/agents/{agent_id}`."""
    pulse = Pulse(office)
    one_agent(office, pulse)

    @page(office, "/")
    async def overview(visit: Visit) -> None:
        agents = sorted(office.agents_of(visit.who).values(), key=lambda agent: (agent.name.lower(), agent.id))
        shown_in, first = _currency(visit, agents), read_place(visit.url)
        seen = await pulse.of_all(visit, _FIRST_SECONDS)
        with frame(visit, "Overview"):
            if not agents or shown_in is None:
                grid(_COLUMNS, [], "No agents yet: `pitboss agent create` makes the first one.")
                return
            shown = _Shown(visit, agents, shown_in, first)
            shown.tell(seen, await _of_nobody(visit))

            async def again() -> datetime:
                seen = await pulse.of_all(visit, _SECONDS)
                shown.tell(seen, await _of_nobody(visit))
                return min((one.overview.course.now for one in seen.values()), default=office.hub.clock())

            refreshed(visit, shown.note, again)


def _currency(visit: Visit, agents: Iterable[Agent]) -> Currency | None:
    """What the curve is told in: the base currency of most agents, unless the address says another's. Raises Invalid."""
    bases = Counter(agent.base_currency for agent in agents)
    wanted = visit.url.get("currency")
    if not wanted:
        return max(bases, key=lambda base: (bases[base], base.code), default=None)
    found = next((base for base in bases if base.code == wanted), None)
    if found is None:
        raise Invalid("currency", "is no base currency of an agent here")
    return found


async def _of_nobody(visit: Visit) -> list[Failures]:
    """What failed without anybody knowing for which agent: for those who see the whole hub."""
    if visit.who.agent_id is not None:
        return []
    hub = visit.office.hub
    async with hub.database.tenant(NOBODY) as conn:
        return await read_failures(conn, NOBODY, of_late(hub.clock()))


class _Shown:
    """The page's figures. `shown_in`: a base currency; money of agents with others is told in their own rows."""

    def __init__(self, visit: Visit, agents: list[Agent], shown_in: Currency, first: int) -> None:
        self._visit = visit
        self._agents = agents
        self._currency = shown_in
        with ui.row().classes("about"):
            self._currencies()
            self.note = ui.label().props("role=status")
        with tiles():
            self._ggr = Tile("GGR today")
            self._rate = Tile("Bets a second")
            self._players = Tile("Active players")
            self._sessions = Tile("Open sessions")
            self._failed = Tile("Failures")
            self._wallets = Tile("Wallets")
        part(f"GGR in {shown_in.code}, today and yesterday")
        self._curves = Curves(visit)
        part("Agents")
        self._table = ui.column().classes("w-full")
        self._listed, newer, older = page_of(agents, first, _PAGE)
        pager(visit.url, newer, older)
        self._since = part()
        self._studios = ui.column().classes("w-full")

    def _currencies(self) -> None:
        codes = sorted({agent.base_currency.code for agent in self._agents})
        with ui.row().classes("choices"):
            ui.label(f"{len(self._agents):,} agents")
            for code in codes if len(codes) > 1 else ():
                link = ui.link(code, str(self._visit.url.with_(currency=code)))
                if code == self._currency.code:
                    link.props("aria-current=true")

    def tell(self, seen: Mapping[int, Seen], of_nobody: list[Failures]) -> None:
        """All of them, anew; `seen` may lack agents that were not read yet."""
        overviews = [one.overview for one in seen.values()]
        oldest = min((one.course.now for one in overviews), default=self._visit.office.hub.clock())
        self.note.set_text(f"As of {self._visit.moment(oldest)}")
        self._tell_money(seen)
        per_second = sum((one.rate.per_second for one in seen.values()), start=Decimal(0))
        unread = len(self._agents) - len(seen)
        self._rate.tell(f"{per_second:,}", f"{unread:,} agents still to be read" if unread else "all agents")
        since = f"{of_late(oldest).astimezone(self._visit.zone):%H:%M}"
        self._players.tell(f"{sum(one.players for one in overviews):,}", f"since {since}")
        in_games = sum(one.in_games for one in overviews)
        self._sessions.tell(f"{sum(one.sessions for one in overviews):,}", f"of {in_games:,} players")
        failures = [failure for one in overviews for failure in one.failures] + of_nobody
        failed = sum(failure.failed for failure in failures)
        self._failed.tell(f"{failed:,}", f"since {since}", "warn" if failed else "good")
        self._tell_wallets(seen)
        with anew(self._table):
            rows = [_row(agent, seen.get(agent.id)) for agent in self._listed]
            grid(_COLUMNS, rows, "There are not so many agents: go back to the first.")
        self._tell_studios(since, overviews, failures)

    def _tell_money(self, seen: Mapping[int, Seen]) -> None:
        bases = {agent.id: agent.base_currency for agent in self._agents}
        courses = [one.overview.course for id_, one in seen.items() if bases.get(id_) == self._currency]
        today, then = Totals(), Totals()
        for course in courses:
            today, then = today.plus(course.of_today), then.plus(course.of_yesterday_by_then)
        ggr = today.ggr_in_base
        note = f"{rounded(then.ggr_in_base, self._currency)} yesterday by then"
        self._ggr.tell(rounded(ggr, self._currency), note, "bad" if ggr < 0 else "")
        self._curves.tell(courses)

    def _tell_wallets(self, seen: Mapping[int, Seen]) -> None:
        standings = Counter(
            wallet_health(agent, seen[agent.id].overview)[2] for agent in self._agents if agent.id in seen
        )
        if standings["bad"]:
            self._wallets.tell(f"{standings['bad']:,} bad", "see the agents", "bad")
        elif standings["warn"]:
            self._wallets.tell(f"{standings['warn']:,} fail at times", "see the agents", "warn")
        else:
            self._wallets.tell("Good", "none fails", "good")

    def _tell_studios(self, since: str, overviews: Iterable[Overview], failures: list[Failures]) -> None:
        bets: Counter[int] = Counter()
        for one in overviews:
            bets.update(one.bets)
        self._since.set_text(f"Studios since {since}")
        with anew(self._studios):
            found = exchanges.studios(self._visit.office.hub.live.current, bets, failures)
            rows = [exchanges.row(self._visit, party) for party in found]
            grid(exchanges.COLUMNS, rows, "Nobody played, and nothing went wrong, of late.")


def _row(agent: Agent, seen: Seen | None) -> dict[str, Cell]:
    row = {
        "agent": Cell(
            agent.name, hint=f"agent {agent.id}, operator_id {agent.operator_id}", href=f"/agents/{agent.id}"
        ),
        "type": Cell("in the hub" if agent.type == "transfer" else "with the agent", hint=agent.type.value),
        "state": Cell("active", tone="good") if agent.active else Cell("blocked", tone="bad"),
    }
    if seen is None:
        return row
    overview, course, base = seen.overview, seen.overview.course, agent.base_currency
    word, why, standing = wallet_health(agent, overview)
    failed = sum(one.failed for one in overview.failures)
    ggr, then = course.of_today.ggr_in_base, course.of_yesterday_by_then.ggr_in_base
    return row | {
        "rate": Cell(str(seen.rate.per_second), href=way(agent, "/rounds")),
        "ggr": Cell(rounded(ggr, base), tone="bad" if ggr < 0 else ""),
        "then": Cell(rounded(then, base), tone="bad" if then < 0 else ""),
        "players": Cell(f"{overview.players:,}", href=way(agent, "/players")),
        "sessions": Cell(f"{overview.sessions:,}"),
        "failed": Cell(f"{failed:,}", href=way(agent, "/errors"), tone="warn" if failed else ""),
        "wallet": Cell(word, why, way(agent, "/recovery"), standing),
    }
