"""The slot as a player sees it, its balance compared with the agent API's and the ledger's."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect

from running_sandbox import RunningSandbox, wait_until

SPINS = 8
WINDOWS = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


def _number(text: str) -> Decimal:
    """An amount as a page writes it: thousands may be set apart."""
    found = re.search(r"[0-9][0-9,\u202f\u00a0  ]*(?:\.[0-9]+)?", text)
    assert found, text
    return Decimal(re.sub(r"[^0-9.]", "", found[0]))


def _play_round(page: Page, finished: Callable[[], int], key: str | None = None) -> None:
    """One click on spin, or one press of `key`, and whatever the round asks for until the hub has it as finished and the page is
    ready again."""
    before = finished()
    # While reels turn, the same button stops them.
    expect(page.locator("body")).to_have_attribute("data-phase", "idle")
    page.keyboard.press(key) if key else page.get_by_test_id("spin").click()

    def over() -> bool:
        feature = page.get_by_test_id("free-spins").is_visible()
        if page.get_by_test_id("feature-start").is_visible():
            page.get_by_test_id("feature-start").click()
        elif feature and page.get_by_test_id("spin").is_enabled():
            page.get_by_test_id("spin").click()
        page.wait_for_timeout(50)
        return not feature and finished() == before + 1

    wait_until(over, seconds=90)
    expect(page.locator("body")).to_have_attribute("data-phase", "idle")


def _finished_rounds(sandbox: RunningSandbox, username: str) -> int:
    rows = sandbox.fetch(
        "SELECT count(*) AS finished FROM round r JOIN wallet w ON w.agent_id = r.agent_id AND w.id = r.wallet_id"
        " JOIN player p ON p.agent_id = w.agent_id AND p.player_id = w.player_id WHERE p.username = $1 AND r.finished",
        username,
    )
    return int(rows[0]["finished"])


def _ledger(sandbox: RunningSandbox, username: str, currency: str) -> tuple[int, Decimal]:
    """(bets, the wallet's money as the entries alone make it)."""
    wallet = sandbox.fetch(
        "SELECT w.agent_id, w.id, c.scale FROM wallet w JOIN player p USING (agent_id, player_id)"
        " JOIN currency c ON c.code = w.currency WHERE p.username = $1 AND w.currency = $2",
        username,
        currency,
    )[0]
    entries = sandbox.fetch(
        "SELECT coalesce(sum(amount) FILTER (WHERE to_account = $2), 0)"
        " - coalesce(sum(amount) FILTER (WHERE from_account = $2), 0) AS minor FROM entry WHERE agent_id = $1",
        wallet["agent_id"],
        wallet["id"],
    )
    bets = sandbox.fetch(
        "SELECT id FROM transaction WHERE agent_id = $1 AND wallet_id = $2 AND kind = 'bet' AND state = 'ok'",
        wallet["agent_id"],
        wallet["id"],
    )
    return len(bets), Decimal(int(entries[0]["minor"])).scaleb(-wallet["scale"])


@pytest.mark.parametrize("window", list(WINDOWS))
@pytest.mark.parametrize(("currency", "factor"), [("EUR", 1), ("IDR", 1000)])
def test_page_agent_api_and_ledger_agree(
    browser: Browser, sandbox: RunningSandbox, window: str, currency: str, factor: int
) -> None:
    """`factor`: what the house counts in one of its units."""
    player = "aurora05" if window == "desktop" else "aurora06"
    context = browser.new_context(viewport=WINDOWS[window], reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(request.url) if "/events" not in request.url else None)
    page.goto(sandbox.launch(player, currency, "house_00001")["url"])
    expect(page.get_by_test_id("spin")).to_be_enabled()
    before = _number(page.get_by_test_id("balance").inner_text()) * factor
    assert before == Decimal(sandbox.balance(player, currency))
    for _ in range(SPINS):
        _play_round(page, lambda: _finished_rounds(sandbox, player))
    wait_until(
        lambda: (
            _number(page.get_by_test_id("balance").inner_text()) * factor == Decimal(sandbox.balance(player, currency))
        ),
    )
    bets, held = _ledger(sandbox, player, currency)
    assert bets == SPINS
    assert held == Decimal(sandbox.balance(player, currency))
    assert faults == []
    context.close()
    assert sandbox.cli("verify").returncode == 0


def test_space_spins_and_a_reload_resumes(browser: Browser, sandbox: RunningSandbox) -> None:
    context = browser.new_context(viewport=WINDOWS["desktop"], reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(sandbox.launch("aurora07", "EUR", "house_00001")["url"])
    expect(page.get_by_test_id("spin")).to_be_enabled()
    # A round of its own free spins asks for more than one press.
    _play_round(page, lambda: _finished_rounds(sandbox, "aurora07"), key="Space")
    assert _finished_rounds(sandbox, "aurora07") == 1
    _play_round(page, lambda: _finished_rounds(sandbox, "aurora07"))
    shown = page.get_by_test_id("balance").inner_text()
    page.reload()
    expect(page.get_by_test_id("balance")).to_have_text(shown)
    context.close()


def test_an_ended_session_is_told(browser: Browser, sandbox: RunningSandbox) -> None:
    context = browser.new_context(viewport=WINDOWS["desktop"], reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(sandbox.launch("aurora08", "EUR", "house_00001")["url"])
    expect(page.get_by_test_id("spin")).to_be_enabled()
    ended = sandbox.cli("session", "end", "--agent", str(sandbox.agent["agent_id"]), "aurora08")
    assert ended.returncode == 0, ended.stderr
    # Nobody clicks: the hub tells the studio, the studio the page.
    expect(page.get_by_test_id("ended")).to_be_visible()
    assert _ledger(sandbox, "aurora08", "EUR")[0] == 0
    context.close()


def test_fun_mode_never_touches_the_hub(browser: Browser, sandbox: RunningSandbox) -> None:
    context = browser.new_context(viewport=WINDOWS["phone"], reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    counted = sandbox.fetch("SELECT count(*) FROM transaction")
    page.goto(f"{sandbox.base_url}/?mode=fun&game_id=1&currency=EUR")
    expect(page.get_by_test_id("spin")).to_be_enabled()
    assert _number(page.get_by_test_id("balance").inner_text()) > 0
    with page.expect_response(lambda response: response.url.endswith("/spin")) as answered:
        page.get_by_test_id("spin").click()
    played = answered.value.json()["round"]
    assert Decimal(played["balance_after_bet"]) > 0
    assert played["code"] is None
    assert sandbox.fetch("SELECT count(*) FROM transaction") == counted
    context.close()
