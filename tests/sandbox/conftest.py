"""One sandbox for the tests that only use it; those that kill or restart one start their own."""

from collections.abc import Iterator

import pytest

from running_sandbox import RunningSandbox, running_sandbox


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running
