"""R1: whatever 32 clients do at once, the total is the same at every read and no wallet is ever negative."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from bank import Bank
from engines import OPENING, Desk, open_desk
from ledger_checks import audit, balances, differences, journal_problems, move_events

from pitboss.bench.world import World

CLIENTS = 32


@asynccontextmanager
async def open_desks(database_url: str, world: World, engines: int) -> AsyncIterator[list[Desk]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_desk(database_url, world)) for _ in range(engines)]


@pytest.mark.parametrize(("engines", "transfers"), [(1, 60_000), (2, 45_000)])
async def test_total_is_constant_at_every_read(database_url: str, world: World, engines: int, transfers: int) -> None:
    async with open_desks(database_url, world, engines) as desks:
        bank = Bank(world, desks, OPENING)
        await bank.run(transfers, CLIENTS, database_url)
    assert bank.problems == []
    assert bank.odd == []
    assert bank.reads >= 10
    assert all(bank.told[kind] > transfers / 50 for kind in ("bet", "win", "deposit", "withdraw", "refused"))
    assert differences(bank.expected, await balances(database_url, world)) == []
    await move_events(database_url)
    assert await audit(database_url) == []
    assert await journal_problems(database_url) == []
