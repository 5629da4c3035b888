"""What is going on, asked for again and again by open pages: each agent once for all who look, and never so often that it loads the
hub."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

import structlog
from nicegui import ui

from pitboss.backoffice.office import Missing, Office
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import Agent
from pitboss.domain.reports.spans import day_starts
from pitboss.storage.database import DATABASE_ERRORS
from pitboss.storage.overview import Overview, read_overview
from pitboss.storage.staff.sessions import is_open

log = structlog.get_logger()

_EVERY_SECONDS: Final = 4.0
_SHARE: Final = 10
"""A page rests this many times as long as its figures took: one page costs the database a tenth of a connection at most."""
_FRESH: Final = timedelta(seconds=2)
_FORGOTTEN: Final = timedelta(minutes=10)
_RATE_OVER: Final = timedelta(seconds=30)


class Gone(Exception):
    """Nobody is signed in there any more."""


@dataclass(slots=True)
class _Known:
    """What was read of an agent, newest last; long enough to tell a rate."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    last: Overview | None = None
    bets: deque[tuple[datetime, int]] = field(default_factory=deque)


@dataclass(frozen=True, slots=True)
class Rate:
    """Bets in so much time."""

    bets: int
    within: timedelta

    @property
    def per_second(self) -> Decimal:
        """To two decimals."""
        micros = self.within // timedelta(microseconds=1)
        if micros <= 0:
            return Decimal(0)
        return (Decimal(self.bets) * 1_000_000 / Decimal(micros)).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Seen:
    """An agent's overview, and how many bets there are a second."""

    overview: Overview
    rate: Rate


class Pulse:
    """One for a process."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._known: dict[tuple[int, datetime], _Known] = {}

    async def of(self, visit: Visit, agent: Agent) -> Seen:
        """This agent now, two seconds old at most; days are those of the person's clock. Raises Missing."""
        self._office.agent(visit.who, agent.id)
        now = self._office.hub.clock()
        yesterday, today = days_of(now, visit.zone)
        self._forget(now)
        known = self._known.setdefault((agent.id, today), _Known())
        async with known.lock:
            if known.last is None or now - known.last.course.now > _FRESH:
                async with self._office.reading(visit.who, agent.id) as conn:
                    known.last = await read_overview(conn, agent, yesterday, today, now)
                _remember(known, known.last)
        return Seen(known.last, _rate(known, known.last))

    async def of_all(self, visit: Visit, seconds: int) -> dict[int, Seen]:
        """All agents the person may see, as far as they were read; the one that waited longest is read first, until `seconds` are
        over."""
        agents = self._office.agents_of(visit.who)
        _, today = days_of(self._office.hub.clock(), visit.zone)
        over = time.monotonic() + seconds
        for agent in sorted(agents.values(), key=lambda agent: self._read_at(agent.id, today)):
            await self.of(visit, agent)
            if time.monotonic() >= over:
                break
        known = ((id_, self._known.get((id_, today))) for id_ in agents)
        return {id_: Seen(one.last, _rate(one, one.last)) for id_, one in known if one is not None and one.last}

    def _read_at(self, agent_id: int, today: datetime) -> datetime:
        known = self._known.get((agent_id, today))
        return today if known is None or known.last is None else known.last.course.now

    def _forget(self, now: datetime) -> None:
        self._known = {
            key: known
            for key, known in self._known.items()
            if known.lock.locked() or known.last is None or now - known.last.course.now < _FORGOTTEN
        }


def days_of(now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """When yesterday and today began (UTC)."""
    *_, yesterday, today = day_starts(now - timedelta(hours=30), now + timedelta(microseconds=1), zone)
    return yesterday, today


def _remember(known: _Known, overview: Overview) -> None:
    now = overview.course.now
    known.bets.append((now, overview.course.of_today.bets))
    while len(known.bets) > 2 and now - known.bets[1][0] > _RATE_OVER:
        known.bets.popleft()


def _rate(known: _Known, overview: Overview) -> Rate:
    """Between two readings; until there are two, since the quarter of an hour before this one began."""
    (first, before), (last, by_now) = known.bets[0], known.bets[-1]
    if last - first < timedelta(seconds=1):
        course = overview.course
        return Rate(course.bets_of_late, course.now - course.of_late)
    # A cancel or a refund takes bets back.
    return Rate(max(by_now - before, 0), last - first)


def refreshed(visit: Visit, note: ui.label, show: Callable[[], Awaitable[datetime]]) -> None:
    """Call `show` every few seconds for as long as somebody looks who is signed in; it gives of when its figures are. `note` tells
    that, when it stops, and when it cannot read."""

    async def turn() -> None:
        began = time.monotonic()
        try:
            async with visit.office.owner.anyone() as conn:
                if not await is_open(conn, visit.who, visit.office.hub.clock()):
                    raise Gone
            note.set_text(f"As of {visit.moment(await show())}")
        except (Gone, Missing):
            timer.cancel()
            note.set_text("This is not for you to see any more: these figures stand still.")
            return
        except DATABASE_ERRORS as error:
            log.warning("figures_not_read", path=visit.url.path, error=type(error).__name__)
            note.set_text("The database cannot be reached: these figures are not of now.")
            timer.interval = _EVERY_SECONDS * _SHARE
            return
        timer.interval = max(_EVERY_SECONDS, (time.monotonic() - began) * _SHARE)

    timer = ui.timer(_EVERY_SECONDS, turn, immediate=False)
