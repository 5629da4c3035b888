"""The slot's page in a real browser, on a phone's screen, against a real studio and operator."""

import shutil
from collections.abc import Iterator

import pytest
from operator_peer import OPERATOR_ID, Fault, Operator
from playwright.sync_api import Browser, Page, expect, sync_playwright
from studio_process import Player, StudioProcess, eventually, reconcile

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found: the slot's page is not looked at")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def player(studio: StudioProcess) -> Player:
    return Player(studio)


@pytest.fixture
def page(browser: Browser, player: Player) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
    query = f"mode=real&game_id=1&currency=EUR&token={player.token}&operator_id={OPERATOR_ID}"
    opened.goto(f"{player.studio.url}/?{query}")
    yield opened
    assert errors == []
    context.close()


def phase(page: Page, name: str) -> None:
    """Wait until the page is there."""
    page.wait_for_selector(f"body[data-phase={name}]")


def value(page: Page, name: str) -> str | None:
    """The exact amount shown."""
    return page.get_by_test_id(name).get_attribute("data-value")


def last_round(player: Player) -> dict[str, object]:
    return player.studio.rounds(player.user)[-1]


def spin_to_the_end(page: Page, player: Player) -> None:
    """One round with the space bar, free spins too."""
    rounds = len(player.studio.rounds(player.user))
    page.keyboard.press("Space")

    def over() -> bool:
        page.wait_for_timeout(50)
        now = page.locator("body").get_attribute("data-phase")
        if now == "curtain":
            page.keyboard.press("Space")
        return now == "idle" and len(player.studio.rounds(player.user)) > rounds

    eventually(over, "the round ends", patience=90)


def test_playing_shows_what_the_operator_has(page: Page, player: Player, operator: Operator) -> None:
    phase(page, "idle")
    assert value(page, "balance") == "1000"
    page.get_by_test_id("bet-up").click()
    assert value(page, "bet") == "2"
    page.get_by_test_id("bet-down").click()
    page.keyboard.press("ArrowDown")
    assert value(page, "bet") == "0.4"
    for _ in range(4):
        spin_to_the_end(page, player)
        assert value(page, "win") == last_round(player)["win"]
        assert value(page, "balance") == f"{operator.balance(player.user).normalize():f}"
    assert reconcile(player, operator) == {"settled": 4}


def test_what_the_operator_refuses_is_said(page: Page, player: Player, operator: Operator) -> None:
    phase(page, "idle")
    operator.refuse["BET"] = "OP_31"
    page.get_by_test_id("spin").click()
    expect(page.get_by_test_id("message")).to_contain_text("Not enough funds", timeout=PATIENCE)
    assert value(page, "balance") == "1000"
    assert page.locator(".reel .cell").count() == 15, "the reels stand"
    operator.refuse.clear()
    operator.fault = lambda kind, data: {"BET": Fault.DROP_AFTER, "cancel": Fault.HTTP_500}.get(kind)
    page.get_by_test_id("spin").click()
    expect(page.get_by_test_id("message")).to_contain_text("being cancelled", timeout=PATIENCE)
    operator.behave()
    expect(page.get_by_test_id("message")).to_contain_text("was cancelled", timeout=PATIENCE)
    phase(page, "idle")
    assert value(page, "balance") == "1000"
    operator.refuse["BET"] = "OP_21"
    page.get_by_test_id("spin").click()
    expect(page.get_by_test_id("ended")).to_contain_text("logged out", timeout=PATIENCE)


def test_free_spins_resume_after_a_reload(page: Page, player: Player, operator: Operator) -> None:
    phase(page, "idle")
    player.arrange_free_spins()
    page.get_by_test_id("spin").click()
    phase(page, "curtain")
    page.get_by_test_id("feature-start").click()
    expect(page.get_by_test_id("free-spins")).to_contain_text("2 /", timeout=PATIENCE)
    page.reload()
    phase(page, "curtain")
    expect(page.locator("#curtain")).to_contain_text("Welcome back")
    assert operator.calls("WIN") == []
    page.keyboard.press("Space")
    page.get_by_text("You won").wait_for()
    page.keyboard.press("Space")
    phase(page, "idle")
    assert value(page, "win") == last_round(player)["win"]
    assert value(page, "balance") == f"{operator.balance(player.user).normalize():f}"


def test_a_round_is_verified_in_the_browser(page: Page, player: Player) -> None:
    phase(page, "idle")
    spin_to_the_end(page, player)
    page.get_by_test_id("fairness-open").click()
    page.get_by_test_id("rotate").click()
    page.get_by_test_id("revealed-seed").wait_for()
    page.keyboard.press("Escape")
    page.get_by_test_id("history-open").click()
    page.locator("tr.round").first.click()
    page.get_by_role("button", name="Verify").click()
    page.locator("p.good").wait_for()
    page.keyboard.press("Escape")
    page.get_by_test_id("paytable-open").click()
    expect(page.locator("#paytable-body")).to_contain_text("96.27 %")


def test_a_lost_connection_shows_and_heals(page: Page, player: Player) -> None:
    phase(page, "idle")
    page.context.set_offline(True)
    page.get_by_test_id("spin").click()
    page.locator("#lost").wait_for(state="visible")
    page.context.set_offline(False)
    page.locator("#lost").wait_for(state="hidden")
    page.wait_for_selector("body:not([data-phase=spinning])")
    assert len(player.studio.rounds(player.user)) == 1
