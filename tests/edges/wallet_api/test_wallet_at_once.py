"""Many calls at once: each transaction happens once, and every repeat hears the same (reliability R3, R4)."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from wallet_world import Player, Reply, World

pytestmark = pytest.mark.asyncio(loop_scope="module")

TIMES = 50


def next_id(world: World) -> int:
    return world.hub.arrivals.number()


async def repeated(world: World, command: str, data: dict[str, Any]) -> Reply:
    """The one answer that fifty equal calls at once and one after them get."""
    replies = await asyncio.gather(*(world.call(command, data) for _ in range(TIMES)))
    replies.append(await world.call(command, data))
    assert {reply.status for reply in replies} == {200}
    assert len({reply.raw_data for reply in replies}) == 1, {reply.raw_data for reply in replies}
    return replies[0]


def change(kind: str, player: Player, transaction_id: int, amount: str, **more: Any) -> dict[str, Any]:
    return {
        "transaction_type": kind, "amount": amount, "currency_code": "EUR", "transaction_id": transaction_id, "round_id": 1,
        "round_finished": None, "game_id": 200, "user_id": player.user_id, "token": player.token,
    } | more  # fmt: skip


async def test_every_command_fifty_times_at_once(world: World) -> None:
    player = await world.player(10000)
    bet, win, refund, refused = (next_id(world) for _ in range(4))
    of_bet = {"user_id": player.user_id, "transaction_id": bet, "round_id": 1, "game_id": 200}

    assert (await repeated(world, "changebalance", change("BET", player, bet, "17.25"))).data["balance"] == Decimal(
        "82.75"
    )
    assert (await repeated(world, "changebalance", change("WIN", player, win, "5"))).data["balance"] == Decimal("87.75")
    assert (await repeated(world, "changebalance", change("REFUND", player, refund, "7.25"))).data["balance"] == 95
    assert (await repeated(world, "changebalance", change("BET", player, refused, "95.01"))).code == "OP_31"
    assert (await repeated(world, "status", of_bet | {"transaction_type": "BET"})).data["transaction_status"] == "OK"
    of_win = of_bet | {"transaction_id": win}
    assert (await repeated(world, "cancel", of_win)).data["transaction_status"] == "CANCELED"
    assert (await repeated(world, "cancel", of_bet | {"transaction_id": next_id(world)})).code == "OP_41"
    assert (await repeated(world, "finishround", of_bet)).code == "OK"
    assert (await repeated(world, "authenticate", {"token": player.token})).data["balance"] == 90
    in_euro = {"token": player.token, "user_id": player.user_id, "currency_code": "EUR"}
    assert (await repeated(world, "balance", in_euro)).data["balance"] == 90

    assert await world.balance(player) == 9000
    of_wallet = f"wallet_id = {player.wallet_id} AND real_amount <> 0 AND kind <> 'deposit'"
    assert await world.count("transaction", of_wallet) == 4
    assert await world.count("entry", f"{player.wallet_id} IN (from_account, to_account)") == 5


async def test_one_id_with_different_data_at_once(world: World) -> None:
    player, other = await world.player(10000), await world.player(10000)
    bet = next_id(world)
    variants = [change("BET", player, bet, "1")] * 10
    variants += [change("BET", player, bet, f"{amount}") for amount in range(2, 12)]
    variants += [change("BET", player, bet, "1", round_id=round_id) for round_id in range(2, 12)]
    variants += [change("BET", other, bet, "1") for _ in range(10)]
    variants += [change("WIN", player, bet, "1") for _ in range(10)]
    replies = await asyncio.gather(*(world.call("changebalance", data) for data in variants))
    stood = [data for data, reply in zip(variants, replies, strict=True) if reply.code == "OK"]
    assert len({str(data) for data in stood}) == 1
    assert {reply.code for reply in replies} == {"OK", "OP_40"}
    assert len(stood) == variants.count(stood[0])
    assert await world.count("transaction", f"provider_tx_id = '{bet}'") == 1
    assert abs(await world.balance(player) + await world.balance(other) - 20000) in range(100, 1200, 100)


async def test_fifty_bets_and_funds_for_one(world: World) -> None:
    player = await world.player(1000)
    replies = await asyncio.gather(*(world.change("BET", player, next_id(world), "10") for _ in range(TIMES)))
    assert sorted(reply.code for reply in replies) == ["OK"] + ["OP_31"] * (TIMES - 1)
    assert await world.balance(player) == 0


async def test_a_bet_and_its_cancel_at_once(world: World) -> None:
    """Whichever comes first, the money is where it was, and the bet cannot happen afterwards."""
    player = await world.player(10000)
    for _ in range(10):
        bet = next_id(world)
        undo = {"user_id": player.user_id, "transaction_id": bet, "round_id": 1, "game_id": 200}
        calls = [world.call("changebalance", change("BET", player, bet, "1")) for _ in range(5)]
        calls[2:2] = [world.call("cancel", undo) for _ in range(5)]
        replies = await asyncio.gather(*calls)
        assert {reply.code for reply in replies} <= {"OK", "OP_41", "OP_49"}
        assert (await world.call("changebalance", change("BET", player, bet, "1"))).code == "OP_49"
        assert await world.balance(player) == 10000


async def test_two_hubs_over_one_database(world: World) -> None:
    """The same calls through two processes' engines: locks and keys in the database decide."""
    from pitboss.engine.open import open_hub

    async with open_hub(world.hub.settings) as second:
        twin = World(second, world.owner, world.box, world.agent_id, world.provider_id)
        player = await world.player(10000)
        for _ in range(5):
            bet = change("BET", player, next_id(world), "10")
            replies = await asyncio.gather(*(hub.call("changebalance", bet) for hub in (world, twin) * 10))
            assert len({reply.raw_data for reply in replies}) == 1
            assert {reply.code for reply in replies} == {"OK"}
        assert await world.balance(player) == 5000
        spenders = [hub.change("BET", player, next_id(world), "50") for hub in (world, twin) * 10]
        codes = [reply.code for reply in await asyncio.gather(*spenders)]
        assert sorted(codes) == ["OK"] + ["OP_31"] * 19
