"""Play of the days before, put into a world before it is measured."""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from pitboss.bench.figure import BenchError
from pitboss.bench.world import CURRENCY, World
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.invented_play import Table, balances_of, invent_play, sampled_difference
from pitboss.storage.play.relay import JournalRelay


async def fill(url: str, world: World, transactions: int, say: Callable[[str], None]) -> World:
    """About as many transactions of the world's first agent; the world with what its players own then. Raises BenchError when its
    reports do not agree with them."""
    began = time.monotonic()
    worker = await Database.open(url, WORKER_ROLE, size=1)
    owner = await Database.open(url, role=None, size=2)
    try:
        while await JournalRelay(worker).move_all():
            pass
        async with AsyncExitStack() as stack:
            first, second = [await stack.enter_async_context(owner.anyone()) for _ in range(2)]
            agent_id = world.seats[0][0].agent_id
            house = await first.fetchval(
                "SELECT id FROM account WHERE agent_id = $1 AND kind = 'house' AND currency = $2", agent_id, CURRENCY
            )
            table = Table(agent_id, world.provider_id, world.game_id, house)
            made = await invent_play(first, [second], table, transactions, datetime.now(UTC), say)
            balances = await balances_of(first, agent_id)
            difference = await sampled_difference(first, agent_id) if made else None
    finally:
        await worker.close()
        await owner.close()
    if difference is not None:
        raise BenchError(difference)
    say(f"{made:,} transactions made in {time.monotonic() - began:.0f} s; the roll-ups of a day agree with them")
    mine = tuple(seat._replace(balance=balances[seat.wallet_id]) for seat in world.seats[0])
    return world._replace(seats=(mine, *world.seats[1:]))
