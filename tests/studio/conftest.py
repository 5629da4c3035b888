"""A real studio process and a real operator wallet for every test that asks for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from operator_peer import Operator
from studio_process import StudioProcess


@pytest.fixture
def operator() -> Iterator[Operator]:
    peer = Operator()
    peer.url = peer.start()  # type: ignore[attr-defined]
    yield peer
    peer.stop()


@pytest.fixture
def studio(tmp_path: Path, operator: Operator) -> Iterator[StudioProcess]:
    process = StudioProcess(tmp_path / "data", operator.url).start()  # type: ignore[attr-defined]
    yield process
    process.stop()
