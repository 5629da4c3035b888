"""The load generator notices what a benchmark must not count."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable

import pytest

_USER, _TOKEN = "aaaaa00000000000-EUR", "a" * 40
_PLAN = {"rate": None, "most": None, "connections": 2, "weights": [1], "seed": 1, "seconds": 0.3}


class _Hub:
    """A stand-in at the other end of the wire whose answers a test chooses by their number, from 1."""

    def __init__(self, answer: Callable[[int], tuple[int, str]]) -> None:
        self._answer = answer
        self._served = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                request = await reader.readexactly(length)
                self._served += 1
                status, response = self._answer(self._served)
                body = f'{{"request":{request.decode()},"response":{response}}}'
                writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode())
        except asyncio.IncompleteReadError:
            writer.close()


def _ok(balance: str) -> str:
    return f'{{"status":"OK","response_timestamp":"x","hash":"x","data":{{"balance":{balance},"currency_code":"EUR"}}}}'


async def _report(answer: Callable[[int], tuple[int, str]], **plan: object) -> dict[str, object]:
    server = await asyncio.start_server(_Hub(answer).serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    setting = {
        "operator_id": "x", "secret": "x", "host": "x", "game": 1, "seats": [(_USER, _TOKEN, 1_000_000)],
    }  # fmt: skip
    lines = f"{json.dumps(setting)}\n{json.dumps({**_PLAN, **plan, 'host': '127.0.0.1', 'port': port})}\n"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pitboss.bench.load", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    output, _ = await asyncio.wait_for(process.communicate(lines.encode()), 60)
    server.close()
    report: dict[str, object] = json.loads(output)
    return report


async def test_right_answers_are_counted() -> None:
    # 10,000.00 less one cent a bet.
    report = await _report(
        lambda number: (200, _ok(f"{10_000 * 100 - number:d}"[:-2] + f".{(1_000_000 - number) % 100:02d}")),
        most=200,
        seconds=20,
    )
    assert report["wrong"] == 0 and report["balances_off"] == 0
    assert isinstance(report["answered"], int) and report["answered"] > 0


def _debited(number: int) -> tuple[int, str]:
    cents = 1_000_000 - number
    return 200, _ok(f"{cents // 100}.{cents % 100:02d}")


@pytest.mark.parametrize(("most", "connections"), [(7, 2), (1, 2), (2, 2)])
async def test_load_ends_with_the_most_it_is_to_make(most: int, connections: int) -> None:
    report = await _report(_debited, most=most, connections=connections, seconds=20)
    assert (report["answered"], report["wrong"], report["balances_off"]) == (most, 0, 0)
    # A rate over the time they took, not over all they had.
    assert isinstance(report["per_second"], float) and report["per_second"] > most / 20


async def test_load_ends_with_its_time_before_the_most_it_may_make() -> None:
    report = await _report(_debited, most=10**9, seconds=2)
    assert report["wrong"] == 0
    assert isinstance(report["answered"], int) and 0 < report["answered"] < 10**9


@pytest.mark.parametrize(
    ("status", "response"),
    [
        (
            200,
            '{"status":"ERROR","response_timestamp":"x","hash":"x","data":{"error_code":"OP_31","error_message":"x"}}',
        ),
        (503, _ok("9999.99")),
        (200, _ok("10000")),
        (200, _ok("5")),
    ],
    ids=["refused", "status", "not debited", "debited too much"],
)
async def test_wrong_answers_are_told(status: int, response: str) -> None:
    report = await _report(lambda _: (status, response), most=20, seconds=20)
    assert report["wrong"] == report["answered"] != 0


async def test_bet_that_is_debited_twice_shows_at_the_end() -> None:
    """Two debits for one bet: each balance may be plausible by itself, the last one is not."""

    def answer(number: int) -> tuple[int, str]:
        cents = 1_000_000 - number - (1 if number > 5 else 0)
        return 200, _ok(f"{cents // 100}.{cents % 100:02d}")

    report = await _report(answer, most=20, seconds=20)
    assert report["balances_off"] == 1 or report["wrong"] != 0
