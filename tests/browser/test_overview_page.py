"""What goes on, as the pages tell it: by hand, and by what the agent itself is told over HTTP."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from desk import ZONE, visiting
from playwright.sync_api import Browser, Page, expect

from running_sandbox import RunningSandbox, Studio
from wire_example import exact_json


class Table:
    """Players of the first agent at the house's first game, as a studio plays them."""

    def __init__(self, desk: RunningSandbox) -> None:
        house = desk.credentials["providers"][0]
        self._studio = Studio(house["wallet_url"], house["operator_id"], house["secret_key"])
        self._desk = desk
        self._next = 10**12

    def sit(self, username: str, currency: str) -> dict[str, Any]:
        token = self._desk.launch(username, currency, "house_00001")["token"]
        user = self._studio.send("authenticate", {"token": token})["data"]["user_id"]
        return {"token": token, "user_id": user, "currency_code": currency, "game_id": 1}

    def play(self, seat: dict[str, Any], stake: str, win: str | None = None) -> None:
        self._next += 10
        common = seat | {"round_id": self._next, "round_finished": win is None}
        bet = common | {"transaction_type": "BET", "transaction_id": self._next, "amount": stake}
        assert self._studio.send("changebalance", bet)["status"] == "OK"
        if win is not None:
            paid = common | {"transaction_type": "WIN", "transaction_id": self._next + 1, "amount": win}
            assert self._studio.send("changebalance", paid | {"round_finished": True})["status"] == "OK"

    def contradict(self, seat: dict[str, Any]) -> None:
        """A bet, and the same once more with another amount."""
        self.play(seat, "1")
        bet = seat | {"round_id": self._next, "round_finished": True, "transaction_type": "BET"}
        told = self._studio.send("changebalance", bet | {"transaction_id": self._next, "amount": "2"})
        assert told["status"] == "ERROR", told


@pytest.fixture(scope="module")
def table(desk: RunningSandbox) -> Table:
    """GGR: 12 - 4.5 EUR and 200 THB at 0.026, 12.7 EUR together; three bets of two players."""
    made = Table(desk)
    anna, bert = made.sit("aurora01", "EUR"), made.sit("aurora02", "THB")
    made.sit("aurora01", "THB")
    made.play(anna, "10", "4.5")
    made.play(anna, "2")
    made.play(bert, "200")
    return made


def tile(page: Page, name: str) -> Any:
    return page.get_by_test_id(f"tile-{name}")


def shown(amount: str, code: str) -> str:
    """An amount of a report as a page writes it."""
    return f"{Decimal(amount):,.2f} {code}"


def stats(desk: RunningSandbox, **query: str) -> list[dict[str, Any]]:
    """What the agent is told of its day; as it is in the viewer's zone."""
    key = desk.credentials["agents"][0]["partner_api_key"]
    today = datetime.now(UTC).astimezone(ZoneInfo(ZONE)).date()
    day = {"startDate": f"{today} 00:00:00", "timezone": ZONE}
    answer = desk.http.get("/partner/v1/reports/stats", params=day | query, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = exact_json(answer.content)["data"]["items"]
    return items


def test_an_agents_figures_are_those_of_its_own_reports_and_go_on_by_themselves(
    browser: Browser, desk: RunningSandbox, table: Table
) -> None:
    with visiting(browser, desk, "/agents/1") as page:
        expect(tile(page, "ggr-today")).to_contain_text("12.70 EUR")
        [told] = stats(desk)
        assert (told["ggr"], told["bets"], told["uniquePlayers"]) == ("12.7", "3", "2")
        expect(tile(page, "active-players")).to_contain_text("2")
        [open_] = desk.fetch("SELECT count(*) AS sessions FROM session WHERE agent_id = 1 AND ended_at IS NULL")
        expect(tile(page, "open-sessions")).to_contain_text(f"{open_['sessions']}of 2 players")
        expect(tile(page, "wallet")).to_contain_text("In the hub")
        for currency in stats(desk, groupBy="currency"):
            row = page.get_by_role("row").filter(has=page.get_by_role("cell", name=currency["currency"], exact=True))
            code = currency["currency"]
            cells = (code, currency["bets"], *(shown(currency[name], code) for name in ("turnover", "winnings", "ggr")))
            expect(row.get_by_role("cell")).to_contain_text([*cells, shown("0", code), shown("0", code)])
        table.play(table.sit("aurora03", "EUR"), "1")
        expect(tile(page, "ggr-today")).to_contain_text("13.70 EUR")
        expect(tile(page, "active-players")).to_contain_text("3")


def test_an_open_page_asks_no_more_when_its_person_is_shut_out(
    browser: Browser, desk: RunningSandbox, table: Table
) -> None:
    made = desk.cli("staff", "create", "olga", "--role", "viewer", "--json")
    password = exact_json(made.stdout.encode())["password"]
    with visiting(browser, desk, "/agents/1", "olga", password) as page:
        expect(tile(page, "ggr-today")).to_contain_text("EUR")
        assert desk.cli("staff", "block", "olga").returncode == 0
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_who_belongs_to_another_agent_is_told_nothing(browser: Browser, desk: RunningSandbox) -> None:
    made = desk.cli("staff", "create", "petra", "--role", "manager", "--agent", "2", "--json")
    password = exact_json(made.stdout.encode())["password"]
    with visiting(browser, desk, "/agents/1", "petra", password) as page:
        expect(page.get_by_text("There is no agent 1 here.")).to_be_visible()
        assert "EUR" not in page.content()
        page.goto("/agents/2")
        expect(tile(page, "ggr-today")).to_contain_text("0.00 USD")


def test_the_hubs_figures_are_the_sums_of_its_agents(browser: Browser, desk: RunningSandbox, table: Table) -> None:
    """The second agent counts in dollars, so its money stands by itself; its players and bets count among all."""
    house = desk.credentials["providers"][0]
    token = (
        desk.call(
            "launchGame",
            {
                "username": "borealis01",
                "isMobile": False,
                "gameId": "house_00001",
                "lang": "en",
                "currency": "USD",
                "playerIp": "127.0.0.1",
            },
            agent=1,
        )["result"]["url"]
        .partition("token=")[2]
        .partition("&")[0]
    )
    studio = Studio(house["wallet_url"], house["operator_id"], house["secret_key"])
    user = studio.send("authenticate", {"token": token})["data"]["user_id"]
    table.play({"token": token, "user_id": user, "currency_code": "USD", "game_id": 1}, "7")
    [euros] = stats(desk)
    with visiting(browser, desk, "/") as page:
        expect(tile(page, "ggr-today")).to_contain_text(shown(euros["ggr"], "EUR"))
        expect(tile(page, "active-players")).to_contain_text(f"{int(euros['uniquePlayers']) + 1}since")
        row = page.get_by_role("row").filter(has=page.get_by_role("cell", name="Borealis Games", exact=True))
        expect(row).to_contain_text("7.00 USD")
        studios = page.get_by_role("row").filter(has_text="House Studio")
        expect(studios.get_by_role("cell").nth(1)).to_have_text(str(int(euros["bets"]) + 1))
        page.get_by_role("link", name="USD", exact=True).click()
        expect(tile(page, "ggr-today")).to_contain_text("7.00 USD")
        page.get_by_role("link", name="Aurora Casino", exact=True).click()
        expect(page.get_by_role("heading", name="Aurora Casino")).to_be_visible()
        page.goto("/?currency=XXX")
        expect(page.get_by_text("currency is no base currency of an agent here.")).to_be_visible()
        page.goto("/?from=9999999999")
        expect(page.get_by_text("from is no place in the list.")).to_be_visible()


def test_a_failure_shows_at_its_studio_and_who_sees_one_agent_sees_no_other(
    browser: Browser, desk: RunningSandbox, table: Table
) -> None:
    table.contradict(table.sit("aurora04", "EUR"))
    with visiting(browser, desk, "/") as page:
        studios = page.get_by_role("row").filter(has_text="House Studio")
        expect(studios.get_by_role("cell").nth(2)).to_have_text("1")
        expect(tile(page, "failures")).to_contain_text("1since")
        page.goto("/agents/1")
        expect(studios.get_by_role("cell").nth(2)).to_have_text("1")
        for name, leads in (
            ("bets-a-second", "rounds"),
            ("active-players", "players"),
            ("wallet", "recovery"),
            ("failures", "errors"),
        ):
            expect(tile(page, name)).to_have_attribute("href", f"/agents/1/{leads}")
        tile(page, "failures").click()
        expect(page).to_have_url(re.compile("/agents/1/errors$"))
        expect(page.get_by_text("changebalance").first).to_be_visible()
    made = desk.cli("staff", "create", "quinn", "--role", "manager", "--agent", "2", "--json")
    with visiting(browser, desk, "/", "quinn", exact_json(made.stdout.encode())["password"]) as page:
        expect(page.get_by_role("cell", name="Borealis Games", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="Aurora Casino")).to_have_count(0)
        expect(tile(page, "failures")).to_contain_text("0since")
        assert "EUR" not in page.locator(".sheet").inner_text()
        page.goto("/?currency=EUR")
        expect(page.get_by_text("currency is no base currency of an agent here.")).to_be_visible()
