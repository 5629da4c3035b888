"""Baccarat as a player sees it, its balance compared with the agent API's and the ledger's."""

import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from purse import UNITS, Purse, cut_off_and_ended, fun_round_stays_here, number, opened, round_over, verify_last_round

from running_sandbox import RunningSandbox, wait_until

GAME = "house_00003"
ROUNDS = 5
PAYS = {"player": Decimal(2), "banker": Decimal("1.95"), "tie": Decimal(9)}


def points(page: Page, side: str) -> int:
    """A hand's points out of the cards that lie there, as their labels name them."""
    total = 0
    for card in page.locator(f"#{side} .card").all():
        name = (card.get_attribute("aria-label") or "").split(" ")[0]
        total += 1 if name == "ace" else int(name) if name.isdigit() else 0
    return total % 10


@pytest.mark.parametrize("window", ["desktop", "phone"])
@pytest.mark.parametrize(("currency", "chip", "amount"), [("EUR", "5", "500"), ("IDR", "10", "9000000")])
def test_page_agent_api_and_ledger_agree(
    browser: Browser, sandbox: RunningSandbox, window: str, currency: str, chip: str, amount: str
) -> None:
    purse = Purse(sandbox, currency, amount)
    with opened(browser, purse.launch_url(GAME), window) as page:
        assert purse.agrees(page)
        page.get_by_test_id(f"chip-{chip}").click()
        for turn in range(ROUNDS):
            before, held = purse.finished, purse.balance
            if turn == 0:
                for place in ("player", "banker", "banker", "tie"):
                    page.get_by_test_id(f"bet-{place}").click()
            else:
                page.get_by_test_id("repeat").click()
            unit = Decimal(chip)
            assert number(page.get_by_test_id("bet").inner_text()) == unit * 4
            page.get_by_test_id("spin").click()
            round_over(page, purse, before)
            player, banker = points(page, "player"), points(page, "banker")
            assert page.get_by_test_id("player-points").inner_text() == str(player)
            assert page.get_by_test_id("banker-points").inner_text() == str(banker)
            # One chip on the player, two on the banker, one on the tie; a tie gives the first three back.
            one_side = PAYS["player"] if player > banker else PAYS["banker"] * 2
            times = PAYS["tie"] + 3 if player == banker else one_side
            assert number(page.get_by_test_id("win").inner_text()) == unit * times
            wait_until(lambda: purse.agrees(page))
            assert purse.balance == held + unit * (times - 4) * UNITS[currency]
        assert purse.bets == ROUNDS
    assert sandbox.cli("verify").returncode == 0


def test_chips_are_put_doubled_taken_back_and_cleared(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox, amount="100")
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        bet = page.get_by_test_id("bet")
        page.get_by_test_id("spin").click()
        expect(page.get_by_test_id("message")).to_contain_text("Place your bets")
        page.get_by_test_id("chip-5").click()
        page.get_by_test_id("bet-banker-pair").click()
        page.get_by_test_id("double").click()
        assert bet.get_attribute("data-value") == "10"
        page.get_by_test_id("undo").click()
        assert bet.get_attribute("data-value") == "5"
        page.get_by_test_id("chip-0.2").click()
        page.get_by_test_id("bet-player-pair").click()
        assert bet.get_attribute("data-value") == "5.2"
        page.get_by_test_id("clear").click()
        assert bet.get_attribute("data-value") == "0"
        page.get_by_test_id("chip-500").click()
        page.get_by_test_id("bet-tie").click()
        expect(page.get_by_test_id("message")).to_contain_text("balance does not reach")
        assert purse.bets == 0


def test_the_keyboard_alone_plays(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        for key in ("2", "b", "t", "1", "p"):
            page.keyboard.press(key)
        assert page.get_by_test_id("bet").get_attribute("data-value") == "2.2"
        page.keyboard.press("Space")
        round_over(page, purse, 0)
        page.keyboard.press("r")
        page.keyboard.press("Space")
        round_over(page, purse, 1)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert page.get_by_test_id("bet").get_attribute("data-value") == "0.2"
        wait_until(lambda: purse.agrees(page))
        assert purse.bets == 2


def test_a_reload_while_cards_are_dealt_shows_the_same_round(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "phone", motion="no-preference") as page:
        page.get_by_test_id("bet-player").click()
        with page.expect_response(lambda response: response.url.endswith("/spin")) as answered:
            page.get_by_test_id("spin").click()
        view: dict[str, Any] = answered.value.json()["round"]["steps"][0]["view"]
        page.reload()
        for side in ("player", "banker"):
            expect(page.get_by_test_id(f"{side}-points")).to_have_text(str(view[side]["points"]))
            expect(page.locator(f"#{side} .card")).to_have_count(len(view[side]["cards"]))
        won = "bet-tie" if view["winner"] == "tie" else f"bet-{view['winner']}"
        expect(page.get_by_test_id(won)).to_have_class(re.compile(r"\bwon\b"))
        expect(page.get_by_test_id("repeat")).to_be_enabled()
        wait_until(lambda: purse.agrees(page))
        assert (purse.bets, purse.finished) == (1, 1)


def test_a_round_is_verified_in_the_browser(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "phone") as page:
        page.get_by_test_id("bet-tie").click()
        page.get_by_test_id("spin").click()
        round_over(page, purse, 0)
        verify_last_round(page)
        page.get_by_test_id("paytable-open").click()
        expect(page.locator("#paytable-body")).to_contain_text("98.9421 %")
        assert page.locator("#paytable-body td.draw").count() == 10 + 10 + 10 + 9 + 6 + 4 + 2


def test_a_lost_connection_and_an_ended_session_show(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        page.get_by_test_id("bet-player").click()
        cut_off_and_ended(page, purse)


@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_fun_mode_never_touches_the_hub(browser: Browser, sandbox: RunningSandbox, window: str) -> None:
    fun_round_stays_here(browser, sandbox, 3, window, "bet-banker")
