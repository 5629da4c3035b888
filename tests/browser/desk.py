"""A window of the back office, for tests that look at its pages as its people do."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from running_sandbox import RunningSandbox

ZONE = "America/St_Johns"


@contextmanager
def visiting(browser: Browser, desk: RunningSandbox, path: str, name: str = "", password: str = "") -> Iterator[Page]:
    """A browser window, signed in, at `path`. Nothing on the way may fail or come from elsewhere."""
    known = desk.credentials["backoffice"]
    context = browser.new_context(base_url=known["url"], timezone_id=ZONE)
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
