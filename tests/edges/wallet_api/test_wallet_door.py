"""Who is let in, and what is told to those who are not (wallet protocol, "Envelope")."""

import asyncio
import json
from dataclasses import replace
from ipaddress import ip_network

import pytest

from pitboss.edges.wallet_api.asgi import WalletApi
from wallet_world import OPERATOR_ID, SECRET, World, door, http, sha

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIB = 1 << 20


async def test_ping_needs_no_headers(world: World) -> None:
    reply = await http(world.api, "GET", "/wallet/ping", {})
    assert (reply.status, reply.body) == (200, b"PONG")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/wallet/ping", 405),
        ("GET", "/wallet/balance", 405),
        ("PUT", "/wallet/changebalance", 405),
        ("POST", "/wallet/endsession", 404),
        ("POST", "/wallet/", 404),
        ("POST", "/wallet/balance/", 404),
        ("POST", "/wallet/Balance", 404),
        ("GET", "/wallet/wallet/ping", 404),
    ],
)
async def test_only_the_commands_are_there(world: World, method: str, path: str, status: int) -> None:
    reply = await http(world.api, method, path, door("balance"))
    assert reply.status == status
    if status == 405:
        assert reply.headers["allow"] in ("GET", "POST")


GOOD = door("balance")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Operator-Id": OPERATOR_ID},
        {"X-Authorization": GOOD["X-Authorization"]},
        {**GOOD, "X-Authorization": sha("status" + SECRET)},
        {**GOOD, "X-Authorization": sha("balance" + SECRET + "x")},
        {**GOOD, "X-Authorization": ""},
        {**GOOD, "X-Authorization": "é"},
        {**GOOD, "X-Operator-Id": "nobody"},
        {**GOOD, "X-Operator-Id": ""},
        {"X-Authorization": "0" * 40, "X-Operator-Id": "nobody"},
    ],
)
async def test_wrong_headers_are_denied_whatever_the_body(world: World, headers: dict[str, str]) -> None:
    for body in (b"{}", b"", b"x" * (2 * MIB)):
        reply = await http(world.api, "POST", "/wallet/balance", headers, body)
        assert (reply.status, reply.body) == (403, b"Access denied")


async def test_the_older_header_name_is_accepted(world: World) -> None:
    older = {"X-Authorization": GOOD["X-Authorization"], "X-TT-Operator-Id": OPERATOR_ID}
    reply = await http(world.api, "POST", "/wallet/balance", older, b"{}")
    assert (reply.status, reply.code) == (200, "OP_50")


async def test_another_studio_with_the_same_secret_is_another_studio(world: World) -> None:
    player = await world.player(1000)
    stamp = f"{world.hub.clock():%Y-%m-%d %H:%M:%S}"
    data = {"token": player.token, "user_id": player.user_id, "currency_code": "EUR"}
    body = {"command": "balance", "request_timestamp": stamp, "hash": sha("balance" + stamp + SECRET), "data": data}
    other = {**GOOD, "X-Operator-Id": "other"}
    reply = await http(world.api, "POST", "/wallet/balance", other, json.dumps(body).encode())
    assert reply.code == "OP_21"


async def test_bodies_are_bounded(world: World) -> None:
    fits = b'{"a":"' + b"x" * (MIB - 8) + b'"}'
    assert len(fits) == MIB
    assert (await world.post("balance", fits)).code == "OP_50"
    assert (await world.post("balance", fits + b" ")).status == 413
    assert (await world.post("balance", [b"x" * MIB, b"", b"x"])).status == 413
    assert (await world.post("balance", [b"", fits[:100], b"", fits[100:]])).code == "OP_50"


async def test_an_endless_body_is_not_read_to_its_end(world: World) -> None:
    pieces = 0

    async def receive() -> dict[str, object]:
        nonlocal pieces
        pieces += 1
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = [(name.lower().encode(), value.encode()) for name, value in GOOD.items()]
    scope = {"type": "http", "method": "POST", "path": "/wallet/balance", "headers": headers, "client": None}
    await asyncio.wait_for(world.api(scope, receive, send), 10)
    assert sent[0]["status"] == 413
    assert pieces == 17


async def test_allowed_addresses(world: World) -> None:
    await world.configure("UPDATE provider SET allowed_ips = '{10.1.0.0/16,2001:db8::/32}' WHERE code = 'acme'")
    try:
        trusting = replace(world.hub.settings, trusted_proxies=(ip_network("192.0.2.1/32"),))
        behind_proxy = WalletApi(replace(world.hub, settings=trusting))
        for api, client, forwarded, status in [
            (world.api, "10.1.2.3", None, 200),
            (world.api, "2001:db8::7", None, 200),
            (world.api, "10.2.0.1", None, 403),
            (world.api, "192.0.2.1", "10.1.2.3", 403),
            (behind_proxy, "192.0.2.1", "10.1.2.3", 200),
            (behind_proxy, "192.0.2.1", "10.1.2.3, 10.2.0.1", 403),
            (behind_proxy, "192.0.2.2", "10.1.2.3", 403),
        ]:
            headers = GOOD | ({"X-Forwarded-For": forwarded} if forwarded else {})
            reply = await http(api, "POST", "/wallet/balance", headers, b"{}", client)
            assert reply.status == status, (client, forwarded)
    finally:
        await world.configure("UPDATE provider SET allowed_ips = '{}' WHERE code = 'acme'")


async def test_a_full_queue_is_told_at_once(world: World) -> None:
    player = await world.player(1000)
    engine = world.hub.engine
    full, engine._max_queued = engine._max_queued, 0
    try:
        reply = await world.change("BET", player, 990001, "1")
    finally:
        engine._max_queued = full
    assert reply.status == 503
    assert int(reply.headers["retry-after"]) >= 1
    assert (await world.change("BET", player, 990001, "1")).code == "OK"
