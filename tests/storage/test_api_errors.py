"""The log of failed exchanges in a real database: per tenant, by time, for a week."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from admin_stage import open_desk

from pitboss.domain import ids
from pitboss.storage.api_errors import ApiErrorRow, drop_old_errors, read_errors, write_errors
from pitboss.storage.database import APP_ROLE, WORKER_ROLE, Database

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def row(ago: timedelta, number: int = 1, **changes: object) -> ApiErrorRow:
    at = NOW - ago
    made = ApiErrorRow(
        id=ids.time_ordered_id(round((at - EPOCH) / timedelta(microseconds=1)) * 1000, number), at=at, direction="out",
        dialect="wallet", command="changebalance", reference="tx", url="http://x/wallet/changebalance", http_status=None,
        error="no answer in time", duration_ms=10_000, request="{}", answer=None,
    )  # fmt: skip
    return made._replace(**changes)


@pytest.fixture
async def app(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with open_desk(database_url, tmp_path) as desk:
        await desk.agent("One")
        await desk.agent("Two")
    database = await Database.open(database_url, APP_ROLE, size=1)
    yield database
    await database.close()


async def read(
    app: Database, agent_id: int, since: timedelta, direction: str | None = None, limit: int = 100
) -> list[ApiErrorRow]:
    async with app.tenant(agent_id) as conn:
        return await read_errors(conn, agent_id, NOW - since, NOW + timedelta(days=1), direction, limit)


async def test_they_come_back_as_they_were_the_newest_first_and_once(app: Database) -> None:
    hours = [row(timedelta(hours=hour), http_status=hour, answer="é\ufffd") for hour in (3, 1, 2)]
    await write_errors(app, 1, hours)
    await write_errors(app, 1, hours[:2])
    await write_errors(app, 2, [row(timedelta(hours=1), direction="in")])
    assert await read(app, 1, timedelta(hours=5)) == [hours[1], hours[2], hours[0]]
    # The instant itself is within.
    assert await read(app, 1, timedelta(hours=2)) == [hours[1], hours[2]]
    assert await read(app, 1, timedelta(hours=5), limit=1) == [hours[1]]
    assert await read(app, 1, timedelta(hours=5), "in") == []
    assert len(await read(app, 2, timedelta(hours=5), "in")) == 1


async def test_a_tenant_sees_nobody_elses(app: Database) -> None:
    await write_errors(app, 1, [row(timedelta())])
    async with app.tenant(2) as conn:
        assert await read_errors(conn, 1, NOW - timedelta(days=1), NOW + timedelta(days=1), None, 10) == []
    # Agent 0 is nobody in particular.
    await write_errors(app, 0, [row(timedelta())])
    assert len(await read(app, 0, timedelta(days=1))) == 1


async def test_the_worker_drops_what_is_older_than_a_week_piece_by_piece(app: Database, database_url: str) -> None:
    week = timedelta(days=7)
    old = [row(week + timedelta(seconds=1), number) for number in range(2_500)]
    await write_errors(app, 1, [*old, row(week), row(timedelta())])
    await write_errors(app, 0, [row(week * 2), row(timedelta())])
    worker = await Database.open(database_url, WORKER_ROLE, size=1)
    turns = []
    while True:
        more = await drop_old_errors(worker, NOW)
        turns.append(len(await read(app, 1, 2 * week, limit=10_000)))
        if not more:
            break
    await worker.close()
    assert turns == [1_502, 502, 2, 2]
    assert len(await read(app, 0, 3 * week)) == 1
