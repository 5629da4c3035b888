"""Noting costs the call nothing; what is noted is written behind, and what cannot be is dropped and counted."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import asyncpg
import pytest
from structlog.testing import capture_logs

from pitboss.engine.error_log import ErrorLog, Exchange
from pitboss.storage.api_errors import ApiErrorRow

FAILED = Exchange("out", "wallet", "cancel", "tx-1", "http://x/wallet/cancel", 500, "HTTP 500", 12, b"{}", b"No")
AT_NS = 1_772_366_405_123_456_789


class Store:
    def __init__(self) -> None:
        self.rows: list[tuple[int, ApiErrorRow]] = []
        self.calls: list[int] = []
        self.fails: list[Exception] = []

    async def write(self, agent_id: int, rows: Sequence[ApiErrorRow]) -> None:
        self.calls.append(len(rows))
        await asyncio.sleep(0)
        if self.fails:
            raise self.fails.pop(0)
        self.rows += [(agent_id, row) for row in rows]


@pytest.fixture
def store() -> Store:
    return Store()


def log_of(store: Store, time: list[float] | None = None) -> ErrorLog:
    seconds = time or [0.0]
    return ErrorLog(store.write, monotonic=lambda: seconds[0], unix_ns=lambda: AT_NS)


async def test_what_is_noted_is_written_by_agent_in_bulk(store: Store) -> None:
    log = log_of(store)
    for agent_id in (3, 4, 3):
        log.note(agent_id, FAILED)
    assert store.calls == []
    await log.turn()
    assert sorted(store.calls) == [1, 2] and [agent_id for agent_id, _ in store.rows] == [3, 3, 4]
    row = store.rows[0][1]
    assert row.at == datetime(2026, 3, 1, 12, 0, 5, 123456, tzinfo=UTC)
    assert row.id.startswith(f"{AT_NS:016x}") and len(row.id) == 32
    assert len({row.id for _, row in store.rows}) == 3
    assert row[2:] == (*FAILED[:8], "{}", "No")
    await log.turn()
    assert len(store.rows) == 3


async def test_a_flood_of_one_agents_is_bounded_and_hides_no_others(store: Store) -> None:
    time = [0.0]
    log = log_of(store, time)
    for _ in range(1_000):
        log.note(3, FAILED)
    log.note(4, FAILED)
    with capture_logs() as logs:
        await log.turn()
    assert len([agent for agent, _ in store.rows if agent == 3]) == 500 and (4, store.rows[-1][1]) == store.rows[-1]
    assert max(store.calls) <= 200
    assert logs == [{"event": "api_errors_dropped", "dropped": 500, "log_level": "warning"}]
    # Ten more a second.
    time[0] += 2
    for _ in range(100):
        log.note(3, FAILED)
    assert log.dropped == 580


async def test_more_than_fits_in_memory_is_dropped(store: Store) -> None:
    log = log_of(store)
    for agent_id in range(1, 7):
        for _ in range(500):
            log.note(agent_id, FAILED)
    assert log.dropped == 1_000
    await log.turn()
    assert len(store.rows) == 2_000


async def test_a_database_that_is_away_is_waited_for(store: Store) -> None:
    log = log_of(store)
    store.fails = [ConnectionRefusedError()]
    log.note(3, FAILED)
    with pytest.raises(ConnectionRefusedError):
        await log.turn()
    log.note(3, FAILED)
    await log.turn()
    assert len(store.rows) == 2 and log.dropped == 0


async def test_rows_no_database_takes_stand_in_nobodys_way(store: Store) -> None:
    log = log_of(store)
    store.fails = [asyncpg.CharacterNotInRepertoireError("no")]
    log.note(3, FAILED)
    log.note(4, FAILED)
    await log.turn()
    assert [agent_id for agent_id, _ in store.rows] == [4] and log.dropped == 1


async def test_what_is_noted_while_others_are_written_is_not_lost(store: Store) -> None:
    log = log_of(store)
    log.note(3, FAILED)
    turn = asyncio.create_task(log.turn())
    await asyncio.sleep(0)
    log.note(3, FAILED)
    log.note(5, FAILED)
    await turn
    await log.turn()
    assert sorted(agent_id for agent_id, _ in store.rows) == [3, 3, 5]


async def test_two_turns_at_once_write_each_row_once(store: Store) -> None:
    log = log_of(store)
    for agent_id in (3, 4):
        log.note(agent_id, FAILED)
    await asyncio.gather(log.turn(), log.finish(), log.turn())
    assert sorted(agent_id for agent_id, _ in store.rows) == [3, 4]


async def test_a_running_log_writes_by_itself_and_the_last_at_its_end(store: Store) -> None:
    log = log_of(store)
    running = asyncio.create_task(log.run())
    log.note(3, FAILED)
    async with asyncio.timeout(10):
        while not store.rows:
            await asyncio.sleep(0.005)
    log.note(3, FAILED)
    await log.finish()
    assert len(store.rows) == 2
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_hostile_words_are_bounded(store: Store) -> None:
    log = log_of(store)
    log.note(
        3,
        FAILED._replace(
            command="c" * 9_000, reference="\0" * 9, error="\ud800" * 999, url="u" * 9_000, duration_ms=10**12
        ),
    )
    await log.turn()
    row = store.rows[0][1]
    assert len(row.command) == 40 and "\0" not in row.reference and len(row.error) == 300 and len(row.url) <= 600
    assert row.duration_ms == 2**31 - 1
