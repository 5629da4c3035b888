"""What goes on right now, over a night that was worked out by hand, and beside what the agent is told over HTTP.

Rates to EUR: IDR 0.0002; THB 0.025, and 0.03 from midnight UTC. anna plays in EUR, budi in IDR, chai in THB at another studio.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha1
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent_stage import Stage, on_stage
from partner_desk import Partner
from pitboss.backoffice.office import Missing, Office
from pitboss.backoffice.overview import exchanges
from pitboss.backoffice.overview.pulse import Pulse, days_of
from pitboss.backoffice.url import Url
from pitboss.backoffice.visit import Visit
from pitboss.domain import ids
from pitboss.domain.catalogue import AgentType
from pitboss.domain.outbound import Reach
from pitboss.domain.reports.course import Course
from pitboss.domain.staff.rights import Role
from pitboss.providers import Connectors
from pitboss.storage.api_errors import ApiErrorRow, write_errors
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.overview import Failures, Overview, read_overview
from pitboss.storage.staff.people import create_person
from pitboss.storage.staff.sessions import Visitor, is_open, sign_in, sign_out, visitor
from reports.reading import moved, rolled_up
from reports.script import Script
from wire_example import exact_json

NIGHT = """
2026-03-01T22:50:00 anna bet    10     a1 r1
2026-03-01T22:51:00 anna win    4      a2 r1
2026-03-01T23:05:00 anna bet    2.5    a3 r2
2026-03-01T23:20:00 budi bet    16000  b1 q1
2026-03-01T23:21:00 budi win    40000  b2 q1
2026-03-01T23:40:00 chai bet    100    c1 s1
2026-03-01T23:59:59.999999 chai bet 50 c2 s1
2026-03-02T00:00:00 anna bet    5      a5 r3
2026-03-02T00:10:00 chai refund 50     c3 s1
2026-03-02T00:12:00 chai win    30     c4 s1
2026-03-02T00:20:00 anna cancel 0      a1 r1
2026-03-02T00:40:00 anna win    100    a6 r3 JACKPOT
2026-03-02T00:50:00 anna win    3.33   a7 r4 PROMO-FREESPIN
2026-03-02T01:10:00 budi bet    1000   b3 q2
2026-03-02T01:20:00 chai bet    20     c5 s2
"""

# a1 was cancelled and leaves 22:50, c2 was refunded and leaves 23:59; what is promotional counts nowhere; a jackpot is a win.
YESTERDAY = [(23, "00", "-4"), (23, "15", "-1.5"), (23, "30", "-6.3"), (23, "45", "-3.8"), (24, "00", "-3.8")]
TODAY = ["0", "4.1", "4.1", "-95.9", "-95.9", "-95.7", "-95.1", "-95.1"]
"""From midnight on: 5 EUR and 30 THB at 0.03; the jackpot; 1,000 IDR; 20 THB."""
NOW = datetime(2026, 3, 2, 1, 31, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as set_up:
        yield set_up


@pytest.fixture
async def worker(database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url, WORKER_ROLE, size=4)
    yield database
    await database.close()


@pytest.fixture
async def night(stage: Stage) -> Stage:
    await stage.sql("DELETE FROM rate")
    for currency, since, rate in (("IDR", 1, "0.0002"), ("THB", 1, "0.025"), ("THB", 2, "0.03")):
        at = datetime(2026, 3, since, tzinfo=UTC)
        await stage.sql("INSERT INTO rate VALUES ($1, 'EUR', $2, $3)", currency, at, Decimal(rate))
    script = Script(stage)
    await script.seat("anna", "EUR", "pg_00001", "100")
    await script.seat("budi", "IDR", "pg_00001", "100000")
    await script.seat("chai", "THB", "evolution_00001", "1000")
    await script.run(NIGHT)
    return stage


async def look(stage: Stage, now: datetime = NOW, zone: str = "UTC", agent_id: int = 1) -> Overview:
    agent = stage.hub.live.current.agents[agent_id]
    async with stage.hub.database.tenant(agent_id) as conn:
        return await read_overview(conn, agent, *days_of(now, ZoneInfo(zone)), now)


def as_worked_out(course: Course) -> None:
    """Seen at half past one."""
    assert (course.of_yesterday.bets, course.of_today.bets) == (3, 3)
    assert (course.of_yesterday.ggr_in_base, course.of_today.ggr_in_base) == (Decimal("-3.8"), Decimal("-95.1"))
    assert course.curve(course.today, course.now) == [Decimal(point) for point in TODAY]
    yesterday = course.curve(course.yesterday, course.today)
    assert len(yesterday) == 24 * 4 + 1 and yesterday[0] == 0 == yesterday[22 * 4]
    for hour, minute, ggr in YESTERDAY:
        assert yesterday[hour * 4 + int(minute) // 15] == Decimal(ggr), (hour, minute)
    today = {
        code: (t.bets, t.turnover, t.winnings, t.ggr) for code, t in course.by_currency(course.today, None).items()
    }
    assert today == {
        "EUR": (1, 500, 10000, -9500), "IDR": (1, 1000_00, 0, 1000_00), "THB": (1, 2000, 3000, -1000),
    }  # fmt: skip


async def test_two_days_as_worked_out_however_far_the_workers_are(night: Stage, worker: Database) -> None:
    as_worked_out((await look(night)).course)
    await moved(worker)
    as_worked_out((await look(night)).course)
    await rolled_up(worker)
    as_worked_out((await look(night)).course)


async def test_yesterday_counts_as_far_as_today_has_come(night: Stage) -> None:
    for clock, ggr in (("22:44", "0"), ("22:46", "0"), ("23:00", "-4"), ("23:31", "-6.3"), ("23:59", "-3.8")):
        now = datetime.fromisoformat(f"2026-03-02T{clock}Z")
        course = (await look(night, now)).course
        assert course.of_yesterday_by_then.ggr_in_base == Decimal(ggr), clock


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Chatham", "America/New_York"])
async def test_days_of_any_zone_are_those_of_stats_and_of_the_business_report(
    night: Stage, worker: Database, zone: str
) -> None:
    """Asked over HTTP for the very same time, half of it rolled up."""
    await rolled_up(worker)
    await night.play("bet", await night.launched("anna", "EUR"), 777, "late", "late")
    partner, course = Partner(night), (await look(night, zone=zone)).course
    for start, end in (
        (course.today, course.now),
        (course.yesterday, course.today),
        (course.yesterday, course.by_then),
    ):
        said = {"startDate": wire(start), "endDate": wire(end)}
        ours = course.by_currency(start, None if end == course.now else end)
        told = (await partner.read("reports/stats", **said, groupBy="entity,currency"))["items"] if end > start else []
        theirs = {row["currency"]: (int(row["bets"]), Decimal(row["ggr"])) for row in told if row["entity"] == "One"}
        assert {code: (t.bets, Decimal(t.ggr) / 100) for code, t in ours.items()} == theirs
        whole = (await partner.read("reports/stats", **said, groupBy="entity"))["items"] if end > start else []
        base = sum((t.ggr_in_base for t in ours.values()), Decimal(0))
        assert [Decimal(row["ggr"]) for row in whole if row["entity"] == "One"] == ([base] if ours else [])
    if zone == "UTC":
        for day, begin, end in (("2026-03-01", course.yesterday, course.today), ("2026-03-02", course.today, None)):
            reported: dict[str, Decimal] = {}
            for row in await business_report(night, day):
                code = row["currency_code"]
                reported[code] = reported.get(code, Decimal(0)) + Decimal(row["gross_gaming_revenue"])
            assert {c: Decimal(t.ggr) / 100 for c, t in course.by_currency(begin, end).items()} == reported


def wire(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


async def business_report(stage: Stage, day: str) -> Any:
    sign = sha1(f"businessReportcasinoone{stage.one.secret_key}".encode()).hexdigest()
    headers = {"X-Operator-Id": "casinoone", "X-Authorization": sign}
    response = await stage.http.get(f"/api/generic/businessReport?date={day}", headers=headers)
    assert response.status_code == 200, response.text
    return exact_json(response.content)


async def test_what_is_of_late(night: Stage) -> None:
    """Since a quarter past one: chai alone, at the second studio. Before it, since one: budi as well."""
    late = await look(night)
    assert (late.players, late.bets, late.course.bets_of_late) == (1, {2: 1}, 1)
    earlier = await look(night, NOW - timedelta(minutes=7))
    assert (earlier.players, earlier.bets, earlier.course.bets_of_late) == (2, {1: 1, 2: 1}, 2)
    nothing = await look(night, NOW + timedelta(hours=1))
    assert (nothing.players, nothing.bets, nothing.course.bets_of_late) == (0, {}, 0)


async def test_open_sessions_are_neither_ended_nor_expired(night: Stage) -> None:
    await night.launched("anna", "EUR")
    assert (await look(night))[3:5] == (4, 3)
    await night.owner.execute(
        "UPDATE session SET ended_at = now(), end_reason = 'logout' WHERE player_id ="
        " (SELECT player_id FROM player WHERE username = 'budi' AND agent_id = 1)"
    )
    assert (await look(night))[3:5] == (3, 2)
    assert (await look(night, datetime(2090, 1, 1, tzinfo=UTC)))[3:5] == (0, 0)


def failed(ago: timedelta, number: int, **changes: object) -> ApiErrorRow:
    at = NOW - ago
    made = ApiErrorRow(
        id=ids.time_ordered_id((at - EPOCH) // timedelta(microseconds=1) * 1000, number), at=at, direction="in",
        dialect="wallet", command="changebalance", reference="pg 77", url="/wallet/changebalance", http_status=200,
        error="OP_99", duration_ms=3, request="{}", answer="{}",
    )  # fmt: skip
    return made._replace(**changes)


async def test_failures_are_told_by_whom_they_were_with_and_to_whom_they_are_of(night: Stage) -> None:
    """Half past one: since a quarter past."""
    minute, database = timedelta(minutes=1), night.hub.database
    await write_errors(database, 1, [
        failed(minute, 1), failed(2 * minute, 2, reference="pg"), failed(3 * minute, 3, reference="evolution 5"),
        failed(4 * minute, 4, direction="out", reference="0f3a"), failed(16 * minute, 5),
        failed(17 * minute, 6), failed(5 * minute, 7, dialect="agent_api v1.3", reference=""),
        failed(5 * minute, 8, dialect="agent_api v1.6", reference=""),
    ])  # fmt: skip
    await write_errors(database, 2, [failed(minute, 9)])
    found = {(one.direction, one.dialect, one.studio): (one.failed, one.last) for one in (await look(night)).failures}
    assert found == {
        ("in", "wallet", "pg"): (3, NOW - minute), ("in", "wallet", "evolution"): (1, NOW - 3 * minute),
        ("out", "wallet", ""): (1, NOW - 4 * minute), ("in", "agent_api", ""): (2, NOW - 5 * minute),
    }  # fmt: skip
    assert [one.failed for one in (await look(night, agent_id=2)).failures] == [1]
    assert (await look(night, agent_id=4)).failures == []


async def test_calls_that_are_not_settled_are_counted_apart_from_those_that_wait_for_a_person(stage: Stage) -> None:
    sea = next(id_ for id_, agent in stage.hub.live.current.agents.items() if agent.type is AgentType.SEAMLESS)
    for number, (phase, minutes) in enumerate((("ask", 3), ("status", 9), ("parked", 60), ("void", 1))):
        await stage.owner.execute(
            "INSERT INTO operator_call (agent_id, provider_id, wallet_id, kind, subject, round_id, place, reference, amount, data,"
            " asked_at, phase, due) VALUES ($1, 1, 1, 'win', $2, 'r', 1, gen_random_uuid(), 5, '{}', $3, $4, $3)",
            sea, str(number), NOW - timedelta(minutes=minutes), phase,
        )  # fmt: skip
    calls = (await look(stage, agent_id=sea)).calls
    assert calls == (3, NOW - timedelta(minutes=9), 1, NOW - timedelta(minutes=60))
    assert (await look(stage)).calls == (0, None, 0, None)


@pytest.mark.parametrize(
    ("zone", "now", "hours"),
    [("Europe/Berlin", "2026-03-29T12:00Z", (24, 23)), ("Europe/Berlin", "2026-10-26T12:00Z", (25, 24)),
     ("America/Santiago", "2026-09-06T15:00Z", (24, 23)), ("UTC", "2026-03-02T00:00Z", (24, 24))],
)  # fmt: skip
def test_days_are_as_long_as_they_are(zone: str, now: str, hours: tuple[int, int]) -> None:
    moment = datetime.fromisoformat(now)
    yesterday, today = days_of(moment, ZoneInfo(zone))
    _, tomorrow = days_of(moment + timedelta(days=1), ZoneInfo(zone))
    assert (today - yesterday, tomorrow - today) == tuple(timedelta(hours=hour) for hour in hours)
    assert yesterday < today <= moment < tomorrow


async def test_an_open_page_asks_only_while_its_person_may_see_it_and_keeps_nobody_in(database_url: str) -> None:
    owner = await Database.open(database_url, None, size=1)
    try:
        async with owner.anyone() as conn:
            await create_person(conn, "olga", "seven brown foxes", Role.VIEWER, None, actor="test", now=NOW)
            token = await sign_in(conn, "olga", "seven brown foxes", "127.0.0.1", NOW)
            who = await visitor(conn, token or "", NOW)
            assert who is not None
            for minutes, still in ((1, True), (59, True), (61, False)):
                assert await is_open(conn, who, NOW + timedelta(minutes=minutes)) is still, minutes
            assert await conn.fetchval("SELECT seen_at FROM staff_session") == NOW
            assert not await is_open(conn, replace(who, role=Role.ADMIN), NOW)
            await sign_out(conn, who, NOW)
            assert not await is_open(conn, who, NOW)
    finally:
        await owner.close()


async def test_all_who_look_at_once_are_told_what_was_read_once(night: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """And bets a second are those between readings."""
    reads: list[datetime] = []

    async def counted(*words: Any) -> Overview:
        reads.append(words[-1])
        return await read_overview(*words)

    monkeypatch.setattr("pitboss.backoffice.overview.pulse.read_overview", counted)
    clock = [NOW]
    hub = replace(night.hub, clock=lambda: clock[0])
    office = Office(hub, hub.database, Connectors(Reach(private=True, loopback=True)))
    visit = Visit(office, Visitor("olga", Role.VIEWER, None, b""), Url("/", {}), ZoneInfo("UTC"), None)
    pulse, agent = Pulse(office), hub.live.current.agents[1]
    seen = await asyncio.gather(*(pulse.of(visit, agent) for _ in range(20)))
    assert len(reads) == 1 and {one.rate.bets for one in seen} == {1}, "since a quarter past one"
    assert seen[0].rate.within == timedelta(minutes=16)
    night.hub.engine._clock = lambda: clock[0]
    clock[0] = NOW + timedelta(seconds=4)
    token = await night.launched("anna", "EUR")
    for number in range(6):
        await night.play("bet", token, 10, f"now{number}", f"now{number}")
    told = await pulse.of(visit, agent)
    assert len(reads) == 2 and (told.rate.bets, told.rate.within) == (6, timedelta(seconds=4))
    assert told.rate.per_second == Decimal("1.50")
    clock[0] = NOW + timedelta(minutes=2)
    assert (await pulse.of(visit, agent)).rate.per_second == 0
    with pytest.raises(Missing):
        await pulse.of(replace(visit, who=Visitor("olga", Role.VIEWER, 3, b"")), agent)
    everything = await pulse.of_all(replace(visit, who=Visitor("olga", Role.VIEWER, 1, b"")), 5)
    assert set(everything) == {1, 2}, "east is under one"


def test_failures_are_measured_against_what_is_played_there(catalogue: Any) -> None:
    last = datetime(2026, 3, 2, 1, tzinfo=UTC)
    failures = [
        Failures("in", "wallet", "pg", 3, last), Failures("in", "wallet", "gone", 1, last), Failures("out", "wallet", "", 9, last),
        Failures("in", "wallet", "pg", 2, last + timedelta(1)), Failures("in", "agent_api", "", 4, last),
    ]  # fmt: skip
    found = [
        (p.name, p.bets, p.failed, p.rate, p.last) for p in exchanges.studios(catalogue, {1: 1500, 2: 7}, failures)
    ]
    assert found == [
        ("Pocket", 1500, 5, Decimal("3.3"), last + timedelta(1)),
        ("gone", 0, 1, None, last),
        ("Tables", 7, 0, Decimal(0), None),
    ]
    assert exchanges.wallet("The wallet", 4, failures)[1:] == (4, 9, last)
    assert [(p.name, p.failed, p.rate) for p in exchanges.interfaces(failures)] == [
        ("The agent, at the agent API", 4, None)
    ]


@pytest.fixture
def catalogue() -> Any:
    providers = {1: SimpleNamespace(code="pg", name="Pocket"), 2: SimpleNamespace(code="evo", name="Tables")}
    return SimpleNamespace(providers=providers)
