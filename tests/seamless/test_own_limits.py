"""A seamless agent's players have limits of their own too: judged before the operator is asked, counted when it has agreed."""

from datetime import UTC, datetime

import pytest
from seamless_world import SeamlessWorld

from pitboss.domain.limits.player_limits import LimitKind, LimitName, Period
from pitboss.domain.limits.use import used
from pitboss.storage.players.limits import lock_limits, read_limited, store_limits
from scripted_operator import balance, error

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_stakes_beyond_are_refused_without_asking(world: SeamlessWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    # No day ends in the middle of it.
    now = datetime(2090, 3, 15, 12, 0, tzinfo=UTC)
    monkeypatch.setattr(world.hub.engine, "_clock", lambda: now)
    player = await world.guest()
    async with world.hub.database.tenant(world.agent_id) as connection:
        known = await lock_limits(connection, world.agent_id, player.player_id, now)
        limits = known.limits.set_limit(LimitName(LimitKind.WAGER, Period.DAY, "EUR"), 1000, now)
        await store_limits(connection, world.agent_id, player.player_id, limits)
    # What the operator refuses is no stake.
    world.operator.says("changebalance", error("OP_31"), balance("94"), balance("90"))
    assert (await world.change("BET", player, world.tx(), "9", round_id=1)).code == "OP_31"
    assert (await world.change("BET", player, world.tx(), "6", round_id=2)).code == "OK"
    asked = len(world.operator.calls("changebalance"))
    assert (await world.change("BET", player, world.tx(), "4.01", round_id=3)).code == "OP_32"
    assert len(world.operator.calls("changebalance")) == asked
    assert (await world.change("BET", player, world.tx(), "4", round_id=4)).code == "OK"
    world.operator.says("changebalance", balance("590"))
    assert (await world.change("WIN", player, world.tx(), "500", round_id=4)).code == "OK"
    assert (await world.change("BET", player, world.tx(), "0.01", round_id=5)).code == "OP_32"
    async with world.hub.database.tenant(world.agent_id) as connection:
        known = (await read_limited(connection, world.agent_id, [player.player_id]))[player.player_id]
    uses = [known.uses["EUR"]]
    assert used(uses, LimitKind.WAGER, Period.MONTH, now) == 1000
    assert used(uses, LimitKind.LOSS, Period.MONTH, now) == 1000 - 50000
