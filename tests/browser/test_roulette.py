"""Roulette as a player sees it, its balance compared with the agent API's and the ledger's."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, expect
from purse import UNITS, Purse, cut_off_and_ended, fun_round_stays_here, number, opened, round_over, verify_last_round

from running_sandbox import RunningSandbox, wait_until

GAME = "house_00002"
RED = {1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36}
SPINS = 5


@pytest.mark.parametrize("window", ["desktop", "phone"])
@pytest.mark.parametrize(("currency", "chip", "amount"), [("EUR", "5", "500"), ("IDR", "10", "9000000")])
def test_page_agent_api_and_ledger_agree(
    browser: Browser, sandbox: RunningSandbox, window: str, currency: str, chip: str, amount: str
) -> None:
    purse = Purse(sandbox, currency, amount)
    with opened(browser, purse.launch_url(GAME), window) as page:
        assert purse.agrees(page)
        page.get_by_test_id(f"chip-{chip}").click()
        for turn in range(SPINS):
            before, held = purse.finished, purse.balance
            if turn == 0:
                for place in ("red", "straight-17", "split-17-20", "first_four-0-1-2-3"):
                    page.get_by_test_id(f"place-{place}").click()
                page.get_by_test_id("place-red").click()
            else:
                page.get_by_test_id("repeat").click()
            unit = Decimal(chip)
            assert number(page.get_by_test_id("bet").inner_text()) == unit * 5
            page.get_by_test_id("spin").click()
            round_over(page, purse, before)
            drawn = int(page.get_by_test_id("past").locator(".past-number").first.inner_text())
            times = 4 * (drawn in RED) + 36 * (drawn == 17) + 18 * (drawn in (17, 20)) + 9 * (drawn in (0, 1, 2, 3))
            assert number(page.get_by_test_id("win").inner_text()) == unit * times, f"{drawn} was drawn"
            wait_until(lambda: purse.agrees(page))
            assert purse.balance == held + unit * (times - 5) * UNITS[currency]
        assert purse.bets == SPINS
    assert sandbox.cli("verify").returncode == 0


def test_chips_are_put_doubled_taken_back_and_cleared(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox, amount="100")
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        bet = page.get_by_test_id("bet")
        page.get_by_test_id("spin").click()
        expect(page.get_by_test_id("message")).to_contain_text("Place your bets")
        page.keyboard.press("3")  # the third chip: 5
        page.get_by_test_id("place-dozen-2").click()
        page.get_by_test_id("double").click()
        assert bet.get_attribute("data-value") == "10"
        page.get_by_test_id("undo").click()
        assert bet.get_attribute("data-value") == "5"
        page.keyboard.press("1")
        page.get_by_test_id("place-corner-1-2-4-5").click()
        assert bet.get_attribute("data-value") == "5.2"
        page.keyboard.press("d")
        page.keyboard.press("z")
        page.keyboard.press("c")
        assert bet.get_attribute("data-value") == "0"
        page.get_by_test_id("chip-500").click()
        page.get_by_test_id("place-red").click()
        expect(page.get_by_test_id("message")).to_contain_text("balance does not reach")
        assert bet.get_attribute("data-value") == "0"
        assert purse.bets == 0


def test_the_keyboard_alone_plays(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        page.keyboard.press("2")
        page.get_by_test_id("place-straight-0").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert page.get_by_test_id("bet").get_attribute("data-value") == "1"
        page.keyboard.press("Space")
        round_over(page, purse, 0)
        page.keyboard.press("r")
        page.keyboard.press("Space")
        round_over(page, purse, 1)
        wait_until(lambda: purse.agrees(page))
        assert purse.bets == 2


def test_a_reload_while_the_ball_runs_shows_the_same_round(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "phone", motion="no-preference") as page:
        page.get_by_test_id("place-black").click()
        with page.expect_response(lambda response: response.url.endswith("/spin")) as answered:
            page.get_by_test_id("spin").click()
        view = answered.value.json()["round"]["steps"][0]["view"]
        expect(page.locator("body")).to_have_attribute("data-phase", "spinning")
        page.reload()
        expect(page.get_by_test_id("past").locator(".past-number").first).to_have_text(str(view["pocket"]))
        expect(page.get_by_test_id(f"place-straight-{view['pocket']}")).to_have_class(re.compile(r"\bdrawn\b"))
        expect(page.get_by_test_id("repeat")).to_be_enabled()
        wait_until(lambda: purse.agrees(page))
        assert (purse.bets, purse.finished) == (1, 1)


def test_a_round_is_verified_in_the_browser(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "phone") as page:
        page.get_by_test_id("place-odd").click()
        page.get_by_test_id("spin").click()
        round_over(page, purse, 0)
        verify_last_round(page)
        page.get_by_test_id("paytable-open").click()
        expect(page.locator("#paytable-body")).to_contain_text("97.30 %")


def test_a_lost_connection_and_an_ended_session_show(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        page.get_by_test_id("place-red").click()
        cut_off_and_ended(page, purse)


@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_fun_mode_never_touches_the_hub(browser: Browser, sandbox: RunningSandbox, window: str) -> None:
    fun_round_stays_here(browser, sandbox, 2, window, "place-straight-17")
