"""The back office as its people see it: signing in, the staff, the audit, each by what the page says afterwards."""

import asyncio
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg
from desk import ZONE, visiting
from playwright.sync_api import Browser, expect

from running_sandbox import RunningSandbox, wait_until


def test_one_signs_in_sees_the_agents_and_signs_out(browser: Browser, desk: RunningSandbox) -> None:
    with visiting(browser, desk, "/") as page:
        expect(page.get_by_role("heading", name="Agents")).to_be_visible()
        for agent in desk.credentials["agents"]:
            expect(page.get_by_role("cell", name=agent["name"], exact=True)).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        page.goto("/staff")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_an_open_page_goes_with_the_session(browser: Browser, desk: RunningSandbox) -> None:
    made = desk.cli("staff", "create", "olga", "--role", "viewer", "--json")
    password = json.loads(made.stdout)["password"]
    with visiting(browser, desk, "/", "olga", password) as page:
        expect(page.get_by_role("heading", name="Agents")).to_be_visible()
        assert desk.cli("staff", "block", "olga").returncode == 0
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_wrong_password_is_told(browser: Browser, desk: RunningSandbox) -> None:
    with visiting(browser, desk, "/", password="surely not this one") as page:
        expect(page.get_by_role("alert")).to_contain_text("do not belong together")


def test_somebody_new_sees_only_what_is_theirs(browser: Browser, desk: RunningSandbox) -> None:
    first = desk.credentials["agents"][0]
    with visiting(browser, desk, "/staff") as page:
        page.get_by_role("button", name="New person").click()
        page.get_by_label("Name").fill("Nora")
        page.get_by_label("Password, 12").fill("short")
        page.get_by_role("button", name="Create").click()
        expect(page.get_by_text("password must have 12 to 256 characters")).to_be_visible()
        page.get_by_label("Password, 12").fill("a longer password")
        page.get_by_label("Sees").click()
        page.get_by_role("option", name=first["name"]).click()
        page.get_by_role("button", name="Create").click()
        expect(page.get_by_text(f"{first['name']} and agents under it")).to_be_visible()
    with visiting(browser, desk, "/", "nora", "a longer password") as page:
        expect(page.get_by_role("cell", name=first["name"], exact=True)).to_be_visible()
        expect(page.get_by_role("row")).to_have_count(2)
        expect(page.get_by_role("link", name="Audit")).to_have_count(0)
        page.goto("/staff")
        expect(page.get_by_text("Your role (viewer) does not allow that.")).to_be_visible()


def test_blocking_asks_names_and_is_in_the_audit(browser: Browser, desk: RunningSandbox) -> None:
    made = desk.cli("staff", "create", "walter", "--role", "support", "--json")
    assert made.returncode == 0, made.stderr
    with visiting(browser, desk, "/staff") as page:
        card = page.locator(".person").filter(has_text="walter")
        card.get_by_role("button", name="Block").click()
        expect(page.get_by_text("Block walter?")).to_be_visible()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("Block walter?")).to_have_count(0)
        expect(card.get_by_role("button", name="Block")).to_be_visible()
        card.get_by_role("button", name="Block").click()
        page.get_by_role("dialog").get_by_role("button", name="Block").click()
        expect(card.get_by_role("button", name="Let in again")).to_be_visible()
        page.get_by_role("link", name="Audit").click()
        changed = page.get_by_role("row").filter(has_text="staff.change").filter(has_text="walter")
        expect(changed).to_have_count(1)
        expect(changed).to_contain_text("staff:admin")
    [kept] = desk.fetch("SELECT active FROM staff WHERE username = 'walter'")
    assert kept["active"] is False


def test_the_last_administrator_cannot_go(browser: Browser, desk: RunningSandbox) -> None:
    with visiting(browser, desk, "/staff") as page:
        page.locator(".person").filter(has_text="admin").first.get_by_role("button", name="Block").click()
        page.get_by_role("dialog").get_by_role("button", name="Block").click()
        expect(page.get_by_text("nobody else could look after the staff")).to_be_visible()
    [kept] = desk.fetch("SELECT active FROM staff WHERE username = 'admin'")
    assert kept["active"] is True


def test_the_audit_filters_pages_and_keeps_it_in_the_address(browser: Browser, desk: RunningSandbox) -> None:
    [last] = desk.fetch("SELECT max(seq) AS seq, count(*) FILTER (WHERE action = 'agent.create') AS made FROM audit")
    with visiting(browser, desk, "/audit?action=agent.create") as page:
        expect(page.get_by_role("row")).to_have_count(1 + last["made"])
        expect(page.get_by_label("Did")).to_have_value("agent.create")
        page.get_by_role("link", name="Clear").click()
        expect(page).to_have_url(re.compile("/audit$"))
        page.get_by_label("Who").fill("sandbox")
        page.get_by_label("Who").press("Enter")
        expect(page).to_have_url(re.compile("actor=sandbox"))
        expect(page.get_by_role("row").filter(has_text="staff:")).to_have_count(0)
        expect(page.get_by_role("cell", name="sandbox", exact=True).first).to_be_visible()
        page.get_by_role("button", name="Check the chain").click()
        expect(page.get_by_text("The chain is whole.")).to_be_visible()


def test_the_chain_is_walked_by_one_at_a_time(browser: Browser, desk: RunningSandbox) -> None:
    """Each walk holds a connection of those that the door works with."""
    walks = (
        "SELECT count(*) AS walks FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM audit%'"
    )
    with visiting(browser, desk, "/audit") as page:
        check = page.get_by_role("button", name="Check the chain")
        expect(check).to_be_visible()
        with _audit_locked(desk):
            for _ in range(3):
                check.click()
            expect(page.get_by_text("Somebody walks the chain at this moment").first).to_be_visible()
            wait_until(lambda: desk.fetch(walks)[0]["walks"] > 0)
            assert desk.fetch(walks)[0]["walks"] == 1
        expect(page.get_by_text("The chain is whole.")).to_be_visible()


@contextmanager
def _audit_locked(desk: RunningSandbox) -> Iterator[None]:
    """Nobody reads the audit until the block ends."""
    locked, done = Event(), Event()

    async def hold() -> None:
        connection = await asyncpg.connect(desk.database_url)
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE audit")
                locked.set()
                await asyncio.to_thread(done.wait, 60)
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as thread:
        held = thread.submit(asyncio.run, hold())
        try:
            assert locked.wait(30)
            yield
        finally:
            done.set()
        held.result()


def test_times_are_the_viewers_with_utc_on_hover(browser: Browser, desk: RunningSandbox) -> None:
    [first] = desk.fetch(
        "SELECT to_char(at AT TIME ZONE $1, 'YYYY-MM-DD HH24:MI:SS') AS here,"
        " to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS utc"
        " FROM audit WHERE action = 'agent.create' ORDER BY seq LIMIT 1",
        ZONE,
    )
    with visiting(browser, desk, "/audit?action=agent.create", been_here=False) as page:
        cell = page.get_by_text(first["here"]).first
        expect(cell).to_be_visible()
        expect(cell).to_have_attribute("title", re.compile(re.escape(first["utc"]) + r"\.\d{3} UTC"))


def test_light_and_dark_are_remembered(browser: Browser, desk: RunningSandbox) -> None:
    with visiting(browser, desk, "/") as page:
        expect(page.get_by_role("heading", name="Agents")).to_be_visible()
        expect(page.locator("body.body--dark")).to_have_count(0)
        page.get_by_role("button", name="Light or dark").click()
        expect(page.locator("body.body--dark")).to_have_count(1)
        page.goto("/staff")
        expect(page.locator("body.body--dark")).to_have_count(1)


def test_a_link_brings_no_program_into_a_page(browser: Browser, desk: RunningSandbox) -> None:
    """What stands in an address, names as well as values, is kept as text by the filters."""
    names = ("a :b='document.title=`taken`'", "a type=text autofocus onfocus='document.title=`taken`'")
    query = "&".join(f"{quote(name, safe='')}=1" for name in names)
    with visiting(browser, desk, f"/agents?{query}") as page:
        page.get_by_label("Name").fill("Aurora")
        page.get_by_label("Name").press("Enter")
        expect(page).to_have_url(re.compile("name=Aurora"))
        assert set(names) <= parse_qs(urlsplit(page.url).query).keys()
        expect(page.get_by_role("button", name="Show")).to_be_visible()
        expect(page).to_have_title("Agents · Pitboss")
        expect(page.locator("form.filters input[onfocus]")).to_have_count(0)
