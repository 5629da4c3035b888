"""What readers behind the play are given of a journal: every event once, in order, as it was told and when."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pitboss.storage.database import DATABASE_ERRORS, WORKER_ROLE, Connection, Database
from pitboss.storage.play.journal import (
    JournalReaders,
    KeptLines,
    Line,
    Stretch,
    _is_gone,
    line_of,
    next_stretch,
    read_lines,
)

AGENT, OTHER = 1, 2
FIRST_AT = datetime(2026, 3, 1, 23, 59, 59, 999_990, UTC)
PLAIN: dict[str, Any] = {
    "kind": "bet", "id": "0" * 32, "wallet_tx_id": "f" * 32, "undoes": None, "user_in_game": "p-EUR", "wallet_version": 1,
    "currency": "EUR", "provider_id": 7, "provider_tx_id": "t", "game_id": None, "round_id": None, "finished": False,
    "round_bets": None, "round_stands": None, "real": -(10**18) + 1, "bonus": 0, "after": 0, "settle_rate": None, "reason": None,
    "campaign_code": None,
}  # fmt: skip


def event(number: int) -> str:
    """JSON whose spelling changes, with text that looks like the array it is read in."""
    told = PLAIN | {"id": f"{number:032x}", "provider_tx_id": f'],[{number}"\\{{}}€😀\n', "wallet_version": number}
    return json.dumps(told, ensure_ascii=number % 2 == 0, indent=1 if number % 3 == 0 else None)


def at(number: int) -> datetime:
    """Microseconds, three events each."""
    return FIRST_AT + timedelta(microseconds=number // 3)


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[Connection]:
    database = await Database.open(database_url, None, size=1)
    async with database.anyone() as conn:
        rows = [(agent, number, at(number), event(number)) for number in range(1, 2_346) for agent in (AGENT, OTHER)]
        await conn.executemany("INSERT INTO journal (agent_id, seq, at, event) VALUES ($1, $2, $3, $4)", rows)
        await conn.execute("INSERT INTO journal_head VALUES (1, 2345), (2, 2345)")
        yield conn
    await database.close()


@pytest.fixture
async def worker(owner: Connection, database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url, WORKER_ROLE, size=2)
    yield database
    await database.close()


async def overwritten(owner: Connection) -> None:
    """The numbers stand for other events, as on a server that took over without the last ones."""
    await owner.execute("UPDATE journal SET event = $1 WHERE agent_id = 1", json.dumps(PLAIN | {"kind": "win"}))


def kinds(lines: list[Line]) -> set[str]:
    return {line.told.kind for line in lines}


@pytest.mark.parametrize(
    ("after", "upto"), [(0, 2_345), (0, 1_000), (999, 1_001), (1_000, 2_000), (17, 2_117), (2_344, 2_345), (5, 5)]
)
async def test_a_stretch_is_read_whole_in_order_and_without_its_neighbours(
    worker: Database, after: int, upto: int
) -> None:
    async with worker.anyone() as conn:
        lines = await read_lines(conn, Stretch(AGENT, after, upto, True))
    numbers = list(range(after + 1, upto + 1))
    assert [line.told.wallet_version for line in lines] == numbers
    assert [line.at for line in lines] == [at(number) for number in numbers]
    assert all(line.told.provider_tx_id == f'],[{n}"\\{{}}€😀\n' for n, line in zip(numbers, lines, strict=True))
    assert all(line.told.real == -999_999_999_999_999_999 for line in lines)


async def test_a_journal_without_events_has_no_lines(worker: Database) -> None:
    async with worker.anyone() as conn:
        assert await read_lines(conn, Stretch(3, 0, 2_000, False)) == []


async def test_read_by_itself_or_with_others_is_the_same(worker: Database) -> None:
    async with worker.anyone() as conn:
        lines = await read_lines(conn, Stretch(AGENT, 0, 7, True))
    assert lines == [line_of(event(number), at(number)) for number in range(1, 8)]


@pytest.mark.parametrize("seed", range(6))
async def test_whoever_reads_where_and_when_what_is_kept_is_what_is_in_the_journal(worker: Database, seed: int) -> None:
    """Readers that go on from where they stand, at any pace, some of them far behind, some begun anew."""
    chance = random.Random(seed)
    kept = KeptLines(most=chance.choice([1, 40, 300, 5_000]))
    stands = dict.fromkeys([(agent, reader) for agent in (AGENT, OTHER) for reader in range(3)], 0)
    async with worker.anyone() as conn:
        for _ in range(120):
            who = chance.choice(list(stands))
            after = stands[who] if chance.random() < 0.95 else chance.randrange(2_345)
            stretch = Stretch(who[0], after, min(after + chance.randint(1, 60), 2_345), True)
            assert await kept.read(conn, stretch) == await read_lines(conn, stretch)
            stands[who] = stretch.upto


async def test_readers_at_one_place_read_the_journal_once(worker: Database, owner: Connection) -> None:
    kept = KeptLines()
    async with worker.anyone() as conn:
        first = await kept.read(conn, Stretch(AGENT, 0, 1_500, True))
        await owner.execute("DELETE FROM journal WHERE agent_id = 1 AND seq <= 1500")
        assert await kept.read(conn, Stretch(AGENT, 0, 1_500, True)) == first
        assert await kept.read(conn, Stretch(AGENT, 900, 1_700, True)) == first[900:] + await read_lines(
            conn, Stretch(AGENT, 1_500, 1_700, True)
        )
        assert await KeptLines().read(conn, Stretch(AGENT, 0, 1_500, True)) == []


async def test_no_more_is_kept_than_may_be_of_all_agents_together(worker: Database, owner: Connection) -> None:
    kept = KeptLines(most=1_000)
    async with worker.anyone() as conn:
        await kept.read(conn, Stretch(AGENT, 0, 1_600, True))
        await overwritten(owner)
        assert kinds(await kept.read(conn, Stretch(AGENT, 600, 1_600, True))) == {"bet"}
        assert kinds(await kept.read(conn, Stretch(AGENT, 599, 1_600, True))) == {"win"}, "that one was kept as well"
        await kept.read(conn, Stretch(OTHER, 0, 10, True))
        assert kinds(await kept.read(conn, Stretch(AGENT, 600, 1_600, True))) == {"win"}, "more was kept than may be"


async def test_missing_numbers_do_not_move_the_others(worker: Database, owner: Connection) -> None:
    await owner.execute("DELETE FROM journal WHERE agent_id = 1 AND seq = 5")
    kept = KeptLines()
    async with worker.anyone() as conn:
        for after, upto in ((0, 10), (3, 10), (6, 12)):
            lines = await kept.read(conn, Stretch(AGENT, after, upto, True))
            assert [line.told.wallet_version for line in lines] == [n for n in range(after + 1, upto + 1) if n != 5]


async def test_readers_in_turn_share_until_something_goes_wrong(worker: Database, owner: Connection) -> None:
    readers = JournalReaders(worker)
    stretch = Stretch(AGENT, 0, 100, True)
    async with readers.turn() as (conn, kept):
        assert kinds(await kept.read(conn, stretch)) == {"bet"}
    await overwritten(owner)
    async with readers.turn() as (conn, kept):
        assert kinds(await kept.read(conn, stretch)) == {"bet"}
    with pytest.raises(ZeroDivisionError):
        async with readers.turn() as (conn, kept):
            raise ZeroDivisionError
    async with readers.turn() as (conn, kept):
        assert kinds(await kept.read(conn, stretch)) == {"win"}, "kept beyond a turn that failed"
    await readers.aclose()


@pytest.mark.parametrize("idle", [True, False])
async def test_nothing_is_kept_beyond_its_connection(worker: Database, owner: Connection, idle: bool) -> None:
    """Whoever answers the next one may have another past."""
    readers = JournalReaders(worker)
    stretch = Stretch(AGENT, 0, 100, True)
    async with readers.turn() as (conn, kept):
        await kept.read(conn, stretch)
    await overwritten(owner)
    await owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    if idle:
        # The connection learns of its end before it is used again.
        async with asyncio.timeout(10):
            while readers._conn is not None and not _is_gone(readers._conn):
                await asyncio.sleep(0.01)
    else:
        # Or while it is used, unless word of it came first.
        with suppress(*DATABASE_ERRORS):
            async with readers.turn() as (conn, kept):
                await conn.execute("SELECT 1")
    async with readers.turn() as (conn, kept):
        assert kinds(await kept.read(conn, stretch)) == {"win"}
    await readers.aclose()


async def test_a_readers_first_stretch_and_its_next(worker: Database) -> None:
    async with worker.anyone() as conn, worker.anyone() as another:
        async with next_stretch(conn, AGENT, "new", 2_000) as stretch:
            assert stretch == Stretch(AGENT, 0, 2_000, True)
        async with next_stretch(conn, AGENT, "new", 2_000) as stretch:
            assert stretch == Stretch(AGENT, 2_000, 2_345, False)
            async with next_stretch(another, AGENT, "new", 2_000) as taken:
                assert taken is None, "two have the same stretch"
        async with next_stretch(conn, AGENT, "new", 2_000) as stretch:
            assert stretch is None
        async with next_stretch(conn, 3, "new", 2_000) as stretch:
            assert stretch is None, "an agent without a journal"


async def test_a_stretch_that_fails_is_read_again(worker: Database) -> None:
    async with worker.anyone() as conn:
        with pytest.raises(ZeroDivisionError):
            async with next_stretch(conn, AGENT, "new", 10):
                raise ZeroDivisionError
        async with next_stretch(conn, AGENT, "new", 10) as stretch:
            assert stretch == Stretch(AGENT, 0, 10, True)
