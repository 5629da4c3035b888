"""Dice as a player sees them, the balance compared with the agent API's and the ledger's."""

from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect
from purse import UNITS, Purse, cut_off_and_ended, fun_round_stays_here, number, opened, round_over, verify_last_round

from running_sandbox import RunningSandbox, wait_until

GAME = "house_00004"
ROLLS = 6


def rolled(page: Page) -> Decimal:
    """The last roll, as the page lists it."""
    return Decimal(page.get_by_test_id("past").locator(".ball").first.inner_text())


@pytest.mark.parametrize("window", ["desktop", "phone"])
@pytest.mark.parametrize(("currency", "amount"), [("EUR", "500"), ("IDR", "9000000")])
def test_page_agent_api_and_ledger_agree(
    browser: Browser, sandbox: RunningSandbox, window: str, currency: str, amount: str
) -> None:
    purse = Purse(sandbox, currency, amount)
    with opened(browser, purse.launch_url(GAME), window) as page:
        assert purse.agrees(page)
        assert page.get_by_test_id("target").inner_text() == "49.50"
        for turn in range(ROLLS):
            if turn == ROLLS // 2:
                page.get_by_test_id("over-under").click()
                assert page.get_by_test_id("target").inner_text() == "50.49"
                page.get_by_test_id("bet-up").click()
            before, held = purse.finished, purse.balance
            bet = number(page.get_by_test_id("bet").inner_text())
            page.get_by_test_id("spin").click()
            round_over(page, purse, before)
            roll = rolled(page)
            won = roll < Decimal("49.50") if turn < ROLLS // 2 else roll > Decimal("50.49")
            assert number(page.get_by_test_id("win").inner_text()) == bet * 2 * won, roll
            wait_until(lambda: purse.agrees(page))
            assert purse.balance == held + bet * (2 * won - 1) * UNITS[currency]
        assert purse.bets == ROLLS
    assert sandbox.cli("verify").returncode == 0


def test_the_target_moves_and_says_what_it_pays(browser: Browser, sandbox: RunningSandbox) -> None:
    with opened(browser, f"{sandbox.base_url}/?mode=fun&game_id=4&currency=EUR", "desktop") as page:

        def told() -> list[str]:
            return [page.get_by_test_id(name).inner_text() for name in ("target", "chance", "multiplier")]

        page.get_by_test_id("target-up").click()
        assert told() == ["55.00", "55.00 %", "× 1.8"]
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        assert told() == ["45.00", "45.00 %", "× 2.2"]
        page.keyboard.press("9")
        assert told() == ["90.00", "90.00 %", "× 1.1"]
        expect(page.get_by_test_id("target-up")).to_be_disabled()
        page.keyboard.press("o")
        assert told() == ["09.99", "90.00 %", "× 1.1"]
        page.get_by_test_id("target-slider").fill("9890")
        assert told() == ["98.89", "1.10 %", "× 90"]
        assert number(page.get_by_test_id("to-win").inner_text()) == 90 * number(
            page.get_by_test_id("bet").inner_text()
        )
        page.keyboard.press("Space")
        page.get_by_test_id("past").locator(".ball").first.wait_for()
        page.reload()
        expect(page.get_by_test_id("target")).to_have_text("98.89")


def test_the_keyboard_alone_plays(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        bet = number(page.get_by_test_id("bet").inner_text())
        page.keyboard.press("ArrowUp")
        assert number(page.get_by_test_id("bet").inner_text()) > bet
        for done in range(3):
            page.keyboard.press("Space")
            round_over(page, purse, done)
        wait_until(lambda: purse.agrees(page))
        assert purse.bets == 3


def test_a_reload_while_the_dice_roll_shows_the_same_round(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "phone", motion="no-preference") as page:
        with page.expect_response(lambda response: response.url.endswith("/spin")) as answered:
            page.get_by_test_id("spin").click()
        view = answered.value.json()["round"]["steps"][0]["view"]
        page.reload()
        expect(page.get_by_test_id("past").locator(".ball").first).to_have_text(view["roll"])
        expect(page.locator("#tray")).to_have_attribute("aria-label", view["roll"])
        expect(page.get_by_test_id("spin")).to_be_enabled()
        wait_until(lambda: purse.agrees(page))
        assert (purse.bets, purse.finished) == (1, 1)


def test_a_round_is_verified_in_the_browser(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "phone") as page:
        page.get_by_test_id("spin").click()
        round_over(page, purse, 0)
        verify_last_round(page)
        page.get_by_test_id("paytable-open").click()
        expect(page.locator("#paytable-body")).to_contain_text("99.00 %")
        assert page.locator("#paytable-body tbody tr").count() == 79


def test_a_lost_connection_and_an_ended_session_show(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        cut_off_and_ended(page, purse)


@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_fun_mode_never_touches_the_hub(browser: Browser, sandbox: RunningSandbox, window: str) -> None:
    fun_round_stays_here(browser, sandbox, 4, window)
