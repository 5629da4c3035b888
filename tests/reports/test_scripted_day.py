"""A night of play over midnight UTC whose figures were worked out by hand; every report must say them to the last digit.

Rates to EUR: IDR 0.0002; THB 0.025, and 0.03 from midnight. Terms: pg share 0.5, commission 0.01, contribution 0.005;
evolution share 0.46, commission 0, contribution 0.0008. Players: anna plays pg in EUR, budi pg in IDR, chai evolution in THB.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha1
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent_stage import Stage
from pitboss.storage.database import Database
from pitboss.storage.reports.rebuild import rebuild
from pitboss.storage.reports.stats import StatsPage, stats
from pitboss.storage.verify import verify
from reports.reading import rolled_up
from reports.script import Script
from wire_example import exact_json

NIGHT = """
2026-03-01T22:50:00 anna bet    10     a1 r1
2026-03-01T22:51:00 anna win    4      a2 r1
2026-03-01T23:05:00 anna bet    2.5    a3 r2
2026-03-01T23:06:00 anna win    0      a4 r2
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
2026-03-02T01:11:00 budi refund 400    b4 q2
2026-03-02T01:20:00 chai bet    20     c5 s2
2026-03-02T01:21:00 chai win    60     c6 s2
2026-03-02T01:25:00 chai cancel 0      c6 s2
"""

# a1 left 22:50 (cancelled), c2 left 23:59 (refunded), 400 of b3 left 01:10, c6 left 01:21.
# day        vendor    currency bets    n  wins  n  free n jackpots n GGR
BUSINESS = """
2026-03-01 evolution THB 100   1 0     0 0    0 0   0 100.00
2026-03-01 pg        EUR 2.5   1 4     1 0    0 0   0 -1.50
2026-03-01 pg        IDR 16000 1 40000 1 0    0 0   0 -24000.00
2026-03-02 evolution THB 20    1 30    1 0    0 0   0 -10.00
2026-03-02 pg        EUR 5     1 0     0 3.33 0 100 1 -95.00
2026-03-02 pg        IDR 600   1 0     0 0    0 0   0 600.00
"""

# EUR: budi's 16,000 IDR are 3.2, 40,000 are 8, 600 are 0.12; chai's 100 THB are 2.5, 30 are 0.9 (after midnight), 20 are 0.6.
# player timestamp winLoss turnOver agentWinLoss commission contribution freeRound
DAILY = """
anna 2026-03-02T00:00:00Z 95   5    -47.5  0.05   -0.025   3.33
anna 2026-03-01T23:00:00Z -2.5 2.5  1.25   0.025  -0.0125  0
anna 2026-03-01T22:00:00Z 4    0    -2     0      0        0
budi 2026-03-02T01:00:00Z -0.12 0.12 0.06  0.0012 -0.0006  0
budi 2026-03-01T23:00:00Z 4.8  3.2  -2.4   0.032  -0.016   0
chai 2026-03-02T01:00:00Z -0.6 0.6  0.276  0      -0.00048 0
chai 2026-03-02T00:00:00Z 0.9  0    -0.414 0      0        0
chai 2026-03-01T23:00:00Z -2.5 2.5  1.15   0      -0.002   0
"""

# zone by | group | rounds bets turnover wins winnings refunds bonusWinnings jackpots ggr rtp players
STATS = """
UTC day | 2026-03-01 | 3 3 8.2 2 12 0 0 0 -3.8 1.4634 3
UTC day | 2026-03-02 | 3 3 5.72 1 100.9 2 3.33 1 -95.18 17.6399 3
Asia/Kolkata day | 2026-03-02 | 6 6 13.92 3 112.9 2 3.33 1 -98.98 8.1106 3
America/New_York day | 2026-03-01 | 6 6 13.92 3 112.9 2 3.33 1 -98.98 8.1106 3
Asia/Kolkata hour | 2026-03-02T04:00:00+05:30 | 2 2 5.7 2 12 0 0 0 -6.3 2.1053 2
Asia/Kolkata hour | 2026-03-02T05:00:00+05:30 | 2 2 7.5 1 0.9 1 0 0 6.6 0.1200 2
Asia/Kolkata hour | 2026-03-02T06:00:00+05:30 | 2 2 0.72 0 100 1 3.33 1 -99.28 138.8889 3
UTC player | anna | 2 2 7.5 1 104 0 3.33 1 -96.5 13.8667 1
UTC player | budi | 2 2 3.32 1 8 1 0 0 -4.68 2.4096 1
UTC player | chai | 2 2 3.1 1 0.9 1 0 0 2.2 0.2903 1
UTC game | evolution_00001 | 2 2 3.1 1 0.9 1 0 0 2.2 0.2903 1
UTC game | pg_00001 | 4 4 10.82 2 112 1 3.33 1 -101.18 10.3512 2
UTC provider | evolution | 2 2 3.1 1 0.9 1 0 0 2.2 0.2903 1
UTC provider | pg | 4 4 10.82 2 112 1 3.33 1 -101.18 10.3512 2
UTC currency | EUR | 2 2 7.5 1 104 0 3.33 1 -96.5 13.8667 1
UTC currency | IDR | 2 2 16600 1 40000 1 0 0 -23400 2.4096 1
UTC currency | THB | 2 2 120 1 30 1 0 0 90 0.2500 1
UTC entity | One | 6 6 13.92 3 112.9 2 3.33 1 -98.98 8.1106 3
UTC | | 6 6 13.92 3 112.9 2 3.33 1 -98.98 8.1106 3
"""

# Every ledger line: what the player gained. A win of nothing has none.
LINES = """
anna BET -10 EUR, anna WIN 4 EUR, anna BET -2.5 EUR, budi BET -16000 IDR, budi WIN 40000 IDR, chai BET -100 THB,
chai BET -50 THB, anna BET -5 EUR, chai REFUND 50 THB, chai WIN 30 THB, anna CANCEL 10 EUR, anna JACKPOT 100 EUR,
anna WIN 3.33 EUR, budi BET -1000 IDR, budi REFUND 400 IDR, chai BET -20 THB, chai WIN 60 THB, chai CANCEL -60 THB
"""

# What each player's wallet gained: turnover less winnings, promotional ones included, with the other sign.
WALLETS = {"anna": Decimal("99.83"), "budi": Decimal(23400), "chai": Decimal(-90)}


@pytest.fixture
async def night(stage: Stage) -> Script:
    await stage.sql(
        "UPDATE agent_provider SET share = 0.5, commission_rate = 0.01, contribution_rate = 0.005 WHERE provider_id = 1"
    )
    await stage.sql("UPDATE agent_provider SET share = 0.46, contribution_rate = 0.0008 WHERE provider_id = 2")
    await stage.sql("DELETE FROM rate")
    for currency, since, rate in (
        ("IDR", "2026-01-01", "0.0002"),
        ("THB", "2026-01-01", "0.025"),
        ("THB", "2026-03-02", "0.03"),
    ):
        at = datetime.fromisoformat(since).replace(tzinfo=UTC)
        await stage.sql("INSERT INTO rate VALUES ($1, 'EUR', $2, $3)", currency, at, Decimal(rate))
    script = Script(stage)
    await script.seat("anna", "EUR", "pg_00001", "100")
    await script.seat("budi", "IDR", "pg_00001", "100000")
    await script.seat("chai", "THB", "evolution_00001", "1000")
    await script.run(NIGHT)
    return script


async def everything_as_worked_out(stage: Stage) -> None:
    await business_as_worked_out(stage)
    await daily_as_worked_out(stage)
    await stats_as_worked_out(stage)


async def platform(stage: Stage, path: str) -> Any:
    name = path.partition("?")[0]
    sign = sha1(f"{name}casinoone{stage.one.secret_key}".encode()).hexdigest()
    response = await stage.http.get(
        f"/api/generic/{path}", headers={"X-Operator-Id": "casinoone", "X-Authorization": sign}
    )
    assert response.status_code == 200, response.text
    return exact_json(response.content)


async def business_as_worked_out(stage: Stage) -> None:
    found = []
    for day in ("2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03"):
        for row in await platform(stage, f"businessReport?date={day}"):
            assert row["entity_name"] == "One"
            found.append([
                row["date"], row["vendor"], row["currency_code"], row["bets_sum"], row["bets_count"], row["wins_sum"],
                row["wins_count"], row["freespins_sum"], row["freespins_count"], row["jackpots_sum"], row["jackpots_count"],
                row["gross_gaming_revenue"],
            ])  # fmt: skip
    assert found == [line.split() for line in BUSINESS.strip().splitlines()]


async def daily_as_worked_out(stage: Stage) -> None:
    for version, size in (("v1.3", 1000), ("v1.6", 2), ("v1.6", 1)):
        found = []
        for name in ("anna", "budi", "chai"):
            page, more = 1, 1
            while more:
                body = {
                    "username": name, "from": "2026-03-01T00:00:00Z", "to": "2026-03-03T00:00:00Z",
                    "paginate": {"page": page, "perPage": size},
                }  # fmt: skip
                result = (await stage.call(f"{version}/playerDailyReport", body))["result"]
                for item in result["items"]:
                    assert item["freeRoundCount"] == 0
                    found.append([
                        name, item["timestamp"], item["playerWinLoss"], item["validTurnOver"], item["agentWinLoss"],
                        item["agentCommission"], item["agentContribution"], item["playerFreeRound"],
                    ])  # fmt: skip
                more = result["paginate"]["next"]
                assert more in (0, 1) and not isinstance(more, bool)
                page += 1
        assert found == [line.split() for line in DAILY.strip().splitlines()], version


async def stats_as_worked_out(stage: Stage) -> None:
    asked: dict[str, list[str]] = {}
    for line in STATS.strip().splitlines():
        how, group, figures = (part.strip() for part in line.split("|"))
        asked.setdefault(how, []).append(f"{group} {figures}".strip())
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    for how, expected in asked.items():
        zone, *by = how.split()
        found: list[str] = []
        for page in range(len(expected) + 1):
            # One row to a page, and one page too far.
            rows, total = await stats(
                stage.hub.database.tenant,
                stage.hub.live.current,
                [1],
                start,
                end,
                ZoneInfo(zone),
                by,
                StatsPage(1, page),
            )
            assert total == (len(expected) if rows else 0)
            for row in rows:
                assert (row.bonus_bets, row.currency) == (0, row.members.get("currency", "EUR"))
                told = (
                    *row.members.values(), row.rounds, row.bets, row.turnover, row.wins, row.winnings, row.refunds,
                    row.bonus_winnings, row.jackpots, row.ggr, str(row.rtp), row.unique_players,
                )  # fmt: skip
                found.append(" ".join(plain(value) for value in told))
        assert found == expected, how


def plain(value: Any) -> str:
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


async def test_every_report_says_what_was_worked_out(stage: Stage, night: Script, worker: Database) -> None:
    await everything_as_worked_out(stage)
    await rolled_up(worker)
    assert await stage.owner.fetchval("SELECT count(*) FROM outbox") == 0
    await everything_as_worked_out(stage)
    await stage.owner.execute("UPDATE player_quarter SET bets = bets + 1")
    await rebuild(stage.owner, 1)
    await everything_as_worked_out(stage)
    for name, gained in WALLETS.items():
        history = (await stage.call("v1.6/history", {"username": name}))["result"]
        items = history["currencyGroup"]["EUR"]["items"]
        assert sum(Decimal(item["amount"]["amount"]["playerAmount"]) for item in items) == gained
    owner = await Database.open(stage.hub.settings.database_url, None, size=1)
    assert await verify(owner) == []
    await owner.close()


@pytest.mark.parametrize("per_page", [1000, 7, 1])
async def test_line_items_are_what_was_worked_out(stage: Stage, night: Script, per_page: int) -> None:
    # The night's ids carry the time of this test, only its instants are those of March.
    end = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    found, page = [], 1
    while page:
        query = {
            "startDate": "2026-03-01T00:00:00Z",
            "endDate": end,
            "page": page,
            "perPage": per_page,
        }
        response = await stage.http.get(
            "/partner/v1/reports/gameTransactionLineItems",
            params=query,
            headers={"Authorization": f"Bearer {stage.one.partner_api_key}"},
        )
        data = response.json()["data"]
        found += [f"{item['username']} {item['type']} {item['amount']} {item['currency']}" for item in data["items"]]
        page = data["pagination"]["next"]
    assert found == [line.strip() for line in LINES.replace("\n", " ").split(",")]


async def test_one_game_or_one_round(stage: Stage, night: Script, worker: Database) -> None:
    for _ in range(2):
        for more, expected in (
            ({"gameId": "pg_00001"}, ["5", "2.5", "0"]),
            ({"gameId": "evolution_00001"}, []),
            ({"roundId": "r2"}, ["2.5"]),
            ({"roundId": "r1"}, ["0"]),
            ({"roundId": "r2", "gameId": "pg_00002"}, []),
            ({"roundId": "r3", "to": "2026-03-02T00:00:00Z"}, []),
            ({"from": "2026-03-01T23:00:00Z", "to": "2026-03-02T00:00:00Z"}, ["2.5"]),
            # A quarter that has begun counts: a5 was at midnight.
            ({"from": "2026-03-01T23:14:00Z", "to": "2026-03-02T00:00:01Z"}, ["5", "2.5"]),
            ({"from": "2026-03-02T00:00:00+01:00", "to": "2026-03-02T01:00:00+01:00"}, ["2.5"]),
        ):
            body = {"username": "anna", **more}
            result = (await stage.call("v1.3/playerDailyReport", body))["result"]
            assert [item["validTurnOver"] for item in result["items"]] == expected, more
        await rolled_up(worker)


async def test_hours_begin_as_the_agents_clock_says(stage: Stage, night: Script, worker: Database) -> None:
    """At +05:30 budi's 23:20 UTC is in the hour that begins 22:30 UTC."""
    await stage.sql("UPDATE agent SET utc_offset_min = 330 WHERE id = 1")
    body = {"username": "budi", "from": "2026-03-01T00:00:00Z", "to": "2026-03-03T00:00:00Z"}
    for _ in range(2):
        result = (await stage.call("v1.6/playerDailyReport", body))["result"]
        assert [item["timestamp"] for item in result["items"]] == [
            "2026-03-02T06:00:00+05:30",
            "2026-03-02T04:00:00+05:30",
        ]
        one_round = (await stage.call("v1.6/playerDailyReport", {**body, "roundId": "q1"}))["result"]
        assert one_round["items"] == result["items"][1:]
        await rolled_up(worker)


async def test_an_agent_and_those_under_it(stage: Stage, night: Script) -> None:
    """East has played nothing; twice the same agent's rows would show."""
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    page = StatsPage(100, 0)
    args = (stage.hub.database.tenant, stage.hub.live.current)
    both, _ = await stats(*args, [1, 2], start, end, ZoneInfo("UTC"), ["day", "game"], page)
    alone, _ = await stats(*args, [1], start, end, ZoneInfo("UTC"), ["day", "game"], page)
    assert both == alone and len(alone) == 4
    merged, total = await stats(*args, [2, 1, 1], start, end, ZoneInfo("UTC"), ["entity"], page)
    assert (total, merged[0].bets, merged[0].ggr) == (1, 12, Decimal("-197.96"))


# Free stakes of 1.00 over midnight: f1 is cancelled after it won, f5 is refunded; f3 and f7 stand.
FREE_NIGHT = """
2026-03-01T23:50:00 anna bet    1   f1 g1 FREE
2026-03-01T23:51:00 anna win    2.5 f2 g1 FREE
2026-03-02T00:05:00 anna bet    1   f3 g2 FREE
2026-03-02T00:06:00 anna win    0   f4 g2 FREE
2026-03-02T00:10:00 anna cancel 0   f1 g1
2026-03-02T00:20:00 anna bet    1   f5 g3 FREE
2026-03-02T00:25:00 anna refund 1   f6 g3 FREE
2026-03-02T00:30:00 anna bet    1   f7 g4 FREE
2026-03-02T00:31:00 anna bet    10  a1 r1
"""


async def test_free_rounds_over_midnight_are_told_apart(stage: Stage, worker: Database) -> None:
    script = Script(stage)
    await script.seat("anna", "EUR", "pg_00001", "100")
    await script.give("anna", "FREE", 3, "1")
    await script.run(FREE_NIGHT)
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    for turn in range(3):
        columns = ("bets_sum", "bets_count", "wins_sum", "freespins_sum", "freespins_count", "gross_gaming_revenue")
        found = [
            [row[name] for name in columns]
            for day in ("2026-03-01", "2026-03-02")
            for row in await platform(stage, f"businessReport?date={day}")
        ]
        assert found == [["0", "0", "0", "2.5", "0", "0.00"], ["10", "1", "0", "0", "2", "10.00"]]
        body = {"username": "anna", "from": "2026-03-01T00:00:00Z", "to": "2026-03-03T00:00:00Z"}
        items = (await stage.call("v1.6/playerDailyReport", body))["result"]["items"]
        names = ("timestamp", "playerWinLoss", "validTurnOver", "playerFreeRound", "freeRoundCount")
        assert [tuple(item[name] for name in names) for item in items] == [
            ("2026-03-02T00:00:00Z", "-10", "10", "0", 2),
            ("2026-03-01T23:00:00Z", "0", "0", "2.5", 0),
        ]
        for round_id, counts in (("g1", [0]), ("g2", [1]), ("g3", [])):
            one = (await stage.call("v1.6/playerDailyReport", {**body, "roundId": round_id}))["result"]["items"]
            assert [item["freeRoundCount"] for item in one] == counts, round_id
        args = (stage.hub.database.tenant, stage.hub.live.current, [1], start, end, ZoneInfo("UTC"), ["day"])
        rows, _ = await stats(*args, StatsPage(10, 0))
        told = [
            (
                row.rounds,
                row.bets,
                plain(row.turnover),
                row.refunds,
                row.bonus_bets,
                plain(row.bonus_winnings),
                row.unique_players,
            )
            for row in rows
        ]
        assert told == [(0, 0, "0", 0, 0, "2.5", 1), (3, 1, "10", 1, 2, "0", 1)]
        await rolled_up(worker)
        if turn == 1:
            await rebuild(stage.owner, 1)
    owner = await Database.open(stage.hub.settings.database_url, None, size=1)
    assert await verify(owner) == []
    await owner.close()
