"""A gate lets so many in, lets so many wait, and nobody for ever."""

import asyncio

import pytest

from agent_stage import Stage, decoded
from pitboss.edges.gate import Busy, Gate


async def test_no_more_inside_than_there_are_places() -> None:
    gate = Gate(at_once=3, waiting=100, patience=10)
    inside = most = 0

    async def pass_through() -> None:
        nonlocal inside, most
        async with gate.inside():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(pass_through() for _ in range(50)))
    assert (most, inside) == (3, 0)


async def test_who_comes_too_late_is_told() -> None:
    gate = Gate(at_once=1, waiting=2, patience=10)
    release, entered = asyncio.Event(), asyncio.Event()

    async def stay() -> None:
        async with gate.inside():
            entered.set()
            await release.wait()

    tasks = [asyncio.create_task(stay())]
    await entered.wait()
    tasks += [asyncio.create_task(stay()) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        async with gate.inside():
            pass
    release.set()
    await asyncio.gather(*tasks)
    async with gate.inside():
        pass


async def test_who_waits_too_long_is_told_and_leaves_no_trace() -> None:
    gate = Gate(at_once=1, waiting=2, patience=0.01)
    async with gate.inside():
        with pytest.raises(Busy):
            async with gate.inside():
                pass
    async with gate.inside():
        pass
    with pytest.raises(RuntimeError):
        async with gate.inside():
            raise RuntimeError
    async with gate.inside():
        pass


WAITING_FOR_LOCKS = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"


async def test_calls_never_take_all_connections(stage: Stage) -> None:
    """Many launches wait for a lock on their player; a win of the same player still gets through."""
    await stage.player()
    body = {"username": "player0001", "currency": "EUR"}
    assert (await stage.call("v1.6/deposit", {**body, "amount": "10"}))["ok"]
    token = await stage.launched("player0001", "EUR")
    transaction = stage.owner.transaction()
    await transaction.start()
    await stage.owner.execute("SELECT 1 FROM player FOR UPDATE")
    calls = [asyncio.create_task(stage.post("v1.6/launchGame", {
        **body, "isMobile": False, "gameId": "pg_00001", "playerIp": "::1",
    })) for _ in range(30)]  # fmt: skip
    try:
        async with asyncio.timeout(20):
            while await stage.owner.fetchval(WAITING_FOR_LOCKS) < 5:
                await asyncio.sleep(0.05)
        await stage.play("win", token, 100, "tx", "r")
    finally:
        await transaction.rollback()
    responses = await asyncio.gather(*calls)
    assert all(decoded(response)["ok"] for response in responses)
