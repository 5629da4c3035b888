"""What is going on with an agent right now: few figures, each bounded, for pages that ask again and again.

Money and bets are those of the reports (docs/reports.md): the roll-ups and what is behind them, so they are what `stats` says.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from pitboss.domain import ids
from pitboss.domain.catalogue import Agent
from pitboss.domain.reports.course import Course, Tally
from pitboss.domain.reports.quarters import QUARTER, add_exact, quarter_of
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.reports.quarters import one_snapshot, read_behind
from pitboss.storage.reports.sums import CURRENCY, PROVIDER, QUARTERS, Sums, Wanted, add_up_reports

MOST_SESSIONS: Final = 100_000
MOST_FAILURES: Final = 20_000
"""More than the log takes of one agent in half an hour."""
MOST_CALLS: Final = 10_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Failures(NamedTuple):
    """Exchanges that failed of late with one other: `direction` and `dialect` as in the error log, `studio` the code of one whose
    calls came in, else empty."""

    direction: str
    dialect: str
    studio: str
    failed: int
    last: datetime


class Calls(NamedTuple):
    """Calls to a seamless agent's wallet that are not settled: those somebody still sends, and those that wait for a person;
    the oldest of each was first asked then."""

    waiting: int
    waiting_since: datetime | None
    parked: int
    parked_since: datetime | None


class Overview(NamedTuple):
    """Of late is since the quarter before this one began. `players`: with a stake or a win that stood, of late; `bets`: how many
    of late, by provider id. `sessions`: open ones, up to MOST_SESSIONS; `in_games`: how many players have them."""

    course: Course
    players: int
    bets: Mapping[int, int]
    sessions: int
    in_games: int
    failures: list[Failures]
    calls: Calls


async def read_overview(
    conn: Connection, agent: Agent, yesterday: datetime, today: datetime, now: datetime
) -> Overview:
    """As of `now`; the days began at `yesterday` and `today`. Needs a new transaction of the tenant."""
    await one_snapshot(conn)
    behind = await read_behind(conn, agent.id)
    course = Course(yesterday, today, now, ())
    end, base = quarter_of(now) + QUARTER, agent.base_currency.code
    days = Wanted(yesterday, end, (QUARTERS, CURRENCY), base, counts=("bets",))
    played = await add_up_reports(conn, agent.id, days, behind)
    active = await add_up_reports(conn, agent.id, Wanted(course.of_late, end, (), base, unique=True), behind)
    by_studio = Wanted(course.of_late, end, (PROVIDER,), base, minor=False, in_base=False, counts=("bets",))
    studios = await add_up_reports(conn, agent.id, by_studio, behind)
    sessions = await conn.fetchrow(statements.sql("overview/sessions"), agent.id, now, MOST_SESSIONS)
    assert sessions is not None
    return Overview(
        replace(course, tallies=tuple(map(_tally, played))),
        active[0].players if active else 0,
        {sums.keys[0]: sums.counts["bets"] for sums in studios},
        sessions[0],
        sessions[1],
        await read_failures(conn, agent.id, course.of_late),
        await _read_calls(conn, agent.id),
    )


async def read_failures(conn: Connection, agent_id: int, since: datetime) -> list[Failures]:
    """By whom they were with, the most first."""
    first = ids.time_ordered_id((since - _EPOCH) // timedelta(microseconds=1) * 1000, 0)
    rows = await conn.fetch(statements.sql("overview/failures"), agent_id, first, MOST_FAILURES)
    return [Failures(*row) for row in rows]


async def _read_calls(conn: Connection, agent_id: int) -> Calls:
    row = await conn.fetchrow(statements.sql("overview/calls"), agent_id, MOST_CALLS)
    assert row is not None
    return Calls(*row)


def _tally(sums: Sums) -> Tally:
    quarter, currency = sums.keys
    minor, base = sums.minor, sums.base
    return Tally(
        quarter, currency, sums.counts["bets"], minor["turnover"], minor["winnings"] + minor["jackpot_winnings"],
        base["turnover"], add_exact(base["winnings"], base["jackpot_winnings"]),
    )  # fmt: skip
