"""One real studio process and one real operator wallet; every test brings its own player."""

from collections.abc import Iterator

import pytest
from operator_peer import Operator
from playwright.sync_api import expect
from studio_process import StudioProcess

# A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def _operator() -> Iterator[Operator]:
    peer = Operator()
    peer.start()
    yield peer
    peer.stop()


@pytest.fixture
def operator(_operator: Operator) -> Iterator[Operator]:
    """The operator, faultless until the test says otherwise."""
    _operator.behave()
    yield _operator
    _operator.behave()


@pytest.fixture(scope="session")
def _studio(tmp_path_factory: pytest.TempPathFactory, _operator: Operator) -> Iterator[StudioProcess]:
    process = StudioProcess(tmp_path_factory.mktemp("studio") / "data", _operator.url).start()
    yield process
    assert process.stop() == 0


@pytest.fixture
def studio(_studio: StudioProcess, operator: Operator) -> StudioProcess:
    """The studio, running; a test may kill it."""
    if _studio.process.poll() is not None:
        _studio.start()
    return _studio
