"""The slot as a player of the seamless casino sees it: page and operator agree, also about a win that was settled late."""

import json
import re
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise

import httpx
from playwright.sync_api import Browser, Page, expect
from purse import number, opened

from running_sandbox import RunningSandbox, Studio, wait_until

SPINS = 5


def operator_says(sandbox: RunningSandbox) -> Decimal:
    """demo01's money by the operator's own command."""
    books = str(sandbox.file.parent / "data" / "operator")
    command = [sys.executable, "-m", "pitboss_operator", "player", "show", "demo01", "--json", "--data-dir", books]
    return Decimal(json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)["balance"])


def faults(sandbox: RunningSandbox, *wanted: dict[str, object]) -> None:
    """What goes wrong at the operator from now on."""
    [agent] = [agent for agent in sandbox.credentials["agents"] if agent["type"] == "seamless"]
    token = (sandbox.file.parent / "data" / "operator" / "admin.token").read_text().strip()
    url = str(httpx.URL(agent["wallet_url"]).copy_with(path="/admin/faults"))
    answer = httpx.put(url, json=list(wanted), headers={"Authorization": f"Bearer {token}"}, trust_env=False)
    assert answer.status_code < 300, answer.text


def link(sandbox: RunningSandbox) -> str:
    """The launch URL that the sandbox welcomes people with."""

    def welcomed() -> str:
        lines = [line.strip() for line in sandbox.log.read_text().splitlines()]
        told = [after for line, after in pairwise(lines) if line.startswith("Play as demo01")]
        return told[0] if told else ""

    return str(wait_until(welcomed))


def shown(page: Page) -> Decimal:
    return number(page.get_by_test_id("balance").inner_text())


def spin(page: Page) -> None:
    """One round, with all it asks for, until the page is ready again."""
    page.get_by_test_id("spin").click()

    def over() -> bool:
        if page.get_by_test_id("feature-start").is_visible():
            page.get_by_test_id("feature-start").click()
        elif page.get_by_test_id("free-spins").is_visible() and page.get_by_test_id("spin").is_enabled():
            page.get_by_test_id("spin").click()
        page.wait_for_timeout(50)
        idle = page.locator("body").get_attribute("data-phase") == "idle"
        return idle and not page.get_by_test_id("free-spins").is_visible()

    page.wait_for_timeout(50)
    wait_until(over, seconds=90)


def test_page_and_operator_agree_also_about_a_late_win(browser: Browser, sandbox: RunningSandbox) -> None:
    url = link(sandbox)
    with opened(browser, url, "desktop") as page:
        assert shown(page) == operator_says(sandbox) == 1000
        for _ in range(SPINS):
            spin(page)
        expect(page.get_by_test_id("spin")).to_be_enabled()
        wait_until(lambda: shown(page) == operator_says(sandbox))
        bets = sandbox.fetch(
            "SELECT t.id FROM transaction t JOIN wallet w ON w.agent_id = t.agent_id AND w.id = t.wallet_id"
            " JOIN player p ON p.agent_id = w.agent_id AND p.player_id = w.player_id"
            " WHERE p.operator_user_id = 'demo01' AND t.kind = 'bet' AND t.state = 'ok'"
        )
        assert len(bets) == SPINS
        _late_win(sandbox, page)
    audit = sandbox.cli("verify")
    assert audit.returncode == 0, audit.stdout


def _late_win(sandbox: RunningSandbox, page: Page) -> None:
    """A win that the operator does not take for a while, brought by a studio that does not come back: nobody clicks, and the page
    shows it once the worker has settled it."""
    before = operator_says(sandbox)
    assert re.search("/play/", page.url)
    faults(sandbox, {"kind": "http", "status": 503, "transaction_type": "WIN", "times": 2})
    [player] = sandbox.fetch(
        "SELECT w.user_in_game FROM wallet w JOIN player p USING (agent_id, player_id) WHERE p.operator_user_id = 'demo01'"
    )
    house = sandbox.credentials["providers"][0]
    studio = Studio(house["wallet_url"], house["operator_id"], house["secret_key"])
    win = {
        "token": None, "user_id": player["user_in_game"], "transaction_type": "WIN", "transaction_id": 10**17 + 1,
        "round_id": 10**17, "round_finished": True, "game_id": 1, "currency_code": "EUR", "amount": 77.75,
    }  # fmt: skip
    told = studio.send("changebalance", win)
    assert told["data"]["error_code"] == "OP_50"
    wait_until(lambda: operator_says(sandbox) == before + Decimal("77.75"), seconds=30)
    wait_until(lambda: page.wait_for_timeout(50) or shown(page) == before + Decimal("77.75"))
    assert studio.send("changebalance", win)["status"] == "OK"
    assert operator_says(sandbox) == before + Decimal("77.75"), "once"
