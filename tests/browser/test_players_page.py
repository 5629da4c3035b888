"""Players as support sees them: found, looked at, and acted on; what happened is read from database, agent API and audit."""

import json
import re
import secrets
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from desk import PASSWORD, person, visiting
from playwright.sync_api import Browser, Page, expect
from purse import Purse

from running_sandbox import RunningSandbox, Studio, wait_until


def _page_of(desk: RunningSandbox, purse: Purse) -> str:
    return f"/agents/{desk.agent['agent_id']}/players/{_row(desk, purse)['player_id']}"


def _row(desk: RunningSandbox, purse: Purse) -> Any:
    return desk.fetch("SELECT * FROM player WHERE username = $1", purse.username)[0]


def _agents_balance(desk: RunningSandbox) -> Decimal:
    [wallet] = desk.fetch(
        "SELECT balance FROM wallet WHERE agent_id = $1 AND user_in_game = 'agent-EUR'", desk.agent["agent_id"]
    )
    return Decimal(wallet["balance"]) / 100


def _audit(desk: RunningSandbox, purse: Purse, action: str) -> list[dict[str, Any]]:
    rows = desk.fetch(
        "SELECT actor, detail FROM audit WHERE action = $1 AND subject = $2 ORDER BY seq",
        action,
        _row(desk, purse)["player_id"],
    )
    return [{"actor": row["actor"], **json.loads(row["detail"])} for row in rows]


def _adjust(page: Page, kind: str, amount: str, reason: str) -> None:
    page.get_by_role("button", name="Adjust").click()
    page.get_by_role("radio", name=re.compile(kind)).click()
    page.get_by_label("Amount").fill(amount)
    page.get_by_label("Reason, for the audit").fill(reason)
    page.get_by_role("button", name="Continue").click()


@pytest.fixture
def purse(desk: RunningSandbox) -> Purse:
    return Purse(desk, amount="100")


def test_a_player_is_found_and_leads_to_its_page(browser: Browser, desk: RunningSandbox, purse: Purse) -> None:
    other = Purse(desk)
    agent = desk.agent["agent_id"]
    player_id = _row(desk, purse)["player_id"]
    with visiting(browser, desk, f"/agents/{agent}/players") as page:
        first = page.locator("tbody tr").first
        expect(first).to_contain_text(other.username)
        for text in (purse.username[:9], player_id):
            page.get_by_label("Name, player id").fill(text)
            page.get_by_label("Name, player id").press("Enter")
            expect(page).to_have_url(re.compile(f"q={text}"))
            expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody tr")).to_contain_text("100.00 EUR")
        page.get_by_label("State").select_option("blocked")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_text("Nobody fits.")).to_be_visible()
        page.get_by_role("link", name="Clear").click()
        page.get_by_role("link", name=purse.username).click()
        expect(page.get_by_role("heading", name=purse.username)).to_be_visible()
        expect(page.get_by_text(player_id)).to_be_visible()


@pytest.mark.parametrize(
    "query",
    [
        "state=ajar",
        "currency=XXX",
        "order=random",
        "from=somewhere",
        "from=A&order=name",
        "tag=a%00b",
        "q=%0A",
        "q=" + "x" * 101,
    ],
)
def test_what_the_address_cannot_mean_is_said_by_name(browser: Browser, desk: RunningSandbox, query: str) -> None:
    known = desk.credentials["backoffice"]
    with httpx.Client(base_url=known["url"], headers={"Origin": known["url"], "Accept": "text/html"}) as client:
        entered = client.post("/sign-in", data={"username": known["username"], "password": known["password"]})
        assert entered.status_code == 303
        answer = client.get(f"/agents/{desk.agent['agent_id']}/players?{query}")
    assert answer.status_code == 400, answer.text[:500]
    assert f"{query.partition('=')[0]} " in answer.text


def test_a_credit_and_a_debit_by_hand(browser: Browser, desk: RunningSandbox, purse: Purse) -> None:
    name, agents = person(desk, "manager"), _agents_balance(desk)
    with visiting(browser, desk, _page_of(desk, purse), name, PASSWORD) as page:
        _adjust(page, "Credit", "12.345", "too exact")
        expect(page.get_by_text("amount has more decimals than the currency")).to_be_visible()
        page.get_by_label("Amount").fill("12.34")
        page.get_by_label("Reason, for the audit").fill("")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("reason must be 3 to 200 printable characters")).to_be_visible()
        page.get_by_label("Reason, for the audit").fill("a round that broke off")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text(f"Credit 12.34 EUR to {purse.username}?")).to_be_visible()
        expect(page.get_by_text("Reason: a round that broke off")).to_be_visible()
        assert purse.balance == 100
        page.get_by_role("button", name="Credit", exact=True).click()
        expect(page.get_by_role("cell", name="adjustment: a round that broke off")).to_be_visible()
        assert purse.balance == purse.ledger == Decimal("112.34")
        assert _agents_balance(desk) == agents - Decimal("12.34")
        _adjust(page, "Debit", "200", "more than there is")
        page.get_by_role("button", name="Debit", exact=True).click()
        expect(page.get_by_text("amount is more than the player's wallet holds")).to_be_visible()
        # What was refused is over; the next try is another adjustment.
        page.get_by_label("Amount").fill("2.34")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text(f"Debit 2.34 EUR from {purse.username}?")).to_be_visible()
        page.get_by_role("button", name="Debit", exact=True).click()
        expect(page.get_by_role("cell", name="-2.34 EUR")).to_be_visible()
    assert purse.balance == purse.ledger == 110
    assert _agents_balance(desk) == agents - 10
    told = [(act["actor"], act["amount"], act["reason"]) for act in _audit(desk, purse, "player.adjust")]
    assert told == [
        (f"staff:{name}", "12.34", "a round that broke off"),
        (f"staff:{name}", "-200", "more than there is"),
        (f"staff:{name}", "-2.34", "more than there is"),
    ]
    verified = desk.cli("verify")
    assert verified.returncode == 0, verified.stdout
    player_id = _row(desk, purse)["player_id"]

    def events() -> list[Any]:
        return desk.fetch(
            "SELECT kind, method, amount FROM event WHERE agent_id = $1 AND player_id = $2 AND kind IN ('deposit', 'withdraw')"
            " ORDER BY seq",
            desk.agent["agent_id"], player_id,
        )  # fmt: skip

    wait_until(lambda: len(events()) == 3, 60)
    assert [(one["kind"], one["method"], Decimal(one["amount"])) for one in events()] == [
        ("deposit", "transfer", 100), ("deposit", "adjustment", Decimal("12.34")), ("withdraw", "adjustment", Decimal("2.34")),
    ]  # fmt: skip


def test_pressing_twice_moves_once(browser: Browser, desk: RunningSandbox, purse: Purse) -> None:
    with visiting(browser, desk, _page_of(desk, purse)) as page:
        _adjust(page, "Credit", "1", "pressed twice")
        page.get_by_role("button", name="Credit", exact=True).dblclick()
        expect(page.get_by_role("cell", name="adjustment: pressed twice")).to_have_count(1)
    assert purse.balance == 101


def test_blocking_and_letting_in_again(browser: Browser, desk: RunningSandbox, purse: Purse) -> None:
    name = person(desk, "support")
    with visiting(browser, desk, _page_of(desk, purse), name, PASSWORD) as page:
        expect(page.get_by_role("button", name="Adjust")).to_have_count(0)
        page.get_by_role("button", name="Block").click()
        expect(page.get_by_text(f"Block {purse.username}?")).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Block").click()
        expect(page.get_by_text("blocked: no stakes")).to_be_visible()
        assert _row(desk, purse)["blocked"] is True
        page.get_by_role("button", name="Unblock").click()
        expect(page.get_by_role("button", name="Block", exact=True)).to_be_visible()
    assert _row(desk, purse)["blocked"] is False
    assert [act["actor"] for act in _audit(desk, purse, "player.block")] == [f"staff:{name}"]


def test_logging_out_ends_what_is_open(browser: Browser, desk: RunningSandbox, purse: Purse) -> None:
    [slot] = desk.fetch("SELECT code, name FROM game WHERE category = 'slot' ORDER BY id LIMIT 1")
    desk.launch(purse.username, "EUR", slot["code"])
    with visiting(browser, desk, _page_of(desk, purse)) as page:
        expect(page.get_by_role("cell", name=slot["name"])).to_be_visible()
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_text(f"Log {purse.username} out?")).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Log out").click()
        expect(page.get_by_text("Nothing is open.")).to_be_visible()
    open_ = desk.fetch(
        "SELECT 1 FROM session WHERE player_id = $1 AND ended_at IS NULL", _row(desk, purse)["player_id"]
    )
    assert open_ == []


def test_limits_are_set_and_told_with_what_is_used(browser: Browser, desk: RunningSandbox, purse: Purse) -> None:
    with visiting(browser, desk, _page_of(desk, purse)) as page:
        page.get_by_role("button", name="Set a limit").click()
        page.get_by_label("At most").fill("1.005")
        page.get_by_role("button", name="Set the limit").click()
        expect(page.get_by_text("amount has more decimals than the currency")).to_be_visible()
        page.get_by_label("At most").fill("150")
        page.get_by_role("button", name="Set the limit").click()
        row = page.get_by_role("row").filter(has_text="deposits")
        expect(row).to_contain_text("150.00 EUR")
        expect(row).to_contain_text("100.00 EUR")
        page.get_by_role("button", name="Set a limit").click()
        page.get_by_label("At most").fill("")
        page.get_by_role("button", name="Set the limit").click()
        expect(row).to_contain_text("none from")
        shown = desk.cli("player", "limits", "show", "--agent", str(desk.agent["agent_id"]), purse.username, "--json")
        [limit] = json.loads(shown.stdout)["limits"]
        assert (limit["type"], limit["period"], limit["limit"], limit["used"], limit["pending"]) == (
            "deposit", "day", "150", "100", "none",
        )  # fmt: skip
        refused = desk.call("deposit", {"username": purse.username, "amount": "51", "currency": "EUR"})
        assert not refused["ok"]
        until = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
        page.get_by_role("button", name="Keep away").click()
        page.get_by_label("Until").fill(until)
        page.get_by_role("button", name="Set", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Keep away").click()
        expect(page.get_by_text(until.replace("T", " "))).to_be_visible()
    assert len(_audit(desk, purse, "player.limits")) == 3


def test_a_limit_of_money_is_in_a_currency_and_one_of_time_in_none(
    browser: Browser, desk: RunningSandbox, purse: Purse
) -> None:
    with visiting(browser, desk, _page_of(desk, purse)) as page:
        page.get_by_role("button", name="Set a limit").click()
        page.get_by_label("Currency").click()
        page.get_by_role("option", name="IDR").click()
        page.get_by_label("At most").fill("250000")
        page.get_by_role("button", name="Set the limit").click()
        expect(page.get_by_role("row").filter(has_text="deposits")).to_contain_text("250,000.00 IDR")
        page.get_by_role("button", name="Set a limit").click()
        page.get_by_label("Of", exact=True).click()
        page.get_by_role("option", name="minutes of play").click()
        expect(page.get_by_label("Currency")).to_be_hidden()
        page.get_by_label("At most").fill("90")
        page.get_by_role("button", name="Set the limit").click()
        expect(page.get_by_role("row").filter(has_text="time of play")).to_contain_text("90 min")
    shown = desk.cli("player", "limits", "show", "--agent", str(desk.agent["agent_id"]), purse.username, "--json")
    told = {(one["type"], one["period"], one["limit"]) for one in json.loads(shown.stdout)["limits"]}
    assert told == {("deposit", "day", "250000"), ("sessionTime", "day", "90")}, shown.stdout


def test_tags_come_and_go(browser: Browser, desk: RunningSandbox, purse: Purse) -> None:
    with visiting(browser, desk, _page_of(desk, purse)) as page:
        for name, kind, value in (("<b>vip</b>", "text", "gold & more"), ("score", "number", "12.50")):
            page.get_by_role("button", name="Set a tag").click()
            page.get_by_label("Tag", exact=True).fill(name)
            page.get_by_label("Is a").click()
            page.get_by_role("option", name=kind).click()
            page.get_by_label("Value").fill(value)
            page.get_by_role("button", name="Set the tag").click()
            expect(page.locator(".tag").filter(has_text=name)).to_be_visible()
        expect(page.locator(".tag").filter(has_text="score")).to_contain_text("12.5")
        tags = desk.fetch(
            "SELECT name, number, text FROM player_tag WHERE player_id = $1 ORDER BY name",
            _row(desk, purse)["player_id"],
        )
        assert [tuple(tag) for tag in tags] == [("<b>vip</b>", None, "gold & more"), ("score", Decimal("12.50"), None)]
        page.get_by_role("button", name="Take the tag score away").click()
        page.get_by_role("button", name="Take away").click()
        expect(page.locator(".tag")).to_have_count(1)
        page.goto(f"/agents/{desk.agent['agent_id']}/players?tag=%3Cb%3Evip%3C/b%3E")
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody tr")).to_contain_text(purse.username)


def test_what_was_played_and_what_its_events_say(browser: Browser, desk: RunningSandbox, purse: Purse) -> None:
    house = desk.credentials["providers"][0]
    studio = Studio(house["wallet_url"], house["operator_id"], house["secret_key"])
    [game] = desk.fetch("SELECT code, name, provider_game_id FROM game WHERE category = 'slot' ORDER BY id LIMIT 1")
    launched = desk.launch(purse.username, "EUR", game["code"])
    number = secrets.randbelow(10**12) + 10**12
    data = {
        "user_id": f"{_row(desk, purse)['player_id']}-EUR", "token": launched["token"], "round_id": number,
        "game_id": game["provider_game_id"], "transaction_id": number, "transaction_type": "BET", "amount": "7.5",
        "round_finished": False, "currency_code": "EUR", "transaction_timestamp": "2026-01-01 00:00:00",
        "context": {"reason": "SPIN"},
    }  # fmt: skip
    answer = studio.send("changebalance", data)
    assert answer["status"] == "OK", answer
    with visiting(browser, desk, _page_of(desk, purse)) as page:
        row = page.get_by_role("row").filter(has_text=str(number))
        for text in (game["name"], "bet", "-7.50 EUR", "92.50 EUR"):
            expect(row).to_contain_text(text)

        def told() -> bool:
            page.reload()
            page.get_by_role("heading", name="What its events say").wait_for()
            return page.get_by_text("What it plays most").count() == 1

        wait_until(told, 60)
        figures = page.get_by_role("row").filter(has_text="EUR").filter(has_not_text=":").last
        expect(figures).to_contain_text("7.5")


def test_a_bonus_is_told_while_it_runs_and_when_it_is_over(
    browser: Browser, desk: RunningSandbox, purse: Purse
) -> None:
    [slot] = desk.fetch("SELECT code FROM game WHERE category = 'slot' AND has_free_round ORDER BY id LIMIT 1")
    body = {
        "bonusCode": secrets.token_hex(6),
        "username": purse.username,
        "gameId": slot["code"],
        "rounds": 3,
        "currency": "EUR",
    }
    given = desk.result("freeRound", body | {"betAmount": "1"})
    with visiting(browser, desk, _page_of(desk, purse)) as page:
        row = page.get_by_role("row").filter(has_text=given["freeRoundCode"])
        expect(row).to_contain_text("active")
        expect(row).to_contain_text("0 of 3")
        removed = desk.cli(
            "bonus", "remove", "--agent", str(desk.agent["agent_id"]), purse.username, "--code", given["freeRoundCode"]
        )
        assert removed.returncode == 0, removed.stderr
        page.reload()
        expect(row).to_contain_text("removed")


def test_seamless_players_money_is_elsewhere_and_the_page_says_so(browser: Browser, desk: RunningSandbox) -> None:
    place = next(n for n, agent in enumerate(desk.credentials["agents"]) if agent["type"] == "seamless")
    username = f"s{secrets.token_hex(6)}"
    desk.result("createPlayer", {"username": username}, place)
    [player] = desk.fetch("SELECT agent_id, player_id FROM player WHERE username = $1", username)
    with visiting(browser, desk, f"/agents/{player['agent_id']}/players/{player['player_id']}") as page:
        expect(page.get_by_text("This agent keeps its players' money itself")).to_be_visible()
        expect(page.get_by_role("button", name="Adjust")).to_have_count(0)


def test_whoever_may_only_look_has_no_buttons(browser: Browser, desk: RunningSandbox, purse: Purse) -> None:
    name = person(desk, "viewer")
    with visiting(browser, desk, _page_of(desk, purse), name, PASSWORD) as page:
        expect(page.get_by_role("heading", name=purse.username)).to_be_visible()
        for label in ("Block", "Log out", "Adjust", "Set a limit", "Keep away", "Set a tag"):
            expect(page.get_by_role("button", name=label)).to_have_count(0)


def test_another_agents_people_see_nothing_of_a_player(browser: Browser, desk: RunningSandbox, purse: Purse) -> None:
    own, other = desk.credentials["agents"][:2]
    name = person(desk, "admin", other["agent_id"])
    player_id = _row(desk, purse)["player_id"]
    with visiting(browser, desk, f"/agents/{own['agent_id']}/players", name, PASSWORD) as page:
        expect(page.get_by_text(f"There is no agent {own['agent_id']} here.")).to_be_visible()
        page.goto(f"/agents/{own['agent_id']}/players/{player_id}")
        expect(page.get_by_text(f"There is no agent {own['agent_id']} here.")).to_be_visible()
        # Nor under an address of one's own agent.
        page.goto(f"/agents/{other['agent_id']}/players/{player_id}")
        expect(page.get_by_text("has no such player")).to_be_visible()
        page.goto(f"/agents/{other['agent_id']}/players?q={purse.username}")
        expect(page.get_by_text("Nobody fits.")).to_be_visible()


def test_a_role_that_was_taken_back_cannot_adjust_from_an_open_page(
    browser: Browser, desk: RunningSandbox, purse: Purse
) -> None:
    name = person(desk, "manager")
    with visiting(browser, desk, _page_of(desk, purse), name, PASSWORD) as page:
        _adjust(page, "Credit", "5", "not any more")
        confirm = page.get_by_role("button", name="Credit", exact=True)
        expect(confirm).to_be_visible()
        assert desk.cli("staff", "role", name, "viewer").returncode == 0
        confirm.click()
        expect(page.get_by_text(re.compile("not signed in any more|Sign in")).first).to_be_visible()
    assert purse.balance == 100


def test_who_is_away_for_ever_has_a_page_everywhere(desk: RunningSandbox, purse: Purse) -> None:
    """The last moment that can be written is in no calendar east of Greenwich."""
    agent, known = str(desk.agent["agent_id"]), desk.credentials["backoffice"]
    last = ("--self-excluded-until", "9999-12-31T23:59:59Z")
    done = desk.cli("player", "limits", "set", purse.username, "--agent", agent, *last)
    assert done.returncode == 0, done.stderr
    with httpx.Client(base_url=known["url"], headers={"Origin": known["url"], "Accept": "text/html"}) as client:
        client.post("/sign-in", data={"username": known["username"], "password": known["password"]})
        for zone, told in (("America/Lima", "9999-12-31 18:59:59"), ("Asia/Jakarta", "9999-12-31 23:59:59.000 UTC")):
            client.cookies.set("pitboss_zone", quote(zone, safe=""))
            page = client.get(_page_of(desk, purse))
            assert page.status_code == 200 and told in page.text


def test_an_act_that_breaks_is_told(browser: Browser, desk: RunningSandbox, purse: Purse) -> None:
    """A browser may send what no page of ours would: here, a name that is a number."""
    with visiting(browser, desk, _page_of(desk, purse)) as page:
        page.get_by_role("button", name="Set a tag").click()
        name = page.get_by_label("Tag", exact=True)
        name.evaluate("field => getElement(Number(field.id.slice(1))).$emit('update:value', 7)")
        page.get_by_role("button", name="Set the tag").click()
        expect(page.get_by_text("Our mistake: look whether it was done")).to_be_visible()
    assert _audit(desk, purse, "player.tag") == []
