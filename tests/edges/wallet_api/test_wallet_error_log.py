"""Which of a studio's calls are in the error log, and what of them (the contract, "The hub as platform", its last paragraph)."""

from typing import Any

import pytest

from wallet_world import OPERATOR_ID, SECRET, World, door, http, sha

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def logged(world: World) -> list[Any]:
    """All that is in the log by now; it is empty afterwards."""
    await world.hub.errors.turn()
    return list(await world.owner.fetch("DELETE FROM api_error RETURNING *"))


async def test_a_failed_exchange_is_there_with_its_bodies_and_without_its_secrets(world: World) -> None:
    player = await world.player(1_000)
    await logged(world)
    reply = await world.change("BET", player, 77001, "10.001")
    assert reply.code == "OP_50"
    [row] = await logged(world)
    assert (row["agent_id"], row["direction"], row["dialect"], row["command"]) == (
        world.agent_id,
        "in",
        "wallet",
        "changebalance",
    )
    assert (row["reference"], row["url"], row["http_status"], row["error"]) == (
        "acme 77001",
        "/wallet/changebalance",
        200,
        "OP_50",
    )
    assert '"amount": "10.001"' in row["request"] and player.user_id in row["request"]
    assert "amount" in row["answer"] and row["duration_ms"] >= 0
    for secret in (player.token, SECRET, sha("changebalance" + SECRET), str(reply.json["response"]["hash"])):
        assert secret not in str(tuple(row))


async def test_normal_answers_are_not(world: World) -> None:
    player = await world.player(1_000)
    assert (await world.change("BET", player, 77010, 5)).code == "OK"
    assert (await world.change("BET", player, 77010, 5)).code == "OK"
    assert (await world.change("BET", player, 77011, 500)).code == "OP_31"
    assert (
        await world.call("cancel", {"user_id": player.user_id, "transaction_id": 77012, "round_id": 1, "game_id": 200})
    ).code == "OP_41"
    assert await logged(world) == []


async def test_other_data_and_a_wrong_hash_are(world: World) -> None:
    player = await world.player(1_000)
    await world.change("BET", player, 77020, 5)
    assert (await world.change("BET", player, 77020, 6)).code == "OP_40"
    data = {"token": player.token}
    assert (await world.call("authenticate", data, hash="0" * 40)).code == "OP_20"
    assert [(row["agent_id"], row["error"]) for row in await logged(world)] == [
        (world.agent_id, "OP_40"),
        (world.agent_id, "OP_20"),
    ]


@pytest.mark.parametrize(
    "body", [b"nonsense", b"\x00\xff", b'{"command":"balance","data":{"user_id":"nobody0000000000-EUR"}}']
)
async def test_what_nobody_can_attribute_is_nobodys(world: World, body: bytes) -> None:
    assert (await world.post("balance", body)).code == "OP_50"
    [row] = await logged(world)
    assert (row["agent_id"], row["reference"]) == (0, "acme")


async def test_who_proves_nothing_writes_in_no_agents_log(world: World) -> None:
    body = b'{"data":{"user_id":"%s00000000000-EUR"}}' % b"2sjcc"
    reply = await http(world.api, "POST", "/wallet/balance", door("balance", "wrong"), body)
    assert reply.status == 403
    [row] = await logged(world)
    assert (row["agent_id"], row["http_status"], row["reference"], row["request"]) == (0, 403, OPERATOR_ID, None)
    assert sha("balancewrong") not in str(tuple(row))
    assert (await world.post("balance", b"x" * ((1 << 20) + 1))).status == 413
    assert [(row["agent_id"], row["http_status"]) for row in await logged(world)] == [(0, 413)]
