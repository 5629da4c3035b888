"""Reports over a small day of play whose figures stand here, worked out by hand."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from agent_stage import Stage
from partner_desk import Partner
from pitboss.edges.partner_api.reports.csv_text import as_csv

ANNA, BERT = "anna0001", "bert0001"


@pytest.fixture
async def day(stage: Stage) -> Stage:
    """Anna in EUR: 100 in; r1: bet 10, win 25; r2: bet 5, canceled; r3: bet 8, refunded 8; r4: bet 3, a jackpot of 50.
    Bert in THB: 1000 in; r1: bet 200, open; 100 out."""
    for name, amount, currency in ((ANNA, "100", "EUR"), (BERT, "1000", "THB")):
        await stage.player(name)
        assert (await stage.call("v1.6/deposit", {"username": name, "amount": amount, "currency": currency}))["ok"]
    anna, bert = await stage.launched(ANNA, "EUR"), await stage.launched(BERT, "THB")
    await stage.play("bet", anna, 1000, "a1", "r1")
    await stage.play("win", anna, 2500, "a2", "r1")
    await stage.play("bet", anna, 500, "a3", "r2")
    await stage.play("cancel", anna, 0, "a3", "r2")
    await stage.play("bet", anna, 800, "a4", "r3")
    await stage.play("refund", anna, 800, "a5", "r3")
    await stage.play("bet", anna, 300, "a6", "r4")
    await stage.play("win", anna, 5000, "a7", "r4", reason="JACKPOT")
    await stage.play("bet", bert, 20000, "b1", "r1")
    out = {"username": BERT, "amount": "100", "currency": "THB"}
    assert (await stage.call("v1.6/withdraw", out))["ok"]
    return stage


LINES = [
    ("r1", ANNA, "BET", "-10", "EUR", "90"),
    ("r1", ANNA, "WIN", "25", "EUR", "115"),
    ("r2", ANNA, "BET", "-5", "EUR", "110"),
    ("r2", ANNA, "CANCEL", "5", "EUR", "115"),
    ("r3", ANNA, "BET", "-8", "EUR", "107"),
    ("r3", ANNA, "REFUND", "8", "EUR", "115"),
    ("r4", ANNA, "BET", "-3", "EUR", "112"),
    ("r4", ANNA, "JACKPOT", "50", "EUR", "162"),
    ("r1", BERT, "BET", "-200", "THB", "800"),
]


def told(item: dict[str, Any]) -> tuple[str, ...]:
    return tuple(item[name] for name in ("roundCode", "username", "type", "amount", "currency", "balanceAfter"))


async def test_line_items(day: Stage, partner: Partner) -> None:
    report = await partner.read("reports/gameTransactionLineItems")
    assert [told(item) for item in report["items"]] == LINES
    assert report["pagination"] == {"page": "1", "perPage": "100", "total": "9", "next": None}
    assert {(item["gameCode"], item["fundType"]) for item in report["items"]} == {("pg_00001", "REAL")}
    mine = await partner.read("reports/gameTransactionLineItems", username=BERT)
    assert [told(item) for item in mine["items"]] == LINES[8:]
    assert (await partner.read("reports/gameTransactionLineItems", gameCode="pg_00002"))["items"] == []
    # The codes are those of the history.
    history = await day.call("v1.6/history", {"username": BERT})
    [item] = history["result"]["currencyGroup"]["EUR"]["items"]
    assert item["walletTxId"] == mine["items"][0]["transactionCode"]


@pytest.mark.parametrize("per_page", [1, 2, 4, 9, 1000])
async def test_pages_of_any_size_are_the_same_rows(day: Stage, partner: Partner, per_page: int) -> None:
    found: list[tuple[str, ...]] = []
    page: str | None = "1"
    while page is not None:
        report = await partner.read("reports/gameTransactionLineItems", page=page, perPage=str(per_page))
        assert len(report["items"]) <= per_page
        assert report["pagination"]["total"] == "9"
        found += [told(item) for item in report["items"]]
        page = report["pagination"]["next"]
    assert found == LINES


async def test_a_players_transactions(day: Stage, partner: Partner) -> None:
    report = await partner.read("reports/playerGameTransactions", username=ANNA)
    names = ("providerTransactionCode", "type", "state", "realAmount", "bonusAmount", "balanceBefore", "balanceAfter")
    assert [tuple(item[name] for name in names) for item in report["items"]] == [
        ("a1", "BET", "ok", "-10", "0", "100", "90"),
        ("a2", "WIN", "ok", "25", "0", "90", "115"),
        ("a3", "BET", "canceled", "-5", "0", "115", "110"),
        ("a3", "CANCEL", "ok", "5", "0", "110", "115"),
        ("a4", "BET", "ok", "-8", "0", "115", "107"),
        ("a5", "REFUND", "ok", "8", "0", "107", "115"),
        ("a6", "BET", "ok", "-3", "0", "115", "112"),
        ("a7", "JACKPOT", "ok", "50", "0", "112", "162"),
    ]
    response = await partner.get("reports/playerGameTransactions")
    assert (response.status_code, response.json()["error"]["field"]) == (400, "username")
    assert (await partner.get("reports/playerGameTransactions", {"username": "nobody0001"})).status_code == 404


async def test_a_round(day: Stage, partner: Partner) -> None:
    report = await partner.read("reports/gameRound/pg_00001", roundId="r4")
    assert (report["state"], report["username"], report["staked"], report["won"]) == ("open", ANNA, "3", "50")
    assert [told(line) for line in report["lines"]] == LINES[6:8]
    assert (report["bonusChanges"], report["gameLog"]["logType"], report["historyUrl"]) == ([], "nodata", None)
    # Two players' rounds of one id: somebody must say whose.
    response = await partner.get("reports/gameRound/pg_00001", {"roundId": "r1"})
    assert (response.status_code, response.json()["error"]["field"]) == (400, "username")
    report = await partner.read("reports/gameRound/pg_00001", roundId="r1", username=BERT)
    assert [told(line) for line in report["lines"]] == LINES[8:]
    for game, round_id, code in (
        ("pg_00001", "r9", "ERR_ROUND_NOT_FOUND"),
        ("pg_00002", "r4", "ERR_ROUND_NOT_FOUND"),
        ("pg_99999", "r4", "ERR_GAME_NOT_FOUND"),
    ):
        response = await partner.get(f"reports/gameRound/{game}", {"roundId": round_id})
        assert (response.status_code, response.json()["error"]["code"]) == (404, code)


async def test_open_rounds(day: Stage, partner: Partner) -> None:
    report = await partner.read("reports/openGameRounds")
    rows = [(item["roundCode"], item["username"], item["staked"], item["won"]) for item in report["items"]]
    assert rows == [("r1", ANNA, "10", "25"), ("r2", ANNA, "5", "0"), ("r3", ANNA, "8", "0"), ("r4", ANNA, "3", "50"),
                    ("r1", BERT, "200", "0")]  # fmt: skip
    assert {item["reason"] for item in report["items"]} == {"the player has the game open"}
    await partner.write("logout", username=BERT)
    report = await partner.read("reports/openGameRounds", page="5", perPage="1")
    assert report["items"][0]["reason"] is None
    assert (await partner.read("reports/openGameRounds", olderThan="5"))["items"] == []
    assert len((await partner.read("reports/openGameRounds", olderThan="0"))["items"]) == 5
    later = (day.hub.clock() + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert len((await partner.read("reports/openGameRounds", olderThan=later))["items"]) == 5


async def test_balances_now_and_then(day: Stage, partner: Partner) -> None:
    def rows(report: Any) -> dict[tuple[str, str], tuple[str, str]]:
        return {(r["entity"], r["currency"]): (r["balance"], r["playersBalance"]) for r in report["items"]}

    now = rows(await partner.read("reports/entityBalances"))
    assert now["One", "EUR"] == ("999900", "162")
    assert now["One", "THB"] == ("999100", "700")
    assert now["East", "EUR"] == ("1000000", "0")
    assert {entity for entity, _ in now} == {"One", "East"}
    before = await day.owner.fetchval(
        "SELECT at FROM transaction WHERE agent_id = 1 AND provider_tx_id = 'a3' AND NOT is_cancel"
    )
    then = rows(await partner.read("reports/entityBalances", asOf=before.isoformat().replace("+00:00", "Z")))
    assert then["One", "EUR"] == ("999900", "115")
    assert then["One", "THB"] == ("999000", "1000")
    long_ago = rows(await partner.read("reports/entityBalances", asOf="2020-01-01 00:00:00", timezone="Asia/Tokyo"))
    assert set(long_ago.values()) == {("0", "0")}
    # Who is under another sees itself alone.
    assert {r["entity"] for r in (await partner.read("reports/entityBalances", day.east))["items"]} == {"East"}


async def test_stats(day: Stage, partner: Partner) -> None:
    """Stakes that stood: 10 + 3 EUR, 200 THB = 5 EUR. Won: 25 + 50 EUR."""
    report = await partner.read("reports/stats", groupBy="player,currency")
    rows = {(row["username"], row["currency"]): row for row in report["items"]}
    anna = rows[ANNA, "EUR"]
    figures = ("turnover", "winnings", "ggr", "bets", "jackpots", "uniquePlayers")
    assert tuple(anna[name] for name in figures) == ("13", "75", "-62", "2", "1", "1")
    assert rows[BERT, "THB"]["turnover"] == "200"
    [total] = (await partner.read("reports/stats"))["items"]
    assert (total["turnover"], total["winnings"], total["uniquePlayers"], total["currency"]) == ("18", "75", "2", "EUR")
    [of_day] = (await partner.read("reports/stats", groupBy="day", timezone="Pacific/Auckland"))["items"]
    assert of_day["turnover"] == "18"
    response = await partner.get("reports/stats", "groupBy=planet")
    assert (response.status_code, response.json()["error"]["field"]) == (400, "groupBy")


async def test_time_zones_bound_a_report(day: Stage, partner: Partner) -> None:
    """What a moment is called in a zone is the same moment."""
    row = await day.owner.fetchrow(
        "SELECT at FROM transaction WHERE agent_id = 1 AND provider_tx_id = 'a4' AND NOT is_cancel"
    )
    whole = row[0].replace(microsecond=0)
    for zone, hours in (("UTC", 0), ("Asia/Bangkok", 7), ("Asia/Kolkata", 5.5)):
        local = (whole + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S")
        named = {"startDate": local, "timezone": zone}
        utc = {"startDate": whole.isoformat().replace("+00:00", "Z")}
        bounds = [await partner.read("reports/gameTransactionLineItems", **query) for query in (named, utc)]
        assert bounds[0] == bounds[1]
        assert bounds[0]["items"]
    at = row[0].isoformat().replace("+00:00", "Z")
    early = await partner.read("reports/gameTransactionLineItems", endDate=at)
    late = await partner.read("reports/gameTransactionLineItems", startDate=at)
    # The moment itself is in what begins with it, and not in what ends with it.
    assert [told(item) for item in early["items"] + late["items"]] == LINES
    assert told(late["items"][0]) == LINES[4]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("perPage=1001", "perPage"),
        ("page=0", "page"),
        ("page=1.5", "page"),
        ("page=１", "page"),
        ("format=xml", "format"),
        ("timezone=Nowhere/Town", "timezone"),
        ("timezone=../../etc/passwd", "timezone"),
        ("timezone=America", "timezone"),
        ("startDate=2026-02-30 00:00:00", "startDate"),
        ("startDate=yesterday", "startDate"),
        ("startDate=2026-03-02&endDate=2026-03-01", "startDate"),
        ("page=1&page=2", "page"),
        ("username=%ff", "query"),
    ],
)
async def test_queries_that_cannot_be_meant(partner: Partner, query: str, field: str) -> None:
    for report in ("gameTransactionLineItems", "stats"):
        response = await partner.get(f"reports/{report}", query)
        assert response.status_code == 400, response.text
        assert response.json()["error"]["field"] == field
    extreme = "startDate=0001-01-01&endDate=9999-12-31 23:59:59&timezone=Asia/Tokyo"
    response = await partner.get("reports/gameTransactionLineItems", extreme)
    assert response.status_code in (200, 400)


async def test_csv(day: Stage, partner: Partner) -> None:
    response = await partner.get("reports/gameTransactionLineItems", "format=csv&perPage=4")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert (response.headers["x-total-count"], response.headers["x-next-page"]) == ("9", "2")
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [told(row) for row in rows] == LINES[:4]
    assert response.content.endswith(b"\r\n")
    last = await partner.get("reports/gameTransactionLineItems", "format=csv&perPage=4&page=3")
    assert "x-next-page" not in last.headers
    assert len(last.text.splitlines()) == 2


def test_no_cell_is_a_formula() -> None:
    values = [
        "=1+1",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "-12.50",
        "12",
        'say "x", y',
        "line\nbreak",
        None,
        True,
        "plain",
    ]
    text = as_csv(("v",), [{"v": value} for value in values])
    assert text == (
        'v\r\n\'=1+1\r\n\'+1+1\r\n\'-2+3\r\n\'@SUM(A1)\r\n\'\t=1\r\n-12.50\r\n12\r\n"say ""x"", y"\r\n"line\nbreak"\r\n""\r\n'
        "true\r\nplain\r\n"
    )
