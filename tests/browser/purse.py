"""A player of its own for a test, and its money in every place it is written: page, agent API, ledger, studio."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from playwright.sync_api import Browser, Page, expect

from running_sandbox import RunningSandbox, wait_until

WINDOWS: dict[str, Any] = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
UNITS = {"EUR": 1, "IDR": 1000}
"""What the house counts in one of its units."""


class Purse:
    """A new player with money, in one currency."""

    def __init__(self, sandbox: RunningSandbox, currency: str = "EUR", amount: str = "500") -> None:
        self.sandbox = sandbox
        self.currency = currency
        self.username = f"b{secrets.token_hex(6)}"
        sandbox.result("createPlayer", {"username": self.username})
        self.deposit(amount)

    def deposit(self, amount: str) -> None:
        body = {"username": self.username, "amount": amount, "currency": self.currency}
        self.sandbox.result("deposit", body | {"requestId": secrets.token_hex(8)})
        wait_until(self._deposit_is_no_news)

    def _deposit_is_no_news(self) -> bool:
        """Whether the worker has passed the deposit over: before that, its news could reach a game that is opened now while a round
        is played there, and bring a balance from before the round."""
        left = self.sandbox.fetch(
            "SELECT FROM journal_head h LEFT JOIN journal_cursor c ON c.agent_id = h.agent_id AND c.reader = 'balance_pushes'"
            " WHERE h.agent_id = $1 AND h.last_seq > coalesce(c.last_seq, 0) UNION ALL SELECT FROM outbox WHERE agent_id = $1"
            " UNION ALL SELECT FROM push WHERE agent_id = $1 AND kind = 'balancechanged'",
            self.sandbox.agent["agent_id"],
        )
        return not left

    def launch_url(self, game: str) -> str:
        return self.sandbox.launch(self.username, self.currency, game)["url"]

    @property
    def balance(self) -> Decimal:
        """What the agent API says."""
        return Decimal(self.sandbox.balance(self.username, self.currency))

    @property
    def finished(self) -> int:
        """Rounds the hub has as finished."""
        rows = self.sandbox.fetch(
            "SELECT count(*) AS finished FROM round r JOIN wallet w ON w.agent_id = r.agent_id AND w.id = r.wallet_id"
            " JOIN player p ON p.agent_id = w.agent_id AND p.player_id = w.player_id"
            " WHERE p.username = $1 AND r.finished",
            self.username,
        )
        return int(rows[0]["finished"])

    @property
    def bets(self) -> int:
        """Bets that stood."""
        wallet = self._wallet()
        rows = self.sandbox.fetch(
            "SELECT id FROM transaction WHERE agent_id = $1 AND wallet_id = $2 AND kind = 'bet' AND state = 'ok'",
            wallet["agent_id"],
            wallet["id"],
        )
        return len(rows)

    @property
    def ledger(self) -> Decimal:
        """The wallet's money as the entries alone make it."""
        wallet = self._wallet()
        entries = self.sandbox.fetch(
            "SELECT coalesce(sum(amount) FILTER (WHERE to_account = $2), 0)"
            " - coalesce(sum(amount) FILTER (WHERE from_account = $2), 0) AS minor FROM entry WHERE agent_id = $1",
            wallet["agent_id"],
            wallet["id"],
        )
        return Decimal(int(entries[0]["minor"])).scaleb(-wallet["scale"])

    def shown(self, page: Page) -> Decimal:
        """The balance on the page, in the player's currency."""
        return number(page.get_by_test_id("balance").inner_text()) * UNITS[self.currency]

    def agrees(self, page: Page) -> bool:
        """Page, agent API and ledger say the same."""
        return self.shown(page) == self.balance == self.ledger

    def _wallet(self) -> Any:
        return self.sandbox.fetch(
            "SELECT w.agent_id, w.id, c.scale FROM wallet w JOIN player p USING (agent_id, player_id)"
            " JOIN currency c ON c.code = w.currency WHERE p.username = $1 AND w.currency = $2",
            self.username,
            self.currency,
        )[0]


def number(text: str) -> Decimal:
    """An amount as a page writes it: thousands may be set apart."""
    found = re.search(r"[0-9][0-9,\u202f\u00a0  ]*(?:\.[0-9]+)?", text)
    assert found, text
    return Decimal(re.sub(r"[^0-9.]", "", found[0]))


@contextmanager
def opened(browser: Browser, url: str, window: str, motion: str = "reduce") -> Iterator[Page]:
    """The game's page in a window of its own, ready to play; fails at the end if a script did."""
    context = browser.new_context(viewport=WINDOWS[window], reduced_motion=motion, has_touch=window == "phone")  # type: ignore[arg-type]
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto(url)
    expect(page.get_by_test_id("spin")).to_be_enabled()
    yield page
    assert faults == []
    context.close()


def verify_last_round(page: Page) -> None:
    """Reveal the seed and let the page draw its last round again."""
    page.get_by_test_id("fairness-open").click()
    page.get_by_test_id("rotate").click()
    page.get_by_test_id("revealed-seed").wait_for()
    page.keyboard.press("Escape")
    page.get_by_test_id("history-open").click()
    page.locator("tr.round").first.click()
    page.get_by_role("button", name="Verify").click()
    page.locator("p.good").wait_for()
    page.keyboard.press("Escape")


def round_over(page: Page, purse: Purse, before: int) -> None:
    """Wait until the hub has one more finished round and the page is ready again."""
    wait_until(lambda: page.wait_for_timeout(30) or purse.finished == before + 1, seconds=60)
    expect(page.get_by_test_id("spin")).to_be_enabled()
    expect(page.locator("body")).to_have_attribute("data-phase", "idle")


def cut_off_and_ended(page: Page, purse: Purse) -> None:
    """One round with the connection cut at its start, then the end of the session: told without a click, nothing staked after."""
    page.context.set_offline(True)
    page.get_by_test_id("spin").click()
    page.locator("#lost").wait_for(state="visible")
    page.context.set_offline(False)
    page.locator("#lost").wait_for(state="hidden")
    round_over(page, purse, 0)
    wait_until(lambda: purse.agrees(page))
    assert purse.bets == 1
    sandbox = purse.sandbox
    ended = sandbox.cli("session", "end", "--agent", str(sandbox.agent["agent_id"]), purse.username)
    assert ended.returncode == 0, ended.stderr
    expect(page.get_by_test_id("ended")).to_be_visible()
    assert purse.bets == 1


def fun_round_stays_here(
    browser: Browser, sandbox: RunningSandbox, game_id: int, window: str, place: str | None = None
) -> None:
    """A round in fun mode, one chip on `place` where the game has places: its balance is told, the hub has nothing of it."""
    counted = sandbox.fetch("SELECT count(*) FROM transaction")
    with opened(browser, f"{sandbox.base_url}/?mode=fun&game_id={game_id}&currency=EUR", window) as page:
        before = number(page.get_by_test_id("balance").inner_text())
        if place is not None:
            page.get_by_test_id(place).click()
        bet = number(page.get_by_test_id("bet").inner_text())
        assert bet > 0
        with page.expect_response(lambda response: response.url.endswith("/spin")) as answered:
            page.get_by_test_id("spin").click()
        played = answered.value.json()["round"]
        expect(page.locator("body")).to_have_attribute("data-phase", "idle")
        assert number(page.get_by_test_id("balance").inner_text()) == before - bet + Decimal(played["win"])
        expect(page.locator("#fun")).to_be_visible()
    assert sandbox.fetch("SELECT count(*) FROM transaction") == counted
