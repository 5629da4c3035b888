"""Each switch does what it says, to the calls it is for, and to no others; the books stay sound."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from operator_process import OperatorProcess, Player, eventually
from platform_peer import Answer


@pytest.fixture
def player(operator: OperatorProcess) -> Player:
    return operator.player()


def set_one(player: Player, **members: Any) -> None:
    player.operator.faults({"command": "changebalance", "user_id": player.id, "times": 1} | members)


def bet_after(player: Player, **members: Any) -> tuple[dict[str, Any], Answer]:
    """Set one fault, and bet 10 into it."""
    set_one(player, **members)
    data = player.data("BET", 10)
    return data, player.operator.platform.change(data)


@pytest.mark.parametrize("books", [True, False])
@pytest.mark.parametrize("kind", ["drop", "http", "code", "silent"])
def test_no_answer_and_maybe_booked(player: Player, kind: str, books: bool) -> None:
    set_one(player, kind=kind, books=books, status=503, body="later", code="OP_47")
    data = player.data("BET", 10)
    platform = player.operator.platform
    if kind == "drop":
        with pytest.raises(httpx.RemoteProtocolError):
            platform.change(data)
    elif kind == "silent":
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(
                f"{platform.url}/changebalance",
                content=platform.body("changebalance", data),
                headers=platform.headers("changebalance"),
                timeout=1.0,
            )
    elif kind == "http":
        answer = platform.change(data)
        assert (answer.http.status_code, answer.http.text) == (503, "later")
    else:
        assert platform.change(data).code == "OP_47"
    assert player.balance == ("90" if books else "100")
    # Cleared after one: the same bet again settles it.
    assert platform.change(data).balance == "90"


def test_slow_waits_before_it_books_and_late_answer_after(player: Player) -> None:
    for kind, meanwhile in (("slow", "100"), ("late-answer", "90")):
        player.operator.faults({"kind": kind, "ms": 3000, "user_id": player.id})
        answers: list[Answer] = []
        data = player.data("BET", 10)
        thread = threading.Thread(target=lambda d=data, a=answers: a.append(player.operator.platform.change(d)))
        began = time.monotonic()
        thread.start()
        if kind == "late-answer":
            eventually(lambda: player.balance == "90")
        else:
            eventually(lambda: player.operator.admin("GET", "faults")["faults"][0]["hits"] == 1)
        assert (player.balance, answers) == (meanwhile, [])
        thread.join(20)
        assert time.monotonic() - began >= 3
        assert answers[0].balance == "90"
        player.operator.admin("DELETE", "faults")
        player.change(credit="10")


def test_processed_twice_is_booked_once(player: Player) -> None:
    _, answer = bet_after(player, kind="twice")
    assert (answer.code, player.balance) == ("OK", "90")
    assert len(player.operator.booked(player.id)) == 1


def test_answered_twice(player: Player) -> None:
    set_one(player, kind="answer-twice")
    data = player.data("BET", 10)
    platform = player.operator.platform
    raw = platform.body("changebalance", data)
    head = "".join(f"{name}: {value}\r\n" for name, value in platform.headers("changebalance").items())
    import socket

    with socket.create_connection(("127.0.0.1", httpx.URL(platform.url).port or 0), timeout=10) as connection:
        connection.sendall(
            f"POST /wallet/changebalance HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw
        )
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    assert received.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert received.count(b'"status":"OK"') == 2
    assert player.balance == "90"


def test_spoiled_answers(player: Player) -> None:
    _, answer = bet_after(player, kind="wrong-hash")
    assert (answer.code, answer.signed) == ("OK", False)
    _, answer = bet_after(player, kind="broken-json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.http.content)
    _, answer = bet_after(player, kind="no-echo")
    assert list(answer.body) == ["response"]
    assert answer.signed
    data, answer = bet_after(player, kind="changed-echo")
    assert answer.body["request"] == {"command": "other"}
    assert data["transaction_id"]
    _, answer = bet_after(player, kind="numbers-as-strings")
    assert answer.data == {"balance": "50", "currency_code": "EUR"}
    _, answer = bet_after(player, kind="wrong-currency")
    assert answer.data["currency_code"] == "XTS"
    _, answer = bet_after(player, kind="clock-off", hours=-5)
    told = time.mktime(time.strptime(answer.response["response_timestamp"], "%Y-%m-%d %H:%M:%S"))
    assert answer.signed
    assert -5.1 < (told - time.mktime(time.gmtime())) / 3600 < -4.9
    _, answer = bet_after(player, kind="code", code="OP_99")
    assert (answer.code, answer.signed) == ("OP_99", True)
    _, answer = bet_after(player, kind="redirect", location="/elsewhere")
    assert (answer.http.status_code, answer.http.headers["location"]) == (302, "/elsewhere")
    # What was spoiled was booked, what was refused or sent away was not: seven bets of 10.
    assert player.balance == "30"


def test_integer_user_id(operator: OperatorProcess) -> None:
    player = operator.player(user_id=f"9{time.time_ns()}")
    operator.faults({"kind": "integer-user-id", "command": "authenticate", "user_id": None, "times": 1})
    assert operator.platform.call("authenticate", {"token": player.token}).data["user_id"] == int(player.id)
    assert operator.platform.call("authenticate", {"token": player.token}).data["user_id"] == player.id


def test_a_fault_strikes_whom_it_is_for(operator: OperatorProcess, player: Player) -> None:
    other = operator.player()
    operator.faults(
        {"kind": "code", "code": "OP_50", "transaction_type": "WIN", "user_id": player.id, "times": 2},
        {"kind": "http", "status": 500, "command": "status", "probability": 0},
    )
    change = operator.platform.change
    assert change(player.data("BET", 1)).code == "OK"
    assert change(other.data("WIN", 1)).code == "OK"
    assert [change(player.data("WIN", 1)).code for _ in range(3)] == ["OP_50", "OP_50", "OK"]
    assert operator.platform.status(player.data("BET", 1)).code == "OP_41"
    told = operator.admin("GET", "faults")["faults"]
    assert [(fault["times"], fault["hits"]) for fault in told] == [(0, 2), (None, 0)]
    operator.faults({"kind": "code", "probability": 0.5, "user_id": player.id})
    found = {change(player.data("WIN", 1)).code for _ in range(100)}
    assert found == {"OK", "OP_50"}


def test_ping_can_fail_too(operator: OperatorProcess) -> None:
    operator.faults({"kind": "http", "command": "ping", "status": 502, "times": 1})
    assert [httpx.get(f"{operator.url}/wallet/ping").status_code for _ in range(2)] == [502, 200]


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({}, "kind"),
        ({"kind": "earthquake"}, "kind"),
        ({"kind": "slow", "ms": "5"}, "ms"),
        ({"kind": "slow", "ms": -1}, "ms"),
        ({"kind": "slow", "wait": 5}, "wait"),
        ({"kind": "drop", "command": "bet"}, "command"),
        ({"kind": "drop", "transaction_type": "bet"}, "transaction_type"),
        ({"kind": "drop", "probability": 1.5}, "probability"),
        ({"kind": "drop", "books": "yes"}, "books"),
        ({"kind": "drop", "times": True}, "times"),
        ({"kind": "http", "status": 99}, "status"),
        ([], "a"),
    ],
)
def test_a_fault_that_is_none_is_refused_by_name(operator: OperatorProcess, fault: object, named: str) -> None:
    operator.faults({"kind": "no-echo", "user_id": "nobody"})
    answer = operator.http.put("/admin/faults", json=[fault])
    assert answer.status_code == 400
    assert answer.json()["error"].split()[0] == named
    assert operator.http.put("/admin/faults", content=b"[").status_code == 400
    assert len(operator.admin("GET", "faults")["faults"]) == 1, "the switches stay as they were"


@pytest.fixture
def from_file(tmp_path: Path) -> Iterator[tuple[OperatorProcess, Path]]:
    file = tmp_path / "faults.json"
    process = OperatorProcess(tmp_path / "books", "--faults", str(file)).start()
    yield process, file
    assert process.stop() == 0


def test_a_file_of_faults_is_read_again_when_it_changes(from_file: tuple[OperatorProcess, Path]) -> None:
    process, file = from_file
    player = process.player()

    def bet() -> str:
        return process.platform.change(player.data("BET", 1)).code

    assert bet() == "OK"
    file.write_text('[{"kind": "code", "code": "OP_47"}]')
    assert [bet(), bet()] == ["OP_47", "OP_47"]
    file.write_text("[{")
    assert bet() == "OP_47", "a file that cannot be read changes nothing"
    assert "faults.json" in process.admin("GET", "faults")["problem"]
    file.write_text("[]")
    assert bet() == "OK"
    file.write_text('[{"kind": "code", "code": "OP_50"}]')
    assert bet() == "OP_50"
    file.unlink()
    assert bet() == "OK"


def test_a_silent_call_does_not_keep_the_operator_from_stopping(tmp_path: Path) -> None:
    process = OperatorProcess(tmp_path / "books").start()
    player = process.player()
    process.faults({"kind": "silent", "user_id": player.id})

    def ask() -> None:
        with pytest.raises(httpx.HTTPError):
            process.platform.change(player.data("BET", 1))

    thread = threading.Thread(target=ask)
    thread.start()
    eventually(lambda: process.admin("GET", "faults")["faults"][0]["hits"])
    process.process.terminate()
    assert process.process.wait(20) == 0
    thread.join(20)
    process.stop()
