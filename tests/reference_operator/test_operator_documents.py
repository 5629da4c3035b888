"""The document's own examples, byte for byte.

`examples/` was written by hand from the document, whose hashes do not verify against its secret: ours were made with `sha1sum` for
`secret_key`. In an answer `@time` stands for the time of answering and `@hash` for its signature.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from operator_process import OPERATOR_ID, OperatorProcess

CASES = sorted(
    path.name.removesuffix(".request.json") for path in (Path(__file__).parent / "examples").glob("*.request.json")
)
# printf 'status%s' secret_key | sha1sum, and so on.
HEADERS = {
    "authenticate": "c044a09eaa6965da8d9561df6c144a280e63bbbb",
    "balance": "93beeafa65bef5edfa6e9a112a9b78cf53e0d800",
    "changebalance": "d2973d24c64a76b7e6c0b0f765e9b1e579a0b42e",
    "status": "bf84a057cda585cb95f0a1fc64e967faacd71fbc",
    "cancel": "3d506caa96e1a7607020fd8ac8756550df957689",
    "finishround": "367775ec9f728727a6a9f25624f10ebdfea95b78",
}


@pytest.fixture(scope="module")
def old_operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorProcess]:
    """One that takes requests of 2020, with the document's players."""
    operator = OperatorProcess(tmp_path_factory.mktemp("documents") / "books", "--replay-window", "0").start()
    john = {"name": "john_doe", "display_name": "John Doe", "country": "Germany"}
    operator.player("420.76", user_id="25343", **john)
    operator.admin("POST", "tokens", {"user_id": "25343", "token": "eqkB1WoKQCvjrvV6taJRN"})
    operator.player("309.94", user_id="611")
    operator.admin("POST", "tokens", {"user_id": "611", "token": "eqkB1WoKQCvjrvV6taJR611"})
    yield operator
    assert operator.stop() == 0


def test_all_examples_in_order(old_operator: OperatorProcess) -> None:
    assert len(CASES) == 11
    for case in CASES:
        folder = Path(__file__).parent / "examples"
        raw = (folder / f"{case}.request.json").read_bytes()
        command = case.split("-")[1]
        headers = {"X-Authorization": HEADERS[command], "X-Operator-Id": OPERATOR_ID}
        answer = httpx.post(f"{old_operator.url}/wallet/{command}", content=raw, headers=headers)
        assert answer.status_code == 200, case
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        wanted = (folder / f"{case}.answer.json").read_text()
        stamp = re.findall(r'"response_timestamp":"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"', answer.text)[-1]
        status = "OK" if '"status":"OK"' in wanted else "ERROR"
        signature = hashlib.sha1(f"{status}{stamp}secret_key".encode()).hexdigest()
        assert answer.text == wanted.replace("@time", stamp).replace("@hash", signature), case
    assert old_operator.admin("GET", "players/611")["balance"] == "309.94"
