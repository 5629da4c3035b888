"""What cannot be meant is OP_50 with the name of the field, moves nothing, and is echoed if it was JSON at all."""

import json
from typing import Any

import pytest
import structlog

from wallet_world import SECRET, Player, World, sha

pytestmark = pytest.mark.asyncio(loop_scope="module")

BET = {
    "transaction_type": "BET", "amount": "1", "currency_code": "EUR", "transaction_id": 1, "round_id": 1, "round_finished": None,
    "game_id": 200, "context": {"reason": "SPIN"},
}  # fmt: skip
STATUS = {"transaction_type": "BET", "transaction_id": 1, "round_id": 1}
CANCEL = {"transaction_id": 1, "round_id": 1, "game_id": 200, "round_finished": None}
FINISH = {"round_id": 1, "game_id": 200}
GONE = object()

# command, field, value -> the field that is blamed
FAULTS: list[tuple[str, str, Any]] = [
    ("authenticate", "token", GONE),
    ("authenticate", "token", None),
    ("authenticate", "token", 5),
    ("authenticate", "token", "x" * 51),
    ("authenticate", "token", "a|b"),
    ("authenticate", "token", "a\0b"),
    ("authenticate", "token", "a\ud800b"),
    ("balance", "token", None),
    ("balance", "user_id", None),
    ("balance", "user_id", GONE),
    ("balance", "user_id", True),
    ("balance", "user_id", ["x"]),
    ("balance", "user_id", {"x": 1}),
    ("balance", "user_id", "x" * 71),
    ("balance", "currency_code", "ABCDEFGHIJK"),
    ("balance", "currency_code", "E|R"),
    ("balance", "currency_code", 978),
    ("changebalance", "transaction_type", "bet"),
    ("changebalance", "transaction_type", "ROLLBACK"),
    ("changebalance", "transaction_type", None),
    ("changebalance", "transaction_type", "BET|"),
    ("changebalance", "amount", None),
    ("changebalance", "amount", GONE),
    ("changebalance", "amount", "-1"),
    ("changebalance", "amount", "-0.01"),
    ("changebalance", "amount", "1e2"),
    ("changebalance", "amount", "+1"),
    ("changebalance", "amount", " 1"),
    ("changebalance", "amount", "1,5"),
    ("changebalance", "amount", ".5"),
    ("changebalance", "amount", "5."),
    ("changebalance", "amount", ""),
    ("changebalance", "amount", "NaN"),
    ("changebalance", "amount", "Infinity"),
    ("changebalance", "amount", "1.001"),
    ("changebalance", "amount", "0.000000000000000000000000001"),
    ("changebalance", "amount", "10000000000000000"),
    ("changebalance", "amount", "9" * 500),
    ("changebalance", "amount", "\u0661"),
    ("changebalance", "amount", True),
    ("changebalance", "amount", []),
    ("changebalance", "transaction_id", None),
    ("changebalance", "transaction_id", GONE),
    ("changebalance", "transaction_id", "123456789012345678901"),
    ("changebalance", "transaction_id", "-1"),
    ("changebalance", "transaction_id", "+1"),
    ("changebalance", "transaction_id", "1.0"),
    ("changebalance", "transaction_id", "a1"),
    ("changebalance", "transaction_id", ""),
    ("changebalance", "transaction_id", "\u00b2"),
    ("changebalance", "transaction_id", False),
    ("changebalance", "round_id", "1|2"),
    ("changebalance", "round_id", GONE),
    ("changebalance", "game_id", "1234567"),
    ("changebalance", "game_id", None),
    ("changebalance", "user_id", GONE),
    ("changebalance", "user_id", "2sjcc|"),
    ("changebalance", "token", 5),
    ("changebalance", "token", "x" * 51),
    ("changebalance", "round_finished", "true"),
    ("changebalance", "round_finished", 1),
    ("changebalance", "transaction_timestamp", 5),
    ("changebalance", "context", []),
    ("changebalance", "context", "SPIN"),
    ("changebalance", "context.reason", 5),
    ("changebalance", "context.reason", "a|b"),
    ("changebalance", "context.campaign_code", {}),
    ("changebalance", "context.history_id", "a\0"),
    ("changebalance", "context.history_id", "x" * 1001),
    ("status", "transaction_type", "CANCEL"),
    ("status", "transaction_type", GONE),
    ("status", "round_id", GONE),
    ("status", "transaction_id", "x"),
    ("status", "transaction_date", 20201131),
    ("cancel", "user_id", GONE),
    ("cancel", "transaction_id", None),
    ("cancel", "round_id", -5),
    ("cancel", "game_id", 5000000),
    ("cancel", "round_finished", "false"),
    ("finishround", "round_id", GONE),
    ("finishround", "game_id", GONE),
    ("finishround", "round_ts", 1694704880325),
]


def good(command: str, player: Player) -> dict[str, Any]:
    return {
        "authenticate": {"token": player.token},
        "balance": {"token": player.token, "user_id": player.user_id, "currency_code": "EUR"},
        "changebalance": {**BET, "context": {"reason": "SPIN"}, "user_id": player.user_id, "token": player.token},
        "status": {**STATUS, "user_id": player.user_id},
        "cancel": {**CANCEL, "user_id": player.user_id},
        "finishround": {**FINISH, "user_id": player.user_id},
    }[command]


async def test_the_field_is_named(world: World) -> None:
    player = await world.player(10000)
    for command, field, value in FAULTS:
        data = good(command, player)
        place, name = (data["context"], field.partition(".")[2]) if "." in field else (data, field)
        place[name] = value
        if value is GONE:
            del place[name]
        reply = await world.call(command, data)
        assert reply.status == 200
        assert reply.code == "OP_50", (command, field, value, reply.body)
        assert reply.data["error_message"].startswith(f"{field}: "), (field, value, reply.data)
        assert reply.json["request"]["data"] == data
    assert await world.balance(player) == 10000
    assert await world.count("transaction", f"wallet_id = {player.wallet_id} AND kind = 'bet'") == 0


@pytest.mark.parametrize("amount", [b"1e0", b"1E2", b"-5", b"1.001", b"1e400", b"12345678901234567890123"])
async def test_numbers_are_judged_by_their_digits(world: World, amount: bytes) -> None:
    player = await world.player(10000)
    data = json.dumps(good("changebalance", player)).encode().replace(b'"amount": "1"', b'"amount": ' + amount)
    reply = await world.post("changebalance", envelope("changebalance", data, world))
    assert (reply.code, reply.data["error_message"].partition(":")[0]) == ("OP_50", "amount")


def envelope(command: str, data: bytes, world: World) -> bytes:
    stamp = f"{world.hub.clock():%Y-%m-%d %H:%M:%S}"
    head = f'{{"command":"{command}","request_timestamp":"{stamp}","hash":"{sha(command + stamp + SECRET)}","data":'
    return head.encode() + data + b"}"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("command", "status"), ("command", None), ("command", 5), ("command", "balance|"), ("request_timestamp", None),
        ("request_timestamp", 1), ("request_timestamp", "2020-12-01T13:44:54"), ("request_timestamp", "2020-11-31 13:44:54"),
        ("request_timestamp", "2020-12-01 13:44+01"), ("request_timestamp", "today"), ("hash", None), ("hash", 5), ("data", None),
        ("data", []), ("data", "x"),
    ],
)  # fmt: skip
async def test_the_envelope_is_checked_alike(world: World, member: str, value: Any) -> None:
    player = await world.player()
    # A wrong hash besides is of no interest: what is malformed is told first.
    reply = await world.call("balance", good("balance", player), **({"hash": "x"} | {member: value}))
    assert reply.code == "OP_50"
    assert reply.data["error_message"].startswith(f"{member}: ")


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"x", b"{", b'{"a":1', b'{"a":1}}', b'{"a":NaN}', b'{"a":Infinity}', b'{"a":-Infinity}', b'{"a":01}', b"{'a':1}",
        b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', b'\xef\xbb\xbf{"a":1}', '{"a":1}'.encode("utf-16"), b'{"a":"\n"}', b'{"a":tru}',
        b'{"a":"\\x"}', b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"\0",
    ],
    ids=range(21),
)  # fmt: skip
async def test_what_is_not_json_is_echoed_as_null(world: World, body: bytes) -> None:
    reply = await world.post("cancel", body)
    assert reply.status == 200
    assert reply.json["request"] is None
    assert (reply.code, reply.data["error_message"].partition(":")[0]) == ("OP_50", "body")


@pytest.mark.parametrize(
    "member", ["user_id", "transaction_id", "transaction_ts", "round_id", "debug", "transaction_type"]
)
async def test_broken_utf_8_is_found_wherever_it_is(world: World, member: str) -> None:
    player = await world.player()
    data = json.dumps(good("status", player) | {member: "??"}).encode()
    for broken in (b"\xff\xfe", b"\xc3(", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80", b"\xe2\x82"):
        reply = await world.post("status", envelope("status", data.replace(b"??", broken), world))
        assert (reply.json["request"], reply.code) == (None, "OP_50")


@pytest.mark.parametrize("body", [b"[]", b"5", b'"x"', b"null", b"true", b"[{}]"])
async def test_json_that_is_no_object_is_echoed(world: World, body: bytes) -> None:
    reply = await world.post("cancel", b" " + body + b"\n")
    assert reply.json["request"] == json.loads(body)
    assert reply.data == {"error_code": "OP_50", "error_message": reply.data["error_message"]}
    assert reply.data["error_message"].startswith("body: ")


async def test_no_member_may_come_twice(world: World) -> None:
    player = await world.player(10000)
    data = json.dumps(good("changebalance", player))
    whole = envelope("changebalance", data.encode(), world).decode()
    for twice, name in [
        (whole.replace('"amount": "1"', '"amount": "1", "amount": "1"'), "amount"),
        (whole.replace('"amount": "1"', '"amount": "1", "amount" : "2"'), "amount"),
        (whole.replace('"amount": "1"', '"amount" \t\n: "1","amount": "2"'), "amount"),
        (whole.replace('"amount": "1"', '"amount": "1", "\\u0061mount": "2"'), "amount"),
        (whole.replace('"reason": "SPIN"', '"reason": "SPIN", "reason": "X"'), "reason"),
        (whole.replace('"command"', '"command":"x","command"'), "command"),
        (whole.replace('"command"', '"debug":{"a":[{"b":1,"b":2}]},"command"'), "b"),
        (whole.replace('"context":', '"context":null,"context":'), "context"),
    ]:
        assert twice != whole
        reply = await world.post("changebalance", twice.encode())
        assert (reply.code, reply.data["error_message"]) == ("OP_50", f"{name}: appears more than once")
    assert await world.balance(player) == 10000


async def test_unknown_members_and_ways_of_writing_do_not_matter(world: World) -> None:
    player = await world.player(10000)
    data = good("changebalance", player) | {"amount": 1, "transaction_id": 881, "debug": {"a": None}, "reason": "old"}
    data["context"] = {
        "reason": 'qu"ote: \\ é 🎰',
        "rake": 0,
        "game_details": {"ticket_id": 1},
        "campaign_details": [1],
    }
    body = json.dumps(
        json.loads(envelope("changebalance", json.dumps(data).encode(), world)), indent=2, ensure_ascii=False
    )
    ways = [body, body.replace(":", " :", 2), body.replace("é", "\\u00e9"), body.replace('"token"', '"\\u0074oken"')]
    for way in ways:
        reply = await world.post("changebalance", way.encode())
        assert (reply.code, reply.data["balance"]) == ("OK", 99)
        assert f'"request":{way},"response"'.encode() in reply.body
    assert (
        await world.owner.fetchval("SELECT reason FROM transaction WHERE provider_tx_id = '881'") == 'qu"ote: \\ é 🎰'
    )


async def test_nothing_secret_is_logged(world: World) -> None:
    player = await world.player(1000)
    with structlog.testing.capture_logs() as lines:
        await world.call("authenticate", {"token": player.token + "|"})
        await world.call("balance", good("balance", player), hash="feedface")
        await world.change("BET", player, "x", "1")
        await world.post("balance", player.token.encode())
    assert len(lines) == 4
    for secret in (player.token, "feedface", SECRET):
        assert secret not in str(lines)
