"""The agents as the back office shows and changes them, each by what the page says, what the database holds and what the agent API
answers afterwards."""

import json
import re
from typing import Any

import httpx
from desk import PASSWORD, person, visiting
from lost_rounds import lose
from playwright.sync_api import Browser, Locator, Page, expect

from running_sandbox import RunningSandbox, wait_until

KEY = re.compile(r"pb_[ape][a-z0-9]{15}_[a-z0-9]{50}")


def agent_made(desk: RunningSandbox, name: str, *more: str) -> dict[str, Any]:
    made = desk.cli("agent", "create", "--name", name, "--currency", "EUR", *more, "--json")
    assert made.returncode == 0, made.stderr
    created: dict[str, Any] = json.loads(made.stdout)
    return created


def answered(desk: RunningSandbox, key: str) -> str:
    """What an agent API call with this key gets: ok, or the error's code."""
    headers = {"Authorization": f"Bearer {key}"}
    told = httpx.post(f"{desk.base_url}/external/v1.6/providers", headers=headers, json={}, timeout=20).json()
    return "ok" if told["ok"] else str(told["error"]["code"])


def everything_kept(desk: RunningSandbox) -> str:
    """What a secret must not be in: the audit, keys and agents as they are stored, and the log."""
    rows = [
        *desk.fetch("SELECT subject, detail::text FROM audit"),
        *desk.fetch("SELECT k::text FROM api_key k"),
        *desk.fetch("SELECT a::text FROM agent a"),
    ]
    return str([tuple(row) for row in rows]) + desk.log.read_text()


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog").last


def card(page: Page, title: str) -> Locator:
    return page.locator(".card").filter(has=page.get_by_role("heading", name=title, exact=True))


def told_once(page: Page) -> list[str]:
    fields = page.locator(".secret input")
    expect(fields.first).to_be_visible()
    return [fields.nth(n).input_value() for n in range(fields.count())]


def test_the_tree_is_shown_with_credit_and_state(browser: Browser, desk: RunningSandbox) -> None:
    top = desk.agent
    limited = agent_made(desk, "Limited Play", "--parent", str(top["agent_id"]), "--credit-limit", "2500.50")
    agent_made(desk, "Under Limited", "--parent", str(limited["agent_id"]), "--currency", "JPY")
    desk.cli("agent", "set", "--agent", str(limited["agent_id"]), "--inactive")
    with visiting(browser, desk, "/agents") as page:
        row = page.get_by_role("row").filter(has_text="Limited Play")
        expect(row).to_contain_text("0% used of 2,500.50 EUR")
        expect(row).to_contain_text("blocked")
        names = [text.strip() for text in page.locator("tbody tr td:first-child").all_inner_texts()]
        at = names.index(top["name"])
        assert names[at + 1 : at + 3] == ["↳ Limited Play", "↳ Under Limited"]
        expect(page.get_by_role("row").filter(has_text="Under Limited")).to_contain_text("EUR, JPY")
        page.get_by_label("State").select_option("blocked")
        page.get_by_role("button", name="Show").click()
        expect(page).to_have_url(re.compile(r"state=blocked"))
        expect(page.locator("tbody tr")).to_have_count(1)
        page.goto("/agents?type=barter")
        expect(page.get_by_text("type must be one of transfer, seamless.")).to_be_visible()
        page.goto("/agents?from=x")
        expect(page.get_by_text("from is no place in the list.")).to_be_visible()


def test_an_agent_is_made_with_secrets_shown_once(browser: Browser, desk: RunningSandbox) -> None:
    with visiting(browser, desk, "/agents") as page:
        page.get_by_role("button", name="New agent").click()
        form = dialog(page)
        form.get_by_label("Name").fill("Delphi Games")
        form.get_by_role("button", name="Create").click()
        expect(page.get_by_text("currency is required: the first one is the base currency")).to_be_visible()
        form.get_by_label("Currencies").fill("usd, eur")
        form.get_by_label("Credit limit").fill("1e5")
        form.get_by_role("button", name="Create").click()
        expect(page.get_by_text(re.compile("credit limit .*"))).to_be_visible()
        form.get_by_label("Credit limit").fill("5000")
        form.get_by_label("Share of the GGR").fill("0.15")
        form.get_by_role("button", name="Create").click()
        secrets = told_once(page)
        assert len(secrets) == 4 and all(KEY.fullmatch(key) for key in secrets[:3]), "three keys and the signing secret"
        wait_until(lambda: answered(desk, secrets[0]) == "ok")
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_role("heading", name="Settings of Delphi Games")).to_be_visible()
        expect(card(page, "Credit with the hub")).to_contain_text("5,000.00 USD")
        assert not any(secret in page.content() or secret in page.url for secret in secrets)
        page.reload()
        expect(page.get_by_role("heading", name="Settings of Delphi Games")).to_be_visible()
        assert not any(secret in page.content() for secret in secrets)
    kept = everything_kept(desk)
    assert not any(secret in kept for secret in secrets)
    [row] = desk.fetch(
        "SELECT base_currency, credit_limit, parent_id, p.share::text FROM agent a"
        " JOIN agent_provider p ON p.agent_id = a.id WHERE name = 'Delphi Games'"
    )
    assert tuple(row)[:3] == ("USD", 500_000, None) and float(row["share"]) == 0.15
    [done] = desk.fetch("SELECT actor FROM audit WHERE action = 'agent.create' AND subject = 'Delphi Games'")
    assert done["actor"] == "staff:admin"


def test_keys_are_made_rotated_and_revoked(browser: Browser, desk: RunningSandbox) -> None:
    agent = agent_made(desk, "Key Casino")
    first = agent["external_api_key"]
    with visiting(browser, desk, f"/agents/{agent['agent_id']}/settings") as page:
        keys = card(page, "API keys")
        assert first not in page.content()
        keys.get_by_role("button", name="New key").click()
        dialog(page).get_by_label("Ends after").fill("0")
        dialog(page).get_by_role("button", name="Create").click()
        expect(page.get_by_text("days must be from 1 to 3650")).to_be_visible()
        dialog(page).get_by_label("Ends after").fill("30")
        dialog(page).get_by_role("button", name="Create").dblclick()
        [second] = told_once(page)
        page.get_by_role("button", name="Done").click()
        expect(keys.get_by_role("row").filter(has_text="agent API")).to_have_count(2)
        wait_until(lambda: answered(desk, second) == "ok")

        keys.get_by_role("button", name="Rotate").click()
        dialog(page).get_by_label("works on for").fill("0")
        dialog(page).get_by_role("button", name="Rotate").click()
        [third] = told_once(page)
        page.get_by_role("button", name="Done").click()
        wait_until(lambda: answered(desk, first) == answered(desk, second) == "AGENT_NOT_FOUND")
        wait_until(lambda: answered(desk, third) == "ok")

        public_id = third.split("_")[1]
        keys.get_by_role("row").filter(has_text=public_id).get_by_role("button", name="Revoke").click()
        expect(page.get_by_text(f"Revoke the key {public_id}?")).to_be_visible()
        dialog(page).get_by_role("button", name="Cancel").click()
        assert answered(desk, third) == "ok"
        keys.get_by_role("row").filter(has_text=public_id).get_by_role("button", name="Revoke").click()
        dialog(page).get_by_role("button", name="Revoke").click()
        expect(keys.get_by_role("row").filter(has_text=public_id)).to_contain_text("revoked")
        wait_until(lambda: answered(desk, third) == "AGENT_NOT_FOUND")
        content = page.content()
    kept = everything_kept(desk) + content
    assert not any(key in kept for key in (second, third))
    done = desk.fetch(
        "SELECT action FROM audit WHERE agent_id = $1 AND action LIKE 'key.%' ORDER BY seq", agent["agent_id"]
    )
    assert [row["action"] for row in done] == ["key.create", "key.rotate", "key.revoke"]


def test_an_agent_is_funded_exactly_and_once(browser: Browser, desk: RunningSandbox) -> None:
    agent = agent_made(desk, "Purse Casino")

    def balance() -> int:
        rows = desk.fetch(
            "SELECT balance FROM wallet WHERE agent_id = $1 AND user_in_game = 'agent-EUR'", agent["agent_id"]
        )
        return int(rows[0]["balance"])

    with visiting(browser, desk, f"/agents/{agent['agent_id']}/settings") as page:
        funds = card(page, "Currencies and funds")
        for wrong, said in (
            ("0", "must be more than zero"),
            ("-5", "must be more"),
            ("0.001", "amount"),
            ("1e3", "amount"),
        ):
            funds.get_by_role("button", name="Fund").click()
            dialog(page).get_by_label("Amount").fill(wrong)
            dialog(page).get_by_role("button", name="Go on").click()
            expect(page.locator(".q-notification").filter(has_text=said).first).to_be_visible()
            dialog(page).get_by_role("button", name="Cancel").click()
            expect(page.get_by_role("dialog")).to_have_count(0)
        funds.get_by_role("button", name="Fund").click()
        dialog(page).get_by_label("Amount").fill("12345.67")
        dialog(page).get_by_role("button", name="Go on").click()
        expect(page.get_by_text("Put 12,345.67 EUR into the wallet of Purse Casino?")).to_be_visible()
        assert balance() == 0
        dialog(page).get_by_role("button", name="Put in").dblclick()
        expect(funds.get_by_role("row").filter(has_text="EUR")).to_contain_text("12,345.67 EUR")
        assert balance() == 1_234_567

        funds.get_by_role("button", name="Fund").click()
        dialog(page).get_by_role("button", name="Take out").click()
        dialog(page).get_by_label("Amount").fill("12345.68")
        dialog(page).get_by_role("button", name="Go on").click()
        expect(dialog(page)).to_contain_text("Take 12,345.68 EUR out of the wallet of Purse Casino?")
        dialog(page).get_by_role("button", name="Take out").click()
        expect(page.get_by_text("amount is more than the agent's wallet holds")).to_be_visible()
        dialog(page).get_by_label("Amount").fill("45.67")
        dialog(page).get_by_role("button", name="Go on").click()
        expect(dialog(page)).to_contain_text("Take 45.67 EUR out")
        dialog(page).get_by_role("button", name="Take out").click()
        expect(funds.get_by_role("row").filter(has_text="EUR")).to_contain_text("12,300.00 EUR")
    assert balance() == 1_230_000
    moved = desk.fetch(
        "SELECT sum(CASE WHEN a.id = e.from_account THEN e.amount ELSE -e.amount END) AS out FROM entry e"
        " JOIN account a ON a.agent_id = e.agent_id AND a.id IN (e.from_account, e.to_account)"
        " WHERE e.agent_id = $1 AND a.kind = 'funding'",
        agent["agent_id"],
    )
    assert moved[0]["out"] == 1_230_000
    done = desk.fetch(
        "SELECT action FROM audit WHERE agent_id = $1 AND actor = 'staff:admin' ORDER BY seq", agent["agent_id"]
    )
    assert [row["action"] for row in done] == ["agent.fund", "agent.fund", "agent.fund.refused", "agent.fund"]


def test_currencies_terms_and_addresses(browser: Browser, desk: RunningSandbox) -> None:
    agent = agent_made(desk, "Terms Casino")
    id_, key = agent["agent_id"], agent["external_api_key"]
    wait_until(lambda: answered(desk, key) == "ok")
    with visiting(browser, desk, f"/agents/{id_}/settings") as page:
        card(page, "Currencies and funds").get_by_role("button", name="Add a currency").click()
        dialog(page).get_by_label("Currency").fill("thb")
        dialog(page).get_by_role("button", name="Add").click()
        expect(card(page, "Currencies and funds")).to_contain_text("0.00 THB")

        providers = card(page, "Providers")
        providers.get_by_role("button", name="Change").click()
        dialog(page).get_by_label("Share").fill("1.2")
        dialog(page).get_by_role("button", name="Save").click()
        expect(page.get_by_text("share must be a plain decimal from 0 to 1")).to_be_visible()
        dialog(page).get_by_label("Share").fill("0.125")
        dialog(page).get_by_role("button", name="Save").click()
        expect(providers).to_contain_text("12.5%")
        providers.get_by_role("button", name="Switch off").click()
        expect(page.get_by_text("Switch House Studio off for Terms Casino?")).to_be_visible()
        dialog(page).get_by_role("button", name="Switch off").click()
        expect(providers.get_by_role("button", name="Switch on")).to_be_visible()
        [terms] = desk.fetch("SELECT active, share::text FROM agent_provider WHERE agent_id = $1", id_)
        assert terms["active"] is False and float(terms["share"]) == 0.125

        addresses = card(page, "Calls may come from")
        addresses.get_by_role("button", name="Change").click()
        dialog(page).get_by_label("Addresses").fill("203.0.113.7\n198.51.100.1/24")
        dialog(page).get_by_role("button", name="Save").click()
        expect(page.get_by_text("allow ip '198.51.100.1/24' is not an IP address or a network")).to_be_visible()
        dialog(page).get_by_label("Addresses").fill("203.0.113.7\n198.51.100.0/24")
        dialog(page).get_by_role("button", name="Save").click()
        expect(addresses.get_by_text("198.51.100.0/24")).to_be_visible()
        wait_until(lambda: answered(desk, key) == "IP_NOT_ALLOWED")
        addresses.get_by_role("button", name="Change").click()
        dialog(page).get_by_label("Addresses").fill("")
        dialog(page).get_by_role("button", name="Save").click()
        expect(addresses).to_contain_text("anywhere")
        wait_until(lambda: answered(desk, key) == "ok")
    assert _actors(desk, id_) == ["staff:admin"]


def test_play_blocking_and_credit(browser: Browser, desk: RunningSandbox) -> None:
    agent = agent_made(desk, "Blocked Casino")
    id_, key = agent["agent_id"], agent["external_api_key"]
    wait_until(lambda: answered(desk, key) == "ok")
    with visiting(browser, desk, f"/agents/{id_}/settings") as page:
        play = card(page, "Play")
        play.get_by_role("button", name="Change").click()
        dialog(page).get_by_label("Its answers tell times").fill("+25:00")
        dialog(page).get_by_role("button", name="Save").click()
        expect(page.get_by_text("utc offset must look like +07:00")).to_be_visible()
        dialog(page).get_by_label("Its answers tell times").fill("-03:30")
        dialog(page).get_by_label("Country").fill("Thailand")
        dialog(page).get_by_text("A launch ends").click()
        dialog(page).get_by_role("button", name="Save").click()
        expect(play).to_contain_text("-03:30")
        [kept] = desk.fetch(
            "SELECT utc_offset_min, default_country, one_session, allow_negative FROM agent WHERE id = $1", id_
        )
        assert tuple(kept) == (-210, "TH", True, False)

        card(page, "Agent").get_by_role("button", name="Block").click()
        expect(page.get_by_text("Block Blocked Casino?")).to_be_visible()
        dialog(page).get_by_role("button", name="Block").click()
        expect(card(page, "Agent")).to_contain_text("blocked")
        wait_until(lambda: answered(desk, key) == "AGENT_NOT_ACTIVE")
        card(page, "Agent").get_by_role("button", name="Unblock").click()
        expect(card(page, "Agent")).to_contain_text("active")
        wait_until(lambda: answered(desk, key) == "ok")

        card(page, "Credit with the hub").get_by_role("button", name="Change").click()
        dialog(page).get_by_label("Limit in EUR").fill("0")
        dialog(page).get_by_role("button", name="Set limit").click()
        expect(card(page, "Credit with the hub")).to_contain_text("Used up")
        card(page, "Credit with the hub").get_by_role("button", name="Change").click()
        dialog(page).get_by_label("Limit in EUR").fill("")
        dialog(page).get_by_role("button", name="Set limit").click()
        expect(card(page, "Credit with the hub")).to_contain_text("none")
    assert _actors(desk, id_) == ["staff:admin"]


def _actors(desk: RunningSandbox, agent_id: int) -> list[str]:
    """Who changed the agent."""
    rows = desk.fetch("SELECT DISTINCT actor FROM audit WHERE agent_id = $1 AND action <> 'agent.create'", agent_id)
    return [row["actor"] for row in rows]


def test_the_wallet_of_a_seamless_agent(browser: Browser, desk: RunningSandbox) -> None:
    agent = agent_made(desk, "Sea Casino", "--type", "seamless", "--wallet-url", "http://127.0.0.1:9/wallet")
    with visiting(browser, desk, f"/agents/{agent['agent_id']}/settings") as page:
        wallet = card(page, "Its wallet")
        expect(wallet).to_contain_text("http://127.0.0.1:9/wallet")
        expect(page.get_by_role("button", name="Fund")).to_have_count(0)
        wallet.get_by_role("button", name="Change").click()
        dialog(page).get_by_label("A call may take").fill("twice")
        dialog(page).get_by_role("button", name="Save").click()
        expect(page.get_by_text("wallet timeout ms must be a whole number")).to_be_visible()
        dialog(page).get_by_label("A call may take").fill("99999")
        dialog(page).get_by_role("button", name="Save").click()
        expect(page.get_by_text("wallet timeout ms must be from 50 to 15000")).to_be_visible()
        dialog(page).get_by_label("A call may take").fill("4000")
        dialog(page).get_by_label("Address").fill("ftp://sea.example")
        dialog(page).get_by_role("button", name="Save").click()
        expect(page.locator(".q-notification").filter(has_text="wallet url")).to_be_visible()
        dialog(page).get_by_label("Address").fill("https://sea.example/wallet")
        dialog(page).get_by_role("button", name="Save").click()
        expect(wallet).to_contain_text("https://sea.example/wallet")
    [kept] = desk.fetch("SELECT wallet_url, wallet_timeout_ms FROM agent WHERE id = $1", agent["agent_id"])
    assert tuple(kept) == ("https://sea.example/wallet", 4000)


def test_people_of_an_agent_stay_under_it(browser: Browser, desk: RunningSandbox) -> None:
    top = agent_made(desk, "Own House", "--credit-limit", "100")
    other = agent_made(desk, "Foreign House")
    person(desk, "manager", top["agent_id"], "own-manager")
    person(desk, "viewer", name="onlooker")
    with visiting(browser, desk, "/agents", "own-manager", PASSWORD) as page:
        expect(page.locator("tbody tr")).to_have_count(1)
        page.get_by_role("button", name="New agent").click()
        form = dialog(page)
        expect(form.get_by_label("Credit limit")).to_have_count(0)
        form.get_by_label("Under").click()
        expect(page.locator(".q-menu").get_by_role("option")).to_have_text(["Own House"])
        page.keyboard.press("Escape")
        form.get_by_label("Name").fill("Own Child")
        form.get_by_label("Currencies").fill("EUR")
        form.get_by_role("button", name="Create").click()
        assert len(told_once(page)) == 4
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_role("heading", name="Settings of Own Child")).to_be_visible()
        for no in ("Block", "Fund", "Switch off", "Give a provider"):
            expect(page.get_by_role("button", name=no, exact=True)).to_have_count(0)
        expect(card(page, "Credit with the hub").get_by_role("button")).to_have_count(0)
        expect(page.get_by_role("button", name="New key")).to_be_visible()
        for path in (f"/agents/{other['agent_id']}/settings", "/agents/424242/settings"):
            page.goto(path)
            expect(page.get_by_text(re.compile("There is no agent .* here"))).to_be_visible()
    [child] = desk.fetch("SELECT parent_id, credit_limit FROM agent WHERE name = 'Own Child'")
    assert tuple(child) == (top["agent_id"], 0), "who is bound to an agent with a limit gives no credit of the hub's"
    with visiting(browser, desk, f"/agents/{other['agent_id']}/settings", "onlooker", PASSWORD) as page:
        expect(page.get_by_role("heading", name="Settings of Foreign House")).to_be_visible()
        expect(page.locator(".card").get_by_role("button")).to_have_count(0)
        page.goto("/agents")
        expect(page.get_by_role("heading", name="Agents")).to_be_visible()
        expect(page.get_by_role("button", name="New agent")).to_have_count(0)


def test_settling_makes_the_credit_whole(browser: Browser, desk: RunningSandbox) -> None:
    """A stake of 1.20 EUR that is lost, of a limit of 2 EUR."""
    agent = desk.agent["agent_id"]
    assert desk.cli("agent", "set", "--agent", str(agent), "--credit-limit", "2").returncode == 0
    lose(desk, "house_00001", 1, 6)
    with visiting(browser, desk, f"/agents/{agent}/settings") as page:
        credit = card(page, "Credit with the hub")
        expect(credit).to_contain_text("1.20 EUR (60%)")
        credit.get_by_role("button", name="Settle").click()
        expect(page.get_by_text(f"Settle with {desk.agent['name']}?")).to_be_visible()
        assert desk.fetch("SELECT 1 FROM settlement WHERE agent_id = $1", agent) == []
        dialog(page).get_by_role("button", name="Settle").click()
        expect(credit).to_contain_text("0.00 EUR (0%)")
    [row] = desk.fetch("SELECT detail->>'ggr' AS ggr, actor FROM audit WHERE action = 'agent.settle'")
    assert tuple(row) == ("1.2", "staff:admin")
    assert desk.cli("agent", "set", "--agent", str(agent), "--credit-limit", "none").returncode == 0
