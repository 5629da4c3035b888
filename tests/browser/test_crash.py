"""Crash as a player sees it: cash-out by hand and by itself, reloads in flight, the balance as agent API and ledger have it."""

import hashlib
import re
from contextlib import suppress
from decimal import Decimal
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as NotInTime
from purse import UNITS, Purse, number, opened, round_over, verify_last_round

from running_sandbox import RunningSandbox, wait_until

GAME = "house_00005"
ATTEMPTS = 12


def multiplier(page: Page) -> int:
    """What the page shows, in hundredths."""
    return int(number(page.get_by_test_id("multiplier").inner_text()) * 100)


def flies(page: Page) -> bool:
    return page.locator("body").get_attribute("data-phase") == "running"


def launch_and_reach(page: Page, purse: Purse | None, hundredths: int, key: str | None = None) -> tuple[int, Decimal]:
    """Launch rounds until one gets that far, and return while it flies: the finished rounds and the balance before it. Asked
    before, since what flies may break up while one asks."""
    for _ in range(ATTEMPTS):
        expect(page.get_by_test_id("spin")).to_be_enabled()
        expect(page.locator("body")).to_have_attribute("data-phase", "idle")
        before, held = (purse.finished, purse.balance) if purse else (0, Decimal(0))
        # From the press until it is over the page is not idle, however short the flight.
        with page.expect_response(lambda response: response.url.endswith("/spin")):
            page.keyboard.press(key) if key else page.get_by_test_id("spin").click()
        wait_until(
            lambda: (
                page.wait_for_timeout(20)
                or page.locator("body").get_attribute("data-phase") == "idle"
                or (flies(page) and multiplier(page) >= hundredths)
            ),
            seconds=60,
        )
        if flies(page):
            return before, held
        if purse:
            round_over(page, purse, before)
    raise AssertionError(f"no round of {ATTEMPTS} got to {hundredths}")


def cash_out(page: Page) -> bool:
    """Whether the button could still be pressed: a comet may break up under the hand, and the button is none any more."""
    while flies(page):
        with suppress(NotInTime):
            page.get_by_test_id("cash-out").click(timeout=2_000)
            return True
    return False


def launch_and_cash_out(page: Page, purse: Purse | None, hundredths: int) -> tuple[int, Decimal]:
    """Rounds until one is cashed out by hand; what `launch_and_reach` says of it."""
    for _ in range(ATTEMPTS):
        before, held = launch_and_reach(page, purse, hundredths)
        if cash_out(page):
            return before, held
        if purse:
            round_over(page, purse, before)
    raise AssertionError(f"each of {ATTEMPTS} rounds broke up under the hand")


@pytest.mark.parametrize("window", ["desktop", "phone"])
@pytest.mark.parametrize(("currency", "amount"), [("EUR", "500"), ("IDR", "9000000")])
def test_page_agent_api_and_ledger_agree(
    browser: Browser, sandbox: RunningSandbox, window: str, currency: str, amount: str
) -> None:
    purse = Purse(sandbox, currency, amount)
    with opened(browser, purse.launch_url(GAME), window) as page:
        assert purse.agrees(page)
        bet = number(page.get_by_test_id("bet").inner_text())
        for target in ("1.05", "1.2", "1.01"):
            before, held = purse.finished, purse.balance
            page.get_by_test_id("auto-cash-out").fill(target)
            page.get_by_test_id("spin").click()
            round_over(page, purse, before)
            crash = number(page.get_by_test_id("past").locator(".pill").first.inner_text())
            won = bet * Decimal(target) if crash >= Decimal(target) else Decimal(0)
            assert number(page.get_by_test_id("win").inner_text()) == won, crash
            wait_until(lambda: purse.agrees(page))
            assert purse.balance == held + (won - bet) * UNITS[currency]
        page.get_by_test_id("auto-cash-out").fill("")
        before, held = launch_and_cash_out(page, purse, 106)
        round_over(page, purse, before)
        wait_until(lambda: purse.agrees(page))
        assert purse.balance == held + (number(page.get_by_test_id("win").inner_text()) - bet) * UNITS[currency]
        assert purse.bets == purse.finished
    assert sandbox.cli("verify").returncode == 0


def test_the_keyboard_launches_and_cashes_out(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        page.keyboard.press("ArrowDown")
        assert page.get_by_test_id("bet").get_attribute("data-value") == "2"
        before, _ = launch_and_reach(page, purse, 105, key="Space")
        page.keyboard.press("Space")
        round_over(page, purse, before)
        expect(page.get_by_test_id("message")).to_contain_text(re.compile("Cashed out at|broke up"))
        wait_until(lambda: purse.agrees(page))


def test_a_reload_in_flight_goes_on_where_it_is(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "phone", motion="no-preference") as page:
        bet = number(page.get_by_test_id("bet").inner_text())
        for _ in range(ATTEMPTS):
            before, held = launch_and_reach(page, purse, 112)
            seen = multiplier(page)
            page.reload()
            expect(page.locator("body")).to_have_attribute("data-phase", re.compile("idle|running"))
            if not flies(page):
                continue  # it broke up while the page was loading
            wait_until(lambda: page.get_by_test_id("spin").is_disabled() or not flies(page))
            wait_until(lambda: page.wait_for_timeout(20) or not flies(page) or multiplier(page) > 100)
            assert not flies(page) or multiplier(page) >= seen
            expect(page.locator("#flight")).to_be_visible()
            cash_out(page)
            round_over(page, purse, before)
            wait_until(lambda: purse.agrees(page))
            assert purse.balance == held + number(page.get_by_test_id("win").inner_text()) - bet
            return
    raise AssertionError("every round broke up while the page was loading")


def test_nonsense_is_not_launched(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        for nonsense in ("1", "1.001", "2000", "abc", "-2", "1e3"):
            page.get_by_test_id("auto-cash-out").fill(nonsense)
            page.get_by_test_id("spin").click()
            expect(page.get_by_test_id("message")).to_contain_text("between 1.01 and 1,000")
        expect(page.get_by_test_id("cash-out")).to_be_disabled()
        assert purse.bets == 0


def test_a_round_is_verified_in_the_browser(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "phone") as page:
        page.get_by_test_id("auto-cash-out").fill("1.1")
        page.get_by_test_id("spin").click()
        round_over(page, purse, 0)
        verify_last_round(page)
        page.get_by_test_id("paytable-open").click()
        expect(page.locator("#paytable-body")).to_contain_text("99.00 %")


def test_a_lost_connection_in_flight_heals(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        page.get_by_test_id("auto-cash-out").fill("1.3")
        before, _ = launch_and_reach(page, purse, 103)
        page.context.set_offline(True)
        page.locator("#lost").wait_for(state="visible")
        # The round is not the page's: it ends and is paid without it.
        wait_until(lambda: page.wait_for_timeout(30) or purse.finished == before + 1)
        page.context.set_offline(False)
        page.locator("#lost").wait_for(state="hidden")
        expect(page.locator("body")).to_have_attribute("data-phase", "idle")
        wait_until(lambda: purse.agrees(page))


def ended_in_flight(browser: Browser, sandbox: RunningSandbox) -> bool:
    """End a session while its round flies, and cash out; False when the comet broke up before that."""
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        bet = number(page.get_by_test_id("bet").inner_text())
        before, held = launch_and_reach(page, purse, 103)
        ended = sandbox.cli("session", "end", "--agent", str(sandbox.agent["agent_id"]), purse.username)
        assert ended.returncode == 0, ended.stderr
        told = page.get_by_test_id("ended").is_visible()
        assert not (flies(page) and told), "told while the round runs"
        pressed = cash_out(page)
        expect(page.get_by_test_id("ended")).to_be_visible()
        wait_until(lambda: purse.finished == before + 1 and purse.agrees(page))
        if not pressed or page.locator("body").get_attribute("data-flight") != "paid":
            return False
        assert purse.balance == held - bet + number(page.get_by_test_id("win").inner_text()) > held - bet
        return True


def test_an_ended_session_is_told_when_the_round_is_over(browser: Browser, sandbox: RunningSandbox) -> None:
    assert any(ended_in_flight(browser, sandbox) for _ in range(ATTEMPTS))


def round_log(sandbox: RunningSandbox, studio: str, user: str, round_id: str) -> dict[str, Any]:
    """What the studio answers the hub that asks for a round's log, at the address where its pages are."""
    house = sandbox.credentials["providers"][0]
    stamp = "2026-01-02 03:04:05"

    def sha1(text: str) -> str:
        return hashlib.sha1((text + house["secret_key"]).encode()).hexdigest()

    data = {"user_id": user, "round_id": int(round_id)}
    body = {"command": "roundlog", "request_timestamp": stamp, "hash": sha1("roundlog" + stamp), "data": data}
    headers = {"X-Authorization": sha1("roundlog"), "X-Operator-Id": house["operator_id"]}
    answer = httpx.post(f"{studio}/studio/roundlog", json=body, headers=headers)
    told: dict[str, Any] = answer.json()["response"]["data"]
    return told


def test_a_past_round_has_a_page_of_its_own(browser: Browser, sandbox: RunningSandbox) -> None:
    purse = Purse(sandbox)
    with opened(browser, purse.launch_url(GAME), "desktop") as page:
        page.get_by_test_id("auto-cash-out").fill("1.05")
        page.get_by_test_id("spin").click()
        round_over(page, purse, 0)
        shown = page.get_by_test_id("multiplier").inner_text()
        page.get_by_test_id("history-open").click()
        round_id = page.locator("tr.round").first.get_attribute("data-round")
        assert round_id is not None
        rows = sandbox.fetch("SELECT player_id FROM player WHERE username = $1", purse.username)
        studio = page.url.partition("/play/")[0]
        log = round_log(sandbox, studio, f"{rows[0]['player_id']}-EUR", round_id)
        assert log["log_type"] == "iframe"
        assert log["url"].startswith(studio)
        page.goto(log["url"])
        expect(page.get_by_test_id("multiplier")).to_have_text(shown)
        expect(page.get_by_test_id("facts")).to_contain_text(round_id)
        expect(page.get_by_test_id("facts")).to_contain_text("5.00 EUR")
        page.goto(log["url"][:-1])
        expect(page.locator("body")).to_contain_text("no such round")


@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_fun_mode_never_touches_the_hub(browser: Browser, sandbox: RunningSandbox, window: str) -> None:
    counted = sandbox.fetch("SELECT count(*) FROM transaction")
    with opened(browser, f"{sandbox.base_url}/?mode=fun&game_id=5&currency=EUR", window) as page:
        before = number(page.get_by_test_id("balance").inner_text())
        bet = number(page.get_by_test_id("bet").inner_text())
        launch_and_cash_out(page, None, 104)
        expect(page.locator("body")).to_have_attribute("data-phase", "idle")
        lost = before - number(page.get_by_test_id("balance").inner_text())
        stakes = lost + number(page.get_by_test_id("win").inner_text())
        assert stakes > 0 and stakes % bet == 0, "what broke up cost its stake and paid nothing"
        expect(page.locator("#fun")).to_be_visible()
    assert sandbox.fetch("SELECT count(*) FROM transaction") == counted
