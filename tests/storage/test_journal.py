"""What readers behind the play are given of a journal: every event once, in order, as it was told and when."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.journal import Stretch, line_of, read_lines

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
async def worker(database_url: str) -> AsyncIterator[Database]:
    owner = await Database.open(database_url, None, size=1)
    async with owner.anyone() as conn:
        rows = [(agent, number, at(number), event(number)) for number in range(1, 2_346) for agent in (AGENT, OTHER)]
        await conn.executemany("INSERT INTO journal (agent_id, seq, at, event) VALUES ($1, $2, $3, $4)", rows)
    await owner.close()
    database = await Database.open(database_url, WORKER_ROLE, size=1)
    yield database
    await database.close()


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
