"""Engines that want the same wallets and the same ids; and one that is asked for more than it takes."""

import asyncio

import asyncpg
import pytest
from engines import OPENING, Desk, open_desk
from ledger_checks import audit, balances, journal_problems, move_events

from pitboss.bench.world import World
from pitboss.domain.play.decision import Accepted, Outcome, Refused
from pitboss.domain.refusals import Refusal
from pitboss.storage.database import Database
from pitboss.storage.play.batch import PlayStore

MAX_QUEUED, MAX_BATCH = 64, 8


async def test_full_queue_refuses_at_once_and_takes_no_more(database_url: str, world: World) -> None:
    seat = world.seats[0][0]
    blocker = await asyncpg.connect(database_url)
    async with open_desk(database_url, world, max_queued=MAX_QUEUED, max_batch=MAX_BATCH) as desk:
        block = blocker.transaction()
        await block.start()
        await blocker.execute("LOCK TABLE wallet IN ACCESS EXCLUSIVE MODE")
        flood = [asyncio.create_task(desk.engine.submit(desk.bet(seat, str(number), 1))) for number in range(2_000)]
        await asyncio.sleep(0.2)
        refused = [task for task in flood if task.done()]
        # A quarter of the queue is one agent's at most; one batch may be under way besides.
        assert MAX_QUEUED // 4 <= desk.engine.queued <= MAX_QUEUED // 4 + MAX_BATCH
        assert len(refused) == len(flood) - desk.engine.queued
        assert {task.result() for task in refused} == {Refused(Refusal.OVERLOADED)}
        # Another agent still has room.
        other = world.seats[1][0]
        welcome = asyncio.create_task(desk.engine.submit(desk.bet(other, "other", 1)))
        await asyncio.sleep(0.05)
        assert not welcome.done()
        await block.rollback()
        outcomes = await asyncio.gather(*flood)
        assert await welcome == Accepted(OPENING - 1)
    await blocker.close()
    accepted = sum(isinstance(outcome, Accepted) for outcome in outcomes)
    assert accepted == len(flood) - len(refused)
    assert (await balances(database_url, world))[seat.user_in_game] == OPENING - accepted


async def test_whole_queue_is_bounded_over_all_agents(database_url: str, world: World) -> None:
    """Two agents fill two quarters; the rest of the bound is for others."""
    blocker = await asyncpg.connect(database_url)
    async with open_desk(database_url, world, max_queued=MAX_QUEUED, max_batch=MAX_BATCH) as desk:
        block = blocker.transaction()
        await block.start()
        await blocker.execute("LOCK TABLE wallet IN ACCESS EXCLUSIVE MODE")
        flood = [
            asyncio.create_task(desk.engine.submit(desk.bet(world.seats[number % 2][0], str(number), 1)))
            for number in range(2_000)
        ]
        await asyncio.sleep(0.2)
        assert desk.engine.queued <= MAX_QUEUED // 2 + MAX_BATCH
        await block.rollback()
        await asyncio.gather(*flood)
        assert desk.engine.queued == 0


async def test_two_engines_on_one_wallet_starve_nobody(database_url: str, world: World) -> None:
    """Every command is settled in its time, whichever engine it came to, and each told balance was seen by one bet alone."""
    seat, each, clients = world.seats[0][0], 25, 8
    told: list[int] = []

    async def client(desk: Desk, name: str) -> None:
        for number in range(each):
            outcome = await desk.engine.submit(desk.bet(seat, f"{name}-{number}", 1))
            assert isinstance(outcome, Accepted), outcome
            told.append(outcome.told)

    async with open_desk(database_url, world) as one, open_desk(database_url, world) as other:
        async with asyncio.timeout(60):
            await asyncio.gather(
                *(
                    client(desk, f"{name}{number}")
                    for number in range(clients)
                    for name, desk in (("a", one), ("b", other))
                )
            )
    assert sorted(told, reverse=True) == list(range(OPENING - 1, OPENING - 1 - 2 * each * clients, -1))
    await move_events(database_url)
    assert await audit(database_url) == []
    assert await journal_problems(database_url) == []


async def test_one_id_for_two_wallets_at_once_is_one_transaction(database_url: str, world: World) -> None:
    first, second = world.seats[0][:2]
    async with open_desk(database_url, world) as one, open_desk(database_url, world) as other:
        for number in range(100):
            tx_id = str(number)
            outcomes = await asyncio.gather(
                one.engine.submit(one.bet(first, tx_id, 1)), other.engine.submit(other.bet(second, tx_id, 1))
            )
            refused = [outcome for outcome in outcomes if outcome == Refused(Refusal.OTHER_DATA)]
            assert len(refused) == 1 and sum(isinstance(outcome, Accepted) for outcome in outcomes) == 1
    held = await balances(database_url, world)
    assert held[first.user_in_game] + held[second.user_in_game] == 2 * OPENING - 100
    await move_events(database_url)
    assert await audit(database_url) == []


async def test_one_id_fifty_times_at_once_is_one_transaction(database_url: str, world: World) -> None:
    seat = world.seats[0][0]
    async with open_desk(database_url, world) as one, open_desk(database_url, world) as other:
        desks = [one, other] * 25
        outcomes = await asyncio.gather(*(desk.engine.submit(desk.bet(seat, "same", 40)) for desk in desks))
    assert set(outcomes) == {Accepted(OPENING - 40)}
    assert (await balances(database_url, world))[seat.user_in_game] == OPENING - 40


async def test_funds_for_one_of_fifty_bets(database_url: str, world: World) -> None:
    seat = world.seats[0][0]
    async with open_desk(database_url, world) as one, open_desk(database_url, world) as other:
        desks = [one, other] * 25
        outcomes = await asyncio.gather(
            *(desk.engine.submit(desk.bet(seat, str(number), OPENING)) for number, desk in enumerate(desks))
        )
    assert sorted(outcomes, key=str) == [Accepted(0)] + 49 * [Refused(Refusal.INSUFFICIENT_FUNDS)]
    assert (await balances(database_url, world))[seat.user_in_game] == 0


@pytest.mark.parametrize("together", [True, False])
async def test_both_ways_of_storing_write_what_was_decided(database_url: str, world: World, together: bool) -> None:
    """One statement or one a table: the same commands leave the rows worked out by hand."""

    def store(database: Database) -> PlayStore:
        return PlayStore(database, one_statement=together)

    seat, rich = world.seats[0][:2]
    async with open_desk(database_url, world, store=store) as desk:
        commands = [
            desk.bet(seat, "1", 100, "r1"),
            desk.bet(seat, "2", 50, "r1"),
            desk.win(seat, "3", 30, "r1"),
            desk.cancel(seat, "2"),
            desk.bet(rich, "4", OPENING + 1, "r2"),
            desk.cancel(rich, "5"),
            desk.move(rich, "6", 200, deposit=False),
        ]
        outcomes: list[Outcome] = [await desk.engine.submit(command) for command in commands[:2]]
        outcomes += await asyncio.gather(*(desk.engine.submit(command) for command in commands[2:]))
    assert isinstance(outcomes[6], Accepted) and isinstance(outcomes[2], Accepted)
    assert outcomes[4] == Refused(Refusal.INSUFFICIENT_FUNDS)
    found = await _tables(database_url, seat.user_in_game, rich.user_in_game)
    assert found["balances"] == [OPENING - 100 + 30, OPENING - 200]
    assert found["rounds"] == [("r1", 150, 50, 30, False)]
    assert found["transactions"] == [
        ("1", False, "bet", "ok", -100),
        ("2", False, "bet", "canceled", -50),
        ("2", True, "cancel", "ok", 50),
        ("3", False, "win", "ok", 30),
        ("4", False, "bet", "refused", 0),
        ("5", False, "unknown", "tombstone", 0),
        ("r:6", False, "withdraw", "ok", -200),
    ]
    assert found["amounts"] == [30, 50, 50, 100, 200]
    await move_events(database_url)
    assert await audit(database_url) == []


async def _tables(database_url: str, *users: str) -> dict[str, list[object]]:
    conn = await asyncpg.connect(database_url)
    try:
        wallets = await conn.fetch(
            "SELECT id, balance FROM wallet WHERE user_in_game = ANY ($1::text[])"
            " ORDER BY array_position($1::text[], user_in_game)", list(users)
        )  # fmt: skip
        ids = [row["id"] for row in wallets]
        rounds = await conn.fetch(
            "SELECT round_id, staked, returned, won, finished FROM round WHERE wallet_id = ANY ($1)", ids
        )
        moved = await conn.fetch(
            "SELECT provider_tx_id, is_cancel, kind, state, real_amount FROM transaction WHERE wallet_id = ANY ($1)"
            " AND provider_tx_id NOT LIKE 'r:bench%' ORDER BY provider_tx_id, is_cancel", ids
        )  # fmt: skip
        entries = await conn.fetch(
            "SELECT e.amount FROM entry e JOIN transaction t ON t.agent_id = e.agent_id AND t.id = e.transaction_id"
            " WHERE t.wallet_id = ANY ($1) AND t.provider_tx_id NOT LIKE 'r:bench%' ORDER BY e.amount", ids
        )  # fmt: skip
    finally:
        await conn.close()
    return {
        "balances": [row["balance"] for row in wallets],
        "rounds": [tuple(row) for row in rounds],
        "transactions": [tuple(row) for row in moved],
        "amounts": [row["amount"] for row in entries],
    }
