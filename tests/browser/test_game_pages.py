"""The catalogue as the back office shows it: a game that looks broken says so, and one that is switched off cannot be played."""

import re
from math import log, sqrt
from typing import Any

import pytest
from desk import PASSWORD, person, visiting
from lost_rounds import lose
from playwright.sync_api import Browser, Locator, Page, expect

from running_sandbox import RunningSandbox, wait_until

ROUNDS = 1_050
"""A little more than a thousand, before which no game is judged."""


@pytest.fixture(scope="module")
def broken(desk: RunningSandbox) -> dict[str, Any]:
    """The house's slot after it took every stake, and its roulette after ten lost spins, both of the first agent's players."""
    lose(desk, "house_00001", 1, ROUNDS)
    lose(desk, "house_00002", 2, 10)

    def counted() -> bool:
        rows = desk.fetch("SELECT rounds FROM game_figure ORDER BY game_id")
        return [row["rounds"] for row in rows] == [ROUNDS, 10]

    wait_until(counted, 60)
    rows = desk.fetch("SELECT name, rtp::text FROM game WHERE code IN ('house_00001', 'house_00002') ORDER BY code")
    return {"slot": rows[0]["name"], "rtp": float(rows[0]["rtp"]), "roulette": rows[1]["name"]}


def band(rtp: float, stake: int, rounds: int) -> tuple[float, float]:
    """In percent, as docs/rtp.md has it: D may be up to sqrt((V + k)(ln(1 + V/k) + 2 ln 1000)); here each round's w - rho*s is
    -rho*s."""
    rho = rtp / 100
    spread = rounds * (rho * stake) ** 2
    k = 1_000 * (rho * stake) ** 2
    half = sqrt((spread + k) * (log(1 + spread / k) + 2 * log(1_000))) / (rounds * stake)
    return 100 * (rho - half), 100 * (rho + half)


def row_of(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("cell", name=name, exact=True))


def stakes(desk: RunningSandbox, agent: int, game: str) -> bool:
    """Whether the agent API offers the game: it lists those that can be played."""
    items = desk.result("games", {"query": game}, agent)["items"]
    return any(item["id"] == game for item in items)


def test_a_broken_game_shows_in_colour_with_words(
    browser: Browser, desk: RunningSandbox, broken: dict[str, Any]
) -> None:
    with visiting(browser, desk, f"/agents/{desk.agent['agent_id']}/games") as page:
        slot = row_of(page, broken["slot"])
        expect(slot).to_contain_text("pays too little")
        expect(slot.get_by_text("pays too little")).to_have_class(re.compile("bad"))
        expect(slot).to_contain_text("210.00 EUR")
        expect(slot.get_by_role("cell", name="1,050", exact=True)).to_be_visible()
        expect(slot.get_by_role("cell", name="0.00%", exact=True)).to_be_visible()
        expect(slot.get_by_role("cell", name=f"{broken['rtp']:.2f}%", exact=True)).to_be_visible()
        told = re.search(r"([\d.]+) – ([\d.]+)%", slot.inner_text())
        assert told is not None
        low, high = band(broken["rtp"], 20, ROUNDS)
        assert float(told[1]) == pytest.approx(low, abs=0.011) and float(told[2]) == pytest.approx(high, abs=0.011)
        expect(page.get_by_role("alert")).to_contain_text(f"1 game looks broken: {broken['slot']}.")
        expect(row_of(page, broken["roulette"])).to_contain_text("too early to say")
        expect(page.get_by_text("was not played").first).to_be_visible()
        page.get_by_role("link", name="Show").click()
        expect(page).to_have_url(re.compile("pays=broken"))
        expect(page.locator("tbody tr")).to_have_count(1)
    other = desk.credentials["agents"][1]["agent_id"]
    with visiting(browser, desk, f"/agents/{other}/games") as page:
        expect(row_of(page, broken["slot"])).to_contain_text("was not played")
        expect(page.get_by_role("alert")).to_have_count(0)
    with visiting(browser, desk, "/games") as page:
        expect(row_of(page, broken["slot"])).to_contain_text("pays too little")


def test_the_catalogue_is_filtered_by_its_address(
    browser: Browser, desk: RunningSandbox, broken: dict[str, Any]
) -> None:
    path = f"/agents/{desk.agent['agent_id']}/games"
    with visiting(browser, desk, path) as page:
        [known] = desk.fetch("SELECT count(*) AS games, count(*) FILTER (WHERE category = 'table') AS tables FROM game")
        expect(page.locator("tbody tr")).to_have_count(known["games"])
        page.get_by_label("Category").select_option("table")
        page.get_by_role("button", name="Show").click()
        expect(page).to_have_url(re.compile("category=table"))
        expect(page.locator("tbody tr")).to_have_count(known["tables"])
        page.get_by_label("Name or code").fill("HOUSE_00002".lower())
        page.get_by_label("Name or code").press("Enter")
        expect(page.locator("tbody tr")).to_have_count(1)
        page.goto(f"{path}?state=off")
        expect(page.get_by_text("No such game: clear the filters")).to_be_visible()
        for query, field in (("pays=never", "pays"), ("provider=nobody", "provider"), ("from=-1", "from")):
            page.goto(f"{path}?{query}")
            expect(page.get_by_role("heading", name="That cannot be shown")).to_be_visible()
            expect(page.get_by_text(re.compile(f"^{field} "))).to_be_visible()


def test_a_game_is_disabled_for_one_agent(browser: Browser, desk: RunningSandbox, broken: dict[str, Any]) -> None:
    assert stakes(desk, 0, "house_00001") and stakes(desk, 1, "house_00001")
    with visiting(browser, desk, f"/agents/{desk.agent['agent_id']}/games") as page:
        slot = row_of(page, broken["slot"])
        slot.get_by_role("button", name="Disable").click()
        expect(page.get_by_text(f"Disable {broken['slot']} for {desk.agent['name']}?")).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert stakes(desk, 0, "house_00001")
        slot.get_by_role("button", name="Disable").click()
        page.get_by_role("dialog").get_by_role("button", name="Disable").click()
        expect(slot).to_contain_text("off for this agent")
        wait_until(lambda: not stakes(desk, 0, "house_00001"))
        assert stakes(desk, 1, "house_00001")
        slot.get_by_role("button", name="Enable").click()
        expect(slot.get_by_role("cell", name="on", exact=True)).to_be_visible()
        wait_until(lambda: stakes(desk, 0, "house_00001"))
    done = desk.fetch(
        "SELECT action, actor, agent_id FROM audit WHERE subject = 'house_00001' ORDER BY seq DESC LIMIT 2"
    )
    agent_id = desk.agent["agent_id"]
    assert [tuple(row) for row in done] == [
        ("game.enable", "staff:admin", agent_id),
        ("game.disable", "staff:admin", agent_id),
    ]


def test_games_and_studios_are_switched_off_for_everybody(browser: Browser, desk: RunningSandbox) -> None:
    with visiting(browser, desk, "/games") as page:
        [dice] = desk.fetch("SELECT name FROM game WHERE code = 'house_00004'")
        row = row_of(page, dice["name"])
        row.get_by_role("button", name="Disable").click()
        expect(page.get_by_text(f"Disable {dice['name']} for everybody?")).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Disable").click()
        expect(row).to_contain_text("off for everybody")
        wait_until(lambda: not stakes(desk, 0, "house_00004") and not stakes(desk, 1, "house_00004"))
        page.goto(f"/agents/{desk.agent['agent_id']}/games?state=off_everywhere")
        expect(row_of(page, dice["name"])).to_contain_text("off for everybody")
        page.goto("/games")
        row.get_by_role("button", name="Enable").click()
        expect(row.get_by_role("cell", name="on", exact=True)).to_be_visible()

        page.get_by_role("button", name="Switch off").click()
        expect(page.get_by_text("Switch House Studio off for everybody?")).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Switch off").click()
        expect(row).to_contain_text("its provider is off")
        page.get_by_role("button", name="Switch on").click()
        expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    [house] = desk.fetch("SELECT active FROM provider WHERE code = 'house'")
    assert house["active"] is True
    done = desk.fetch("SELECT detail::text FROM audit WHERE action = 'provider.set' ORDER BY seq")
    assert len(done) == 2


def test_who_may_not_sees_no_buttons_and_no_other_agent(browser: Browser, desk: RunningSandbox) -> None:
    first, other = desk.agent["agent_id"], desk.credentials["agents"][1]["agent_id"]
    person(desk, "viewer", name="looker")
    person(desk, "manager", first, "one-manager")
    with visiting(browser, desk, "/games", "looker", PASSWORD) as page:
        expect(page.locator("tbody tr").first).to_be_visible()
        expect(page.locator(".cell-act")).to_have_count(0)
        page.goto(f"/agents/{first}/games")
        expect(page.locator("tbody tr").first).to_be_visible()
        expect(page.locator(".cell-act")).to_have_count(0)
    with visiting(browser, desk, f"/agents/{first}/games", "one-manager", PASSWORD) as page:
        expect(page.locator(".cell-act").first).to_be_visible()
        expect(page.get_by_role("link", name="All games")).to_have_count(0)
        page.goto("/games")
        expect(page.get_by_text("All games are shown to people of the whole hub")).to_be_visible()
        page.goto(f"/agents/{other}/games")
        expect(page.get_by_text(re.compile("There is no agent .* here"))).to_be_visible()
