"""Who may call, what a call must look like, what an answer looks like."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from operator_process import OPERATOR_ID, SECRET, OperatorProcess, new_id
from platform_peer import Platform, sha1

COMMANDS = ["authenticate", "balance", "changebalance", "status", "cancel", "finishround"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Operator-Id": OPERATOR_ID},
        {"X-Authorization": "0" * 40, "X-Operator-Id": OPERATOR_ID},
        {"X-Authorization": sha1("ping" + SECRET), "X-Operator-Id": OPERATOR_ID},
        {"X-Authorization": "this", "X-Operator-Id": "somebody"},
        {"X-Authorization": "this"},
    ],
)
def test_wrong_headers_are_403_whatever_the_body(platform: Platform, command: str, headers: dict[str, str]) -> None:
    given = {name: sha1(command + SECRET) if value == "this" else value for name, value in headers.items()}
    for body in (b"not JSON", platform.body(command, {})):
        answer = httpx.post(f"{platform.url}/{command}", content=body, headers=given)
        assert (answer.status_code, answer.text) == (403, "Access denied")


def test_the_older_name_of_the_header_counts(operator: OperatorProcess) -> None:
    player = operator.player()
    headers = {"X-Authorization": sha1("authenticate" + SECRET), "X-TT-Operator-Id": OPERATOR_ID}
    body = operator.platform.body("authenticate", {"token": player.token})
    assert operator.platform.send("authenticate", body, headers).code == "OK"


def test_ping_needs_nothing(platform: Platform) -> None:
    answer = httpx.get(f"{platform.url}/ping")
    assert (answer.status_code, answer.text) == (200, "PONG")


def test_what_is_no_command_is_404_and_a_huge_body_413(platform: Platform) -> None:
    assert httpx.post(f"{platform.url}/refund", headers=platform.headers("refund")).status_code == 404
    huge = b'{"x": "' + b"y" * (1 << 20) + b'"}'
    assert platform.send("balance", huge).http.status_code == 413


@pytest.mark.parametrize("command", COMMANDS)
def test_a_hash_that_does_not_hold_is_op20(operator: OperatorProcess, command: str) -> None:
    player = operator.player()
    data = player.data("BET", 1)
    answer = operator.platform.call(command, data, hash=sha1(command + "2026-01-01 00:00:00" + SECRET))
    assert (answer.code, answer.http.status_code, answer.signed) == ("OP_20", 200, True)
    assert player.balance == "100"


def test_a_malformed_request_is_told_before_its_hash(platform: Platform) -> None:
    assert platform.call("balance", {}, hash="0" * 40).code == "OP_50"


def test_the_echo_is_what_came_byte_for_byte(operator: OperatorProcess) -> None:
    player = operator.player()
    data = player.data("BET", 1) | {"new": {"a": [1.50, None, 1e3, "ü", "é"]}}
    raw = b" " + operator.platform.body("changebalance", data, debug={"code": 200}).replace(
        b'"amount": 1', b'"amount": 1.50'
    )
    answer = operator.platform.send("changebalance", raw)
    assert answer.code == "OK"
    assert answer.http.content.startswith(b'{"request":' + raw + b',"response":{"status":"OK","response_timestamp":"')
    assert list(answer.body) == ["request", "response"]
    assert list(answer.response) == ["status", "response_timestamp", "hash", "data"]
    told = datetime.strptime(answer.response["response_timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"NaN", b'{"a": Infinity}', b"[" * 100_000, b"\xef\xbb\xbf{}"])
def test_what_is_no_json_is_op50_with_a_null_echo(platform: Platform, raw: bytes) -> None:
    answer = platform.send("balance", raw)
    assert (answer.http.status_code, answer.code, answer.signed) == (200, "OP_50", True)
    assert answer.body["request"] is None
    assert "JSON" in answer.message


# (member that is wrong, its value, the member the message must name)
MALFORMED: list[tuple[str, Any, str]] = [
    *(
        (name, None, name)
        for name in (
            "user_id",
            "transaction_type",
            "transaction_id",
            "round_id",
            "game_id",
            "currency_code",
            "amount",
        )
    ),
    ("token", 5, "token"),
    ("token", "a" * 51, "token"),
    ("token", "a|b", "token"),
    ("user_id", "a|b", "user_id"),
    ("user_id", "a" * 71, "user_id"),
    ("user_id", "\ud800", "user_id"),
    ("user_id", 1.5, "user_id"),
    ("user_id", True, "user_id"),
    ("transaction_type", "bet", "transaction_type"),
    ("transaction_type", "BONUS", "transaction_type"),
    ("transaction_id", 10**20, "transaction_id"),
    ("transaction_id", "1" * 21, "transaction_id"),
    ("transaction_id", -1, "transaction_id"),
    ("transaction_id", 1.5, "transaction_id"),
    ("transaction_id", 1e3, "transaction_id"),
    ("transaction_id", "12a", "transaction_id"),
    ("transaction_id", "²", "transaction_id"),
    ("transaction_id", True, "transaction_id"),
    ("round_id", [], "round_id"),
    ("round_finished", "no", "round_finished"),
    ("round_finished", 0, "round_finished"),
    ("game_id", 1_000_000, "game_id"),
    ("currency_code", "EU|", "currency_code"),
    ("currency_code", 978, "currency_code"),
    ("amount", "", "amount"),
    ("amount", -1, "amount"),
    ("amount", "-0.01", "amount"),
    ("amount", "1e2", "amount"),
    ("amount", 1e-7, "amount"),
    ("amount", "1,5", "amount"),
    ("amount", " 1", "amount"),
    ("amount", "NaN", "amount"),
    ("amount", "٣", "amount"),
    ("amount", True, "amount"),
    ("amount", {}, "amount"),
    ("amount", 0.001, "amount"),
    ("amount", "12.345", "amount"),
    ("amount", 10**30, "amount"),
    ("context", "SPIN", "context"),
    ("context", {"reason": 5}, "context.reason"),
    ("context", {"reason": "a|b"}, "context.reason"),
    ("context", {"campaign_code": []}, "context.campaign_code"),
    ("context", {"history_id": "a|b"}, "context.history_id"),
    ("transaction_timestamp", 5, "transaction_timestamp"),
]


@pytest.mark.parametrize("kind", ["BET", "WIN"])
def test_a_malformed_member_is_op50_and_named(operator: OperatorProcess, kind: str) -> None:
    player = operator.player()
    for name, value, named in MALFORMED:
        answer = operator.platform.change(player.data(kind, 1) | {name: value})
        assert (answer.http.status_code, answer.code, answer.signed) == (200, "OP_50", True), (name, value)
        assert answer.message.split()[0] == named, (name, value, answer.message)
    assert player.balance == "100"
    assert operator.booked(player.id) == []


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"command": "status"}, "command"),
        ({"command": None}, "command"),
        ({"request_timestamp": "yesterday"}, "request_timestamp"),
        ({"request_timestamp": "2026-02-30 00:00:00"}, "request_timestamp"),
        ({"hash": None}, "hash"),
        ({"data": None}, "data"),
        ({"data": []}, "data"),
    ],
)
def test_a_malformed_envelope_is_op50_and_named(platform: Platform, members: dict[str, Any], named: str) -> None:
    body = json.loads(platform.body("balance", {})) | members
    answer = platform.send("balance", json.dumps(body).encode())
    assert (answer.code, answer.message.split()[0]) == ("OP_50", named)


def test_integer_strings_numbers_for_names_and_trailing_zeros_are_taken(operator: OperatorProcess) -> None:
    number = str(new_id())
    player = operator.player(user_id=number)
    bet = player.data("BET", "1.500", user_id=int(number))
    bet |= {name: str(bet[name]) for name in ("transaction_id", "round_id", "game_id")}
    assert operator.platform.change(bet).balance == "98.5"
    same = bet | {"user_id": number, "amount": 1.5, "transaction_id": int(bet["transaction_id"])}
    assert operator.platform.change(same).balance == "98.5"
    assert operator.platform.status(bet).data == {
        "user_id": number, "transaction_id": int(bet["transaction_id"]), "transaction_status": "OK",
    }  # fmt: skip


@pytest.mark.parametrize(("hours", "code"), [(-25, "OP_20"), (25, "OP_20"), (-23, "OK"), (23, "OK")])
def test_old_requests_are_op20_but_never_wins_and_cancels(operator: OperatorProcess, hours: int, code: str) -> None:
    player = operator.player()
    stamp = (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S")
    call = operator.platform.call
    bet, win, refund = (player.data(kind, 1) for kind in ("BET", "WIN", "BET"))
    operator.platform.change(refund)
    refund |= {"transaction_type": "REFUND", "transaction_id": new_id()}
    money = {"token": player.token, "user_id": player.id, "currency_code": "EUR"}
    told = {
        "authenticate": call("authenticate", {"token": player.token}, request_timestamp=stamp).code,
        "balance": call("balance", money, request_timestamp=stamp).code,
        "BET": call("changebalance", bet, request_timestamp=stamp).code,
        "WIN": call("changebalance", win, request_timestamp=stamp).code,
        "REFUND": call("changebalance", refund, request_timestamp=stamp).code,
        "status": call("status", win | {"transaction_date": None}, request_timestamp=stamp).code,
        "cancel": call("cancel", win, request_timestamp=stamp).code,
        "finishround": call("finishround", win, request_timestamp=stamp).code,
    }
    assert told == dict.fromkeys(told, "OK") | dict.fromkeys(("authenticate", "balance", "BET"), code)


def test_nothing_secret_is_logged(operator: OperatorProcess) -> None:
    player = operator.player()
    operator.platform.change(player.data("BET", 1000))
    operator.platform.call("authenticate", {"token": player.token + "x" * 40})
    operator.platform.call("balance", {"token": "a" * 30, "user_id": player.id, "currency_code": "EUR"})
    log = operator.log()
    assert '"code": "OP_31"' in log
    token = (operator.data_dir / "admin.token").read_text().strip()
    assert not [word for word in (SECRET, player.token, token) if word in log]
    assert all(json.loads(line) for line in log.splitlines())
