"""What a worker settles late changes a balance behind an open game: the studio is told, with what the operator says of now."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from seamless_world import SeamlessWorld

from pitboss.domain.catalogue import Catalogue
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.providers import Connectors
from pitboss.providers.pushes import PushDelivery
from scripted_operator import balance, error, state
from studio_peer import StudioPeer, studio_peer
from wallet_world import SECRET, Player

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def studio() -> Iterator[StudioPeer]:
    with studio_peer(SECRET) as peer:
        peer.answers["balancechanged"] = "{}"
        yield peer


@asynccontextmanager
async def delivering(world: SeamlessWorld, studio: StudioPeer) -> AsyncIterator[PushDelivery]:
    await world.configure("UPDATE provider SET callback_url = $1 WHERE code = 'acme'", studio.url)
    await world.owner.execute("DELETE FROM push")
    connectors = Connectors(EVERYWHERE_INSIDE)

    async def catalogue() -> Catalogue:
        return world.hub.live.current

    delivery = PushDelivery(
        world.recovery._database, connectors, world.hub.operator_wallets, catalogue, world.hub.clock
    )
    try:
        yield delivery
    finally:
        await delivery.aclose()
        await connectors.close()
        await world.configure("UPDATE provider SET callback_url = NULL")


async def delivered(world: SeamlessWorld, delivery: PushDelivery) -> None:
    """Until there is no news any more."""
    async with asyncio.timeout(20):
        while await world.count("push"):
            await delivery.turn()
            await asyncio.sleep(0.02)


def said(studio: StudioPeer, player: Player) -> list[str]:
    return [str(told.said["data"]["balance"]) for told in studio.seen if told.said["data"]["user_id"] == player.user_id]


async def test_a_win_settled_late_is_told_to_the_open_game(world: SeamlessWorld, studio: StudioPeer) -> None:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", error("OP_50"), balance("12.5"))
    world.operator.says("balance", error("OP_50"), balance("13.25"))
    async with delivering(world, studio) as delivery:
        assert (await world.change("WIN", player, tx, "1")).code == "OP_50"
        await world.recover(timedelta(seconds=20))
        assert await world.state(tx) == "ok"
        # Not what was told then, but what is there now.
        await delivered(world, delivery)
        [told] = studio.of("balancechanged")
    assert told.said["data"] == {"user_id": player.user_id, "currency_code": "EUR", "balance": "13.25"}
    assert told.headers["x-operator-id"] == "acmehub"


async def test_a_bet_given_back_late_is_told_and_an_ended_session_is_not(
    world: SeamlessWorld, studio: StudioPeer
) -> None:
    player, gone = await world.guest(), await world.guest()
    world.operator.says("changebalance", error("OP_47"))
    world.operator.says("cancel", state("CANCELED"))
    world.operator.says("balance", balance("100"))
    async with delivering(world, studio) as delivery:
        for one in (player, gone):
            assert (await world.change("BET", one, world.tx(), "1")).code == "OP_47"
        await world.end_session(gone)
        await world.recover()
        await world.recover(timedelta(seconds=5))
        await delivered(world, delivery)
    assert said(studio, player) and set(said(studio, player)) == {"100"} and said(studio, gone) == []
