"""The wallet protocol through real sockets: what ASGI alone does not show."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn

from pitboss.app import compose
from wallet_world import SECRET, World, door, sha

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(world: World) -> AsyncIterator[str]:
    config = uvicorn.Config(compose(world.hub), port=0, lifespan="off", log_config=None, proxy_headers=False)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        assert not running.done()
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


def signed(world: World, command: str, data: dict[str, Any]) -> bytes:
    stamp = f"{world.hub.clock():%Y-%m-%d %H:%M:%S}"
    whole = {"command": command, "request_timestamp": stamp, "hash": sha(command + stamp + SECRET), "data": data}
    return json.dumps(whole).encode()


async def test_a_bet_in_pieces_on_a_connection_that_was_denied_before(world: World, url: str) -> None:
    player = await world.player(10000)
    body = signed(
        world,
        "changebalance",
        {
            "transaction_type": "BET", "amount": "17.25", "currency_code": "EUR", "transaction_id": 1, "round_id": 1,
            "game_id": 200, "user_id": player.user_id, "token": player.token,
        },
    )  # fmt: skip

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 50):
            yield body[start : start + 50]

    limits = httpx.Limits(max_connections=1)
    async with httpx.AsyncClient(base_url=url, limits=limits) as studio:
        denied = await studio.post("/wallet/changebalance", content=body)
        assert (denied.status_code, denied.text) == (403, "Access denied")
        answer = await studio.post("/wallet/changebalance", content=pieces(), headers=door("changebalance"))
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert answer.text.endswith('"data":{"balance":82.75,"currency_code":"EUR"}}}')
        too_large = await studio.post("/wallet/changebalance", content=b" " * (3 << 20), headers=door("changebalance"))
        assert too_large.status_code == 413
        assert (await studio.get("/wallet/ping")).text == "PONG"
        assert (await studio.post("/wallet/nothing", content=body)).status_code == 404
    assert await world.balance(player) == 8275


async def test_a_caller_that_hangs_up_in_the_middle_leaves_nothing(world: World, url: str) -> None:
    player = await world.player(10000)
    port = int(url.rpartition(":")[2])
    heads = "".join(f"{name}: {value}\r\n" for name, value in door("changebalance").items())
    body = signed(world, "changebalance", {"user_id": player.user_id})
    for sent in (len(body) - 1, 0):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST /wallet/changebalance HTTP/1.1\r\nHost: x\r\n{heads}Content-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body[:sent])
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    async with httpx.AsyncClient(base_url=url) as studio:
        assert (await studio.get("/wallet/ping")).text == "PONG"
    assert await world.balance(player) == 10000
