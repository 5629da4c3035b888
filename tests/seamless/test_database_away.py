"""The database goes away, or says nothing, in the middle of a call to an operator: the outcome is unknown, and settled later."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from seamless_world import TIMEOUT_MS, SeamlessWorld

from pitboss.engine.open import open_hub
from pitboss.operators import open_wallets
from pitboss.operators.recovery import Recovery
from pitboss.settings import Settings
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.embedded import EmbeddedPostgres
from pitboss.storage.migrate import upgrade
from scripted_operator import ScriptedOperator, balance, state
from wallet_peer import SECRET
from wallet_world import Player, arrange
from wire import Wire, wire_to

COMMAND_SECONDS = 3.0


@dataclass
class Cut:
    """A world whose hub reaches its database through `wire`."""

    world: SeamlessWorld
    wire: Wire


@asynccontextmanager
async def world_behind_a_wire(url: str, folder: Path) -> AsyncIterator[Cut]:
    owner = await asyncpg.connect(url)
    operator = ScriptedOperator()
    wallet_url = await operator.start()
    box, agent_id = await arrange(owner, folder, wallet_url, SECRET)
    await owner.execute("UPDATE agent SET wallet_timeout_ms = $1, wallet_connect_timeout_ms = $1", TIMEOUT_MS)
    as_owner = await Database.open(url, None, size=2)
    as_worker = await Database.open(url, WORKER_ROLE, size=2)
    try:
        async with wire_to(url) as (wire, through):
            settings = Settings(through, allow_private_urls=True, command_timeout=COMMAND_SECONDS)
            async with open_hub(settings, open_wallets) as hub:
                provider_id = hub.live.current.providers_by_code["acme"].id
                recovery = Recovery(as_worker, hub.seamless, hub.clock)
                yield Cut(SeamlessWorld(hub, owner, box, agent_id, provider_id, operator, as_owner, recovery), wire)
    finally:
        await as_owner.close()
        await as_worker.close()
        operator.stop()
        await owner.close()


@pytest.fixture
async def cut(database_url: str, tmp_path: Path) -> AsyncIterator[Cut]:
    async with world_behind_a_wire(database_url, tmp_path) as behind:
        yield behind


def _silent(wire: Wire) -> Callable[[], None]:
    wire.be_silent()
    return lambda: wire.be_silent(False)


def _away(wire: Wire) -> Callable[[], None]:
    wire.go_away()
    return wire.come_back


FAILURES = {"silent": _silent, "away": _away}


async def _meanwhile(cut: Cut, player: Player, kind: str, tx: int, failure: str) -> str:
    """Bring a transaction; the database fails once the operator has it, for longer than the hub waits. What the studio is told."""
    operator = cut.world.operator
    operator.gate.clear()
    asked = len(operator.calls("changebalance"))
    bringing = asyncio.create_task(cut.world.change(kind, player, tx, "1"))
    await eventually(lambda: len(operator.calls("changebalance")) > asked)
    mend = FAILURES[failure](cut.wire)
    operator.gate.set()
    reply = await bringing
    mend()
    return reply.code if reply.status == 200 else str(reply.status)


async def _settled(world: SeamlessWorld) -> None:
    """The worker finds what was left once its lease is over."""
    async with asyncio.timeout(30):
        while await world.unsettled():
            await world.recover(timedelta(seconds=19))
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("failure", FAILURES)
async def test_bet_whose_answer_cannot_be_stored_is_unknown_then_void(cut: Cut, failure: str) -> None:
    world, player, tx = cut.world, await cut.world.guest(), cut.world.tx()
    world.operator.says("changebalance", balance("9"))
    world.operator.says("cancel", state("CANCELED"))
    assert await _meanwhile(cut, player, "BET", tx, failure) == "OP_47"
    await _settled(world)
    assert await world.state(tx) == "canceled" and await world.moved(tx) == 0
    [bet], cancels = world.operator.calls("changebalance"), world.operator.calls("cancel")
    # After silence the commit may come through late: then the bet stood for a moment, and one cancel is enough.
    assert len(cancels) >= (2 if failure == "away" else 1) and {
        cancel.data["transaction_id"] for cancel in cancels
    } == {bet.data["transaction_id"]}
    assert (await world.change("BET", player, tx, "1")).code == "OP_49"
    await world.must_be_whole()


@pytest.mark.parametrize("failure", FAILURES)
async def test_win_whose_answer_cannot_be_stored_is_brought_again(cut: Cut, failure: str) -> None:
    world, player, tx = cut.world, await cut.world.guest(), cut.world.tx()
    world.operator.says("changebalance", balance("11"))
    assert await _meanwhile(cut, player, "WIN", tx, failure) == "OP_50"
    await _settled(world)
    assert await world.state(tx) == "ok" and await world.moved(tx) == 100
    asked = world.operator.calls("changebalance")
    assert len(asked) == 2 or failure == "silent"
    assert all(again.data == asked[0].data for again in asked), "the same words"
    reply = await world.change("WIN", player, tx, "1")
    assert (reply.code, str(reply.data["balance"])) == ("OK", "11")
    await world.must_be_whole()


async def test_postgresql_killed_in_the_middle_of_calls(tmp_path: Path) -> None:
    """Bets and wins are with the operator when the server dies; once it is back all is settled as it was told, nothing twice."""
    with EmbeddedPostgres(tmp_path / "postgres") as server:
        restarts: list[str] = []
        server.supervise(restarts.append)
        await upgrade(server.url)
        async with world_behind_a_wire(server.url, tmp_path) as cut:
            world = cut.world
            players = [await world.guest() for _ in range(6)]
            world.operator.says("changebalance", balance("5"))
            world.operator.says("cancel", state("CANCELED"))
            world.operator.gate.clear()
            sent = [(kind, player, world.tx()) for player in players for kind in ("BET", "WIN")]
            bringing = [
                asyncio.create_task(world.change(kind, player, tx, "1", round_id=tx)) for kind, player, tx in sent
            ]
            await eventually(lambda: len(world.operator.calls("changebalance")) == len(sent))
            os.kill(server.pid, signal.SIGKILL)
            await eventually(lambda: restarts)
            world.operator.gate.set()
            replies = await asyncio.gather(*bringing)
            await world.owner.close()
            world.owner = await asyncpg.connect(server.url)
            await _settled(world)
            told = Counter((kind, reply.code) for (kind, _, _), reply in zip(sent, replies, strict=True))
            for (_, _, tx), reply in zip(sent, replies, strict=True):
                # A win that was told OP_50 is brought on by the hub itself.
                assert await world.state(tx) == ("canceled" if reply.code == "OP_47" else "ok"), told
            assert set(told) <= {("BET", "OK"), ("BET", "OP_47"), ("WIN", "OK"), ("WIN", "OP_50")}, told
            await world.must_be_whole()
            await world.owner.close()


async def eventually(happened: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not happened():
            await asyncio.sleep(0.005)
