"""One sound operator for most tests; every test brings its own players."""

from collections.abc import Iterator

import pytest

from operator_process import OperatorProcess, nobody_is_left
from platform_peer import Platform


@pytest.fixture(scope="session", autouse=True)
def _nobody_is_left() -> Iterator[None]:
    with nobody_is_left():
        yield


@pytest.fixture(scope="session")
def _operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorProcess]:
    process = OperatorProcess(tmp_path_factory.mktemp("operator") / "books").start()
    yield process
    assert process.stop() == 0


@pytest.fixture
def operator(_operator: OperatorProcess) -> Iterator[OperatorProcess]:
    """Without faults before and after, and with books that add up."""
    _operator.admin("DELETE", "faults")
    yield _operator
    _operator.admin("DELETE", "faults")
    assert _operator.wrong() == []


@pytest.fixture
def platform(operator: OperatorProcess) -> Platform:
    return operator.platform
