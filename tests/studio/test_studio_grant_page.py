"""What the casino gives, in a real browser: offered, played, shown counting down, and said to be over."""

import shutil
from collections.abc import Iterator
from decimal import Decimal

import pytest
from operator_peer import OPERATOR_ID, Operator
from playwright.sync_api import Browser, Page, expect, sync_playwright
from studio_process import Player, StudioProcess, reconcile
from test_studio_grants import ROULETTE, give
from test_studio_page import ARGUMENTS, PATIENCE

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found: what is given is not looked at")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(params=[(390, 844), (1280, 800)], ids=["phone", "desktop"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    yield page
    context.close()
    assert trouble == []


def open_game(page: Page, player: Player) -> None:
    query = f"mode=real&game_id={player.game_id}&currency=EUR&token={player.token}&operator_id={OPERATOR_ID}"
    page.goto(f"{player.studio.url}/?{query}")


def spin_to_the_end(page: Page) -> None:
    """A round, with its own free spins where chance gives some (one round in 117), until the page is ready again."""
    with page.expect_response(lambda response: response.url.endswith("/spin")):
        page.get_by_test_id("spin").click()
    while page.locator("body").get_attribute("data-phase") != "idle":
        if page.get_by_test_id("feature-start").is_visible():
            page.get_by_test_id("feature-start").click()
        page.wait_for_timeout(50)


def balance(page: Page) -> Decimal:
    return Decimal(page.get_by_test_id("balance").get_attribute("data-value") or "")


def test_free_spins_on_the_page(studio: StudioProcess, operator: Operator, page: Page) -> None:
    player = Player(studio)
    give(player, operator, count=2, bet_value=5)
    open_game(page, player)
    expect(page.get_by_test_id("offer")).to_contain_text("2 free spins of 5.00 EUR")
    page.get_by_test_id("offer-yes").click()
    expect(page.get_by_test_id("promotion")).to_have_text("2 free spins of 5.00 EUR")
    expect(page.get_by_test_id("bet")).to_have_attribute("data-value", "5")
    expect(page.get_by_test_id("bet-up")).to_be_disabled()
    before = operator.balance(player.user)
    spin_to_the_end(page)
    expect(page.get_by_test_id("promotion")).to_have_text("1 free spin of 5.00 EUR")
    assert operator.balance(player.user) >= before, "the player paid"
    assert balance(page) == operator.balance(player.user)

    page.get_by_test_id("promotion").click()
    expect(page.get_by_test_id("promotion")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_test_id("bet-up")).to_be_enabled()
    spin_to_the_end(page)
    assert operator.calls("BET")[-1].data["context"]["reason"] == "SPIN"

    page.get_by_test_id("promotion").click()
    spin_to_the_end(page)
    expect(page.get_by_test_id("offer")).to_contain_text("are over")
    page.get_by_test_id("offer-no").click()
    expect(page.get_by_test_id("promotion")).to_be_hidden()
    expect(page.get_by_test_id("bet-up")).to_be_enabled()
    reasons = [call.data["context"]["reason"] for call in operator.calls("BET")]
    assert reasons == ["PROMO-FREESPIN", "SPIN", "PROMO-FREESPIN"]
    assert balance(page) == operator.balance(player.user)
    assert reconcile(player, operator) == {"settled": 3}


def test_a_grant_comes_while_the_game_is_open_and_the_casino_takes_it_back(
    studio: StudioProcess, operator: Operator, page: Page
) -> None:
    player = Player(studio)
    open_game(page, player)
    expect(page.get_by_test_id("bet-up")).to_be_enabled()
    code = give(player, operator)
    page.get_by_test_id("offer-yes").click()
    expect(page.get_by_test_id("promotion")).to_be_visible()
    operator.campaigns[player.user, code] = 0
    page.get_by_test_id("spin").click()
    expect(page.get_by_test_id("offer")).to_contain_text("are over")
    page.get_by_test_id("offer-no").click()
    expect(page.get_by_test_id("message")).to_contain_text("over")
    spin_to_the_end(page)
    assert reconcile(player, operator) == {"bet_refused": 1, "settled": 1}


def test_a_golden_chip_lies_on_one_place(studio: StudioProcess, operator: Operator, page: Page) -> None:
    player = Player(studio, game_id=ROULETTE)
    give(player, operator, kind="golden_chips", game_ids=[ROULETTE], bet_value=5, count=1)
    open_game(page, player)
    expect(page.get_by_test_id("offer")).to_contain_text("1 golden chip of 5.00 EUR")
    page.get_by_test_id("offer-yes").click()
    expect(page.get_by_test_id("chip-1")).to_be_disabled()
    page.get_by_test_id("place-red").click()
    page.get_by_test_id("place-black").click()
    expect(page.get_by_test_id("bet")).to_have_attribute("data-value", "5")
    expect(page.locator("#repeat")).to_be_disabled()
    page.get_by_test_id("spin").click()
    expect(page.get_by_test_id("offer")).to_contain_text("are over")
    page.get_by_test_id("offer-no").click()
    expect(page.get_by_test_id("chip-1")).to_be_enabled()
    (bet,) = operator.calls("BET")
    assert bet.data["context"]["reason"] == "PROMO-FREESPIN"
    assert balance(page) == operator.balance(player.user) >= operator.opening
    assert reconcile(player, operator) == {"settled": 1}
