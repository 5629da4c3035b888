"""A window of the back office, for tests that look at its pages as its people do."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from playwright.sync_api import Browser, Page

from running_sandbox import RunningSandbox

ZONE = "America/St_Johns"
PASSWORD = "a rather long password"


def person(desk: RunningSandbox, role: str, agent_id: int | None = None, name: str = "") -> str:
    """The name of somebody new who signs in with PASSWORD. `agent_id`: who sees that agent alone, and those under it."""
    username = name or f"{role}{secrets.token_hex(4)}"
    scope = [] if agent_id is None else ["--agent", str(agent_id)]
    file = desk.file.parent / "password"
    file.write_text(PASSWORD)
    made = desk.cli("staff", "create", username, "--role", role, *scope, "--password-file", str(file))
    assert made.returncode == 0, made.stderr
    return username


@contextmanager
def visiting(
    browser: Browser, desk: RunningSandbox, path: str, name: str = "", password: str = "", been_here: bool = True
) -> Iterator[Page]:
    """A browser window, signed in, at `path`. Nothing on the way may fail or come from elsewhere. A browser that has not
    `been_here` has its first page made again, once its time zone is known: what was clicked or typed before is gone."""
    known = desk.credentials["backoffice"]
    context = browser.new_context(base_url=known["url"], timezone_id=ZONE)
    if been_here:
        context.add_cookies([{"name": "pitboss_zone", "value": quote(ZONE, safe=""), "url": known["url"]}])
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda request: None if request.url.startswith((known["url"], "data:", "blob:")) else wrong.append(request.url),
    )
    page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 500 else None)
    try:
        page.goto(path)
        page.get_by_label("Name").fill(name or known["username"])
        page.get_by_label("Password").fill(password or known["password"])
        page.get_by_role("button", name="Sign in").click()
        yield page
        assert wrong == []
    finally:
        context.close()
