"""Error log and recovery as people use them, at the sandbox's seamless casino: a real operator, a real worker."""

import itertools
import json
import re
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from desk import PASSWORD, person, visiting
from playwright.sync_api import Browser, Locator, Page, expect
from test_seamless_slot import faults, link, operator_says

from running_sandbox import RunningSandbox, Studio, wait_until

NASTY = '<img src=x onerror="document.title=\'taken\'"><script>document.title="taken"</script>'
_numbers = itertools.count(secrets.randbelow(10**15) * 1000)


class Sea:
    """The seamless casino with demo01 at a table, and the studio he plays with."""

    def __init__(self, desk: RunningSandbox) -> None:
        self.desk = desk
        [agent] = [agent for agent in desk.credentials["agents"] if agent["type"] == "seamless"]
        self.agent_id: int = agent["agent_id"]
        self.path = f"/agents/{self.agent_id}"
        assert httpx.get(link(desk), follow_redirects=True, trust_env=False).status_code == 200
        [player] = desk.fetch(
            "SELECT w.user_in_game, p.username FROM wallet w JOIN player p USING (agent_id, player_id)"
            " WHERE p.operator_user_id = 'demo01'"
        )
        self.user_id, self.username = player
        house = desk.credentials["providers"][0]
        self.studio = Studio(house["wallet_url"], house["operator_id"], house["secret_key"])

    def win(self, amount: str, finished: bool = True) -> int:
        """A win whose outcome stays unknown; the studio's id of it."""
        number, round_id = next(_numbers), next(_numbers)
        told = self.studio.send("changebalance", {
            "token": None, "user_id": self.user_id, "transaction_type": "WIN", "transaction_id": number, "round_id": round_id,
            "round_finished": finished, "game_id": 1, "currency_code": "EUR", "amount": float(amount),
        })  # fmt: skip
        assert told["data"]["error_code"] == "OP_50", told
        return number

    def call(self, number: int) -> list[Any]:
        return self.desk.fetch("SELECT * FROM operator_call WHERE subject = $1", str(number))

    def parked_win(self, amount: str) -> int:
        """One that the worker has parked: verdicts no win should get, for over an hour."""
        faults(self.desk, {"kind": "code", "code": "OP_33", "transaction_type": "WIN"})
        number = self.win(amount)
        self.desk.fetch(
            "UPDATE operator_call SET asked_at = asked_at - interval '2 hours', due = now() WHERE subject = $1",
            str(number),
        )
        wait_until(lambda: self.call(number)[0]["phase"] == "parked")
        faults(self.desk)
        return number

    def waiting_win(self, amount: str, body: str = "") -> int:
        """One that the operator did not take, and that is not due for an hour."""
        faults(self.desk, {"kind": "http", "status": 503, "body": body, "transaction_type": "WIN"})
        number = self.win(amount)
        held = "UPDATE operator_call SET due = now() + interval '1 hour' WHERE subject = $1 AND taken_until IS NULL RETURNING 1"
        wait_until(lambda: self.desk.fetch(held, str(number)))
        faults(self.desk)
        return number

    def booked(self, number: int) -> list[tuple[str, int]]:
        """What the ledger has of it: the account it came to, and the amount."""
        rows = self.desk.fetch(
            "SELECT a.kind, e.amount FROM transaction t JOIN entry e ON e.agent_id = t.agent_id AND e.transaction_id = t.id"
            " JOIN account a ON a.id = e.to_account WHERE t.agent_id = $1 AND t.provider_tx_id = $2 AND t.state = 'ok'",
            self.agent_id, str(number),
        )  # fmt: skip
        return [tuple(row) for row in rows]


@pytest.fixture(scope="module")
def sea(desk: RunningSandbox) -> Iterator[Sea]:
    made = Sea(desk)
    yield made
    audit = desk.cli("verify")
    assert audit.returncode == 0, audit.stdout


def row_of(page: Page, number: int) -> Locator:
    return page.get_by_role("row").filter(has_text=str(number))


def test_a_parked_win_is_sent_again_by_hand_and_booked_once(browser: Browser, desk: RunningSandbox, sea: Sea) -> None:
    before = operator_says(desk)
    number = sea.parked_win("77.75")
    manager = person(desk, "manager", sea.agent_id)
    with visiting(browser, desk, f"{sea.path}/recovery", manager, PASSWORD) as page:
        row = row_of(page, number)
        expect(row).to_contain_text("77.75 EUR")
        expect(row).to_contain_text("OP_33")
        expect(row).to_contain_text("Nothing, until a person sends it again.")
        for link_name, told in ((sea.username, sea.username), (re.compile("^round "), str(number))):
            row.get_by_role("link", name=link_name).click()
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.locator(".sheet")).to_contain_text(told)
            page.go_back()
        row.get_by_role("button", name="Send again").click()
        dialog = page.get_by_role("dialog")
        for told in (str(number), sea.username, "77.75 EUR is booked from the house to the player's money there"):
            expect(dialog).to_contain_text(told)
        dialog.get_by_role("button", name="Cancel").click()
        expect(dialog).to_have_count(0)
        assert sea.call(number)[0]["phase"] == "parked"
        row.get_by_role("button", name="Send again").click()
        dialog.get_by_role("button", name="Send again").click()
        expect(page.get_by_text("It is settled.")).to_be_visible()
        expect(row).to_have_count(0)
    assert operator_says(desk) == before + Decimal("77.75")
    assert sea.call(number) == [] and sea.booked(number) == [("operator", 7775)]
    [act] = desk.fetch("SELECT actor, agent_id, detail FROM audit WHERE action = 'parked.retry'")
    assert (act["actor"], act["agent_id"], json.loads(act["detail"])["subject"]) == (
        f"staff:{manager}", sea.agent_id, str(number),
    )  # fmt: skip


def test_what_waits_is_tried_at_once_by_the_worker(browser: Browser, desk: RunningSandbox, sea: Sea) -> None:
    before = operator_says(desk)
    number = sea.waiting_win("3.10")
    with visiting(browser, desk, f"{sea.path}/recovery?phase=ask") as page:
        row = row_of(page, number)
        expect(row).to_contain_text("HTTP 503")
        expect(row).to_contain_text("Sends it again under the same id; once agreed, it is booked.")
        row.get_by_role("button", name="Try now").click()
        expect(page.get_by_text("It is settled.")).to_be_visible()
        expect(row).to_have_count(0)
    assert operator_says(desk) == before + Decimal("3.10") and sea.booked(number) == [("operator", 310)]
    acts = desk.fetch("SELECT actor, detail FROM audit WHERE action = 'recovery.try_now'")
    assert [(act["actor"], json.loads(act["detail"])["subject"]) for act in acts] == [("staff:admin", str(number))]


def test_two_people_who_send_it_again_send_it_once(browser: Browser, desk: RunningSandbox, sea: Sea) -> None:
    before, number = operator_says(desk), sea.parked_win("4.40")
    with (
        visiting(browser, desk, f"{sea.path}/recovery") as one,
        visiting(browser, desk, f"{sea.path}/recovery", person(desk, "manager"), PASSWORD) as other,
    ):
        for page in (one, other):
            row_of(page, number).get_by_role("button", name="Send again").click()
        for page in (one, other):
            page.get_by_role("dialog").get_by_role("button", name="Send again").click()
        expect(one.get_by_text("It is settled.")).to_be_visible()
        expect(other.get_by_text("somebody else has seen to it")).to_be_visible()
    assert operator_says(desk) == before + Decimal("4.40") and sea.booked(number) == [("operator", 440)]


def test_who_may_not_sees_no_button(browser: Browser, desk: RunningSandbox, sea: Sea) -> None:
    number = sea.waiting_win("1.05")
    for role in ("viewer", "support", "auditor"):
        with visiting(browser, desk, f"{sea.path}/recovery", person(desk, role), PASSWORD) as page:
            expect(row_of(page, number)).to_contain_text("1.05 EUR")
            expect(page.get_by_role("button", name="Try now")).to_have_count(0)
    desk.fetch("UPDATE operator_call SET due = now()")
    wait_until(lambda: sea.call(number) == [])


def test_a_right_that_was_taken_away_ends_the_act(browser: Browser, desk: RunningSandbox, sea: Sea) -> None:
    number, name = sea.parked_win("2.20"), person(desk, "manager")
    with visiting(browser, desk, f"{sea.path}/recovery", name, PASSWORD) as page:
        row_of(page, number).get_by_role("button", name="Send again").click()
        assert desk.cli("staff", "role", name, "viewer").returncode == 0
        page.get_by_role("dialog").get_by_role("button", name="Send again").click()
        expect(
            page.get_by_text("You are not signed in any more.").or_(page.get_by_role("button", name="Sign in"))
        ).to_be_visible()
    assert sea.call(number)[0]["phase"] == "parked" and sea.booked(number) == []


def test_a_failure_shows_its_bodies_as_text_and_can_be_tried_again(
    browser: Browser, desk: RunningSandbox, sea: Sea
) -> None:
    number = sea.waiting_win("6.60", body=NASTY)
    [known] = desk.fetch(
        "SELECT replace(id::text, '-', '') AS id, number FROM transaction WHERE provider_tx_id = $1", str(number)
    )
    wait_until(lambda: desk.fetch("SELECT 1 FROM api_error WHERE reference = $1", known["id"]))
    with visiting(browser, desk, f"{sea.path}/errors?reference={known['id']}") as page:
        expect(page.get_by_role("row").nth(1)).to_contain_text("HTTP 503")
        page.get_by_role("row").nth(1).get_by_role("link").click()
        expect(page.get_by_role("heading", name="changebalance: HTTP 503")).to_be_visible()
        request, answer = page.locator(".body").all()
        said = json.loads(request.inner_text(), parse_float=str)
        assert (said["hash"], said["data"]["transaction_id"], said["data"]["amount"]) == (
            "***",
            known["number"],
            "6.6",
        )
        assert '\n  "data": {\n    "token"' in request.inner_text()
        assert answer.inner_text() == NASTY
        expect(page).to_have_title("changebalance: HTTP 503 · Pitboss")
        expect(page.locator(".card")).to_contain_text(f"Win {number} of {sea.username}")
        page.locator(".card").get_by_role("button", name="Try now").click()
        expect(page.get_by_text("It is settled.")).to_be_visible()
        expect(page.locator(".card")).to_have_count(0)
    assert sea.booked(number) == [("operator", 660)]


def test_the_studios_side_of_it_finds_the_same_call(browser: Browser, desk: RunningSandbox, sea: Sea) -> None:
    number = sea.waiting_win("1.10")
    wait_until(lambda: desk.fetch("SELECT 1 FROM api_error WHERE reference = $1", f"house {number}"))
    with visiting(browser, desk, f"{sea.path}/errors?direction=in&reference={number}") as page:
        page.get_by_role("row").nth(1).get_by_role("link").click()
        expect(page.locator(".card")).to_contain_text(f"Win {number} of {sea.username}")
    desk.fetch("UPDATE operator_call SET due = now()")
    wait_until(lambda: sea.call(number) == [])


def test_the_log_is_filtered_by_its_address(browser: Browser, desk: RunningSandbox, sea: Sea) -> None:
    sea.parked_win("1.20")
    number = sea.waiting_win("1.15")
    desk.fetch("UPDATE operator_call SET due = now()")
    wait_until(lambda: sea.call(number) == [])
    # The log is written a fifth of a second behind; from now on nothing fails.
    wait_until(lambda: desk.fetch("SELECT 1 FROM api_error WHERE reference = $1", f"house {number}"))
    kept = desk.fetch("SELECT at, direction, error FROM api_error WHERE agent_id = $1", sea.agent_id)
    assert {row["direction"] for row in kept} == {"in", "out"}
    with visiting(browser, desk, f"{sea.path}/errors") as page:
        expect(page.get_by_role("row")).to_have_count(1 + len(kept))
        page.get_by_label("What went wrong").fill("op_33")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("row")).to_have_count(1 + sum(row["error"] == "OP_33" for row in kept))
        page.get_by_role("link", name="Clear").click()
        page.get_by_label("Who asked").select_option("in")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("row")).to_have_count(1 + sum(row["direction"] == "in" for row in kept))
        page.goto(f"{sea.path}/errors")
        # St. John's is three and a half hours behind UTC in November.
        page.get_by_label("From").fill("2020-11-20T10:00:00")
        page.get_by_label("To").fill("2020-11-20T12:30:00")
        page.get_by_role("button", name="Show").click()
        expect(page).to_have_url(re.compile(r"since=2020-11-20T13%3A30%3A00Z&until=2020-11-20T16%3A00%3A00Z"))
        expect(page.get_by_label("From")).to_have_value("2020-11-20T10:00")
        expect(page.get_by_text("Nothing like that failed within a week.")).to_be_visible()
        page.goto(f"{sea.path}/errors?since=2020-11-20T10:00&until={datetime.now(UTC).year + 1}-01-01T00:00:00Z")
        expect(page.get_by_role("row")).to_have_count(1 + len(kept))


def test_of_another_agent_nobody_sees_anything(browser: Browser, desk: RunningSandbox, sea: Sea) -> None:
    own = desk.agent["agent_id"]
    [failed] = desk.fetch(
        "SELECT replace(id::text, '-', '') AS id FROM api_error WHERE agent_id = $1 ORDER BY id LIMIT 1", sea.agent_id
    )
    with visiting(browser, desk, f"/agents/{own}/errors", person(desk, "manager", own), PASSWORD) as page:
        expect(page.get_by_role("heading", name="Error log")).to_be_visible()
        for path in (f"{sea.path}/recovery", f"{sea.path}/errors", f"{sea.path}/errors/{failed['id']}"):
            page.goto(path)
            expect(page.get_by_text(f"There is no agent {sea.agent_id} here.")).to_be_visible()
        # By its id, but as if it were their own.
        page.goto(f"/agents/{own}/errors/{failed['id']}")
        expect(page.get_by_text("There is no such failure here")).to_be_visible()


def test_what_proves_nothing_stands_in_no_log(browser: Browser, desk: RunningSandbox, sea: Sea) -> None:
    counted = "SELECT agent_id, count(*) FROM api_error WHERE error <> 'x' GROUP BY 1"
    before = {row[0]: row[1] for row in desk.fetch(counted)}
    house = desk.credentials["providers"][0]
    headers = {"X-Authorization": "0" * 40, "X-Operator-Id": house["operator_id"]}
    answer = httpx.post(f"{house['wallet_url']}/balance", headers=headers, json={}, trust_env=False)
    assert answer.status_code == 403
    wait_until(lambda: {row[0]: row[1] for row in desk.fetch(counted)} != before)
    assert {row[0]: row[1] for row in desk.fetch(counted)} == before | {0: before.get(0, 0) + 1}
    with visiting(browser, desk, "/agents/0/errors") as page:
        expect(page.get_by_text("There is no agent 0 here.")).to_be_visible()


def test_a_transfer_agent_has_nothing_outside(browser: Browser, desk: RunningSandbox, sea: Sea) -> None:
    with visiting(browser, desk, f"/agents/{desk.agent['agent_id']}/recovery") as page:
        expect(page.get_by_text("there is nothing outside to recover")).to_be_visible()
        page.get_by_role("link", name="Stuck rounds").click()
        expect(page.get_by_text("No round is stuck.")).to_be_visible()


def test_a_round_that_nobody_goes_on_with_is_shown(browser: Browser, desk: RunningSandbox, sea: Sea) -> None:
    """Begun long ago, by the time in its ids, and not moved since."""
    number = next(_numbers)
    told = sea.studio.send("changebalance", {
        "token": None, "user_id": sea.user_id, "transaction_type": "WIN", "transaction_id": number, "round_id": number,
        "round_finished": False, "game_id": 1, "currency_code": "EUR", "amount": 2,
    })  # fmt: skip
    assert told["status"] == "OK", told
    with visiting(browser, desk, f"{sea.path}/recovery?show=rounds") as page:
        expect(page.get_by_text("No round is stuck.")).to_be_visible()
        [known] = desk.fetch("SELECT id FROM transaction WHERE provider_tx_id = $1", str(number))
        began = f"{time.time_ns() - 7_200 * 10**9:016x}{known['id'].hex[16:]}"
        rename = "UPDATE transaction SET id = $2::text::uuid WHERE provider_tx_id = $1"
        desk.fetch(rename, str(number), began)
        desk.fetch("UPDATE round SET changed_at = now() - interval '2 hours' WHERE round_id = $1", str(number))
        page.reload()
        expect(row_of(page, number)).to_contain_text("2.00 EUR")
        expect(row_of(page, number)).to_contain_text("its studio")
        desk.fetch(rename, str(number), known["id"].hex)


WRONG = {
    "recovery?phase=lost": "phase",
    "recovery?from=1.x": "from",
    "recovery?parked=1.2.bet": "parked",
    "recovery?parked=%00": "parked",
    "recovery?show=all": "show",
    "recovery?show=rounds&page=zzz": "page",
    "recovery?from=999999999999999999." + "0" * 32: "from",
    "errors?from=1": "from",
    "errors?direction=up": "direction",
    "errors?dialect=x": "dialect",
    "errors?since=yesterday": "since",
    "errors?until=9999-12-31T23:59:59-10:00": "until",
    "errors?error=%00": "error",
    "errors?reference=" + "a" * 200: "reference",
}


def test_a_wrong_address_is_told_by_name(desk: RunningSandbox, sea: Sea) -> None:
    known = desk.credentials["backoffice"]
    headers = {"Origin": known["url"], "Accept": "text/html"}
    with httpx.Client(base_url=known["url"], headers=headers, trust_env=False, timeout=20) as client:
        form = {"username": known["username"], "password": known["password"]}
        assert client.post("/sign-in", data=form).status_code == 303
        for query, named in WRONG.items():
            answer = client.get(f"{sea.path}/{query}")
            assert answer.status_code == 400 and f"<p>{named} " in answer.text, (query, answer.status_code, answer.text)
        for path in ("errors/x", f"errors/{'0' * 32}", f"errors/{'Z' * 32}"):
            assert client.get(f"{sea.path}/{path}").status_code == 404
