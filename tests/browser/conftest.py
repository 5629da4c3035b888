"""One sandbox and one browser for all browser tests; without a Chromium they are skipped and say so."""

from collections.abc import Iterator

import pytest
from chromium import ARGUMENTS, find_chromium
from playwright.sync_api import Browser, expect, sync_playwright

from running_sandbox import RunningSandbox, running_sandbox

# A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)


# While Playwright is there its event loop counts as running, and no other test can start one: never longer than a module.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium on this machine (make test installs one where root and apt are there)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """With the back office."""
    with running_sandbox(tmp_path_factory.mktemp("desk"), backoffice=True) as running:
        yield running
