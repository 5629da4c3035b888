"""What every game's page does, seen on roulette and dice: refusals, cancels, news from outside, the end of a session."""

from collections.abc import Iterator
from typing import Any

import pytest
from operator_peer import OPERATOR_ID, Fault, Operator
from playwright.sync_api import Browser, Page, expect
from signed_command import command
from studio_process import Player, StudioProcess, reconcile

from browser.chromium import ARGUMENTS, find_chromium

GAMES = {"roulette": 2, "dice": 4}
PATIENCE = 30_000

pytestmark = pytest.mark.skipif(find_chromium() is None, reason="no Chromium found: the games' pages are not looked at")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(params=list(GAMES))
def game(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def player(studio: StudioProcess, game: str) -> Player:
    return Player(studio, game_id=GAMES[game])


@pytest.fixture
def page(browser: Browser, player: Player) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    query = f"mode=real&game_id={player.game_id}&currency=EUR&token={player.token}&operator_id={OPERATOR_ID}"
    opened.goto(f"{player.studio.url}/?{query}")
    opened.wait_for_selector("body[data-phase=idle]")
    yield opened
    assert errors == []
    context.close()


def play(page: Page, game: str) -> None:
    """Stake one of something and press the button."""
    if game == "roulette":
        page.get_by_test_id("chip-1").click()
        page.get_by_test_id("place-black").click()
    page.get_by_test_id("spin").click()


def balance(page: Page) -> str | None:
    return page.get_by_test_id("balance").get_attribute("data-value")


def test_what_the_operator_refuses_is_said(page: Page, game: str, player: Player, operator: Operator) -> None:
    operator.refuse["BET"] = "OP_31"
    play(page, game)
    expect(page.get_by_test_id("message")).to_contain_text("Not enough funds", timeout=PATIENCE)
    page.wait_for_selector("body[data-phase=idle]")
    assert balance(page) == "1000"
    operator.refuse.clear()
    operator.fault = lambda kind, data: {"BET": Fault.DROP_AFTER, "cancel": Fault.HTTP_500}.get(kind)
    page.get_by_test_id("spin").click()  # refused chips are still on the table
    expect(page.get_by_test_id("message")).to_contain_text("being cancelled", timeout=PATIENCE)
    expect(page.get_by_test_id("spin")).to_be_disabled()
    operator.behave()
    expect(page.get_by_test_id("message")).to_contain_text("was cancelled", timeout=PATIENCE)
    page.wait_for_selector("body[data-phase=idle]")
    assert balance(page) == "1000"
    assert reconcile(player, operator) == {"bet_refused": 1, "canceled": 1}


def test_a_win_under_way_blocks_until_it_is_paid(page: Page, game: str, player: Player, operator: Operator) -> None:
    operator.fault = lambda kind, data: Fault.HTTP_500 if kind == "WIN" else None
    play(page, game)
    page.wait_for_selector("body[data-phase=blocked]")
    page.reload()
    page.wait_for_selector("body[data-phase=blocked]")
    operator.behave()
    page.wait_for_selector("body[data-phase=idle]")
    assert balance(page) == f"{operator.balance(player.user).normalize():f}"
    assert reconcile(player, operator) == {"settled": 1}


def test_news_from_outside_show_at_once(page: Page, game: str, player: Player, studio: StudioProcess) -> None:
    told: dict[str, Any] = {"user_id": player.user, "currency_code": "EUR", "balance": "77.7"}
    command(studio, "balancechanged", told)
    page.wait_for_selector("[data-testid=balance][data-value='77.7']")
    command(studio, "endsession", {"token": player.token, "reason": "blocked"})
    expect(page.get_by_test_id("ended")).to_contain_text("logged out", timeout=PATIENCE)
    page.keyboard.press("Escape")
    page.keyboard.press("Space")
    expect(page.get_by_test_id("ended")).to_be_visible()
    assert studio.rounds(player.user) == []
