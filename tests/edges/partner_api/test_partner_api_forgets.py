"""A requestId and its answer are kept as long as anybody may repeat it, and no longer."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from agent_stage import Stage
from partner_desk import Partner
from pitboss.settings import SettingsError, read_settings
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.partner_requests import drop_old_requests
from pitboss.worker import work

PLAYER = "player0001"
SAID = {"requestId": "r-1", "username": PLAYER, "tags": [{"name": "visits", "value": 1}]}


async def keep(stage: Stage, agent_id: int, name: str, at: datetime, many: int = 1) -> None:
    """Answers of that instant."""
    await stage.owner.execute(
        "INSERT INTO partner_request SELECT $1, $2::text || n, 'logout', '', 200, '{}', $3 FROM generate_series(1, $4) AS n",
        agent_id, name, at, many,
    )  # fmt: skip


async def left(stage: Stage, agent_id: int) -> int:
    return int(await stage.owner.fetchval("SELECT count(*) FROM partner_request WHERE agent_id = $1", agent_id))


async def test_what_is_older_goes_piece_by_piece(stage: Stage, database_url: str) -> None:
    before = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    await keep(stage, 1, "old", before - timedelta(microseconds=1), 2_500)
    await keep(stage, 1, "kept", before)
    await keep(stage, 2, "old", before - timedelta(days=400))
    await keep(stage, 2, "kept", before + timedelta(days=1))
    worker = await Database.open(database_url, WORKER_ROLE, size=1)
    turns = []
    try:
        while await drop_old_requests(worker, before):
            turns.append((await left(stage, 1), await left(stage, 2)))
    finally:
        await worker.close()
    assert turns == [(1_501, 1), (501, 1), (1, 1)]
    names = await stage.owner.fetch("SELECT request_id FROM partner_request")
    assert {row[0] for row in names} == {"kept1"}


async def test_the_worker_forgets_after_the_days_of_the_setting(stage: Stage, partner: Partner) -> None:
    await stage.player(PLAYER)
    first = await partner.post("setPlayerTags", SAID)
    aged = "UPDATE partner_request SET at = now() - make_interval(days => $1) WHERE request_id = 'r-1'"
    settings = stage.hub.settings.with_(partner_request_days=5)
    stop = asyncio.Event()
    task = asyncio.create_task(work(settings, stop))
    try:
        # Within the days, however often the worker looked: what is older by a day is gone, this is not.
        await stage.owner.execute(aged, 4)
        await keep(stage, 1, "older", datetime.now(UTC) - timedelta(days=6))
        async with asyncio.timeout(20):
            while await left(stage, 1) > 1:
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await task
    other = {**SAID, "tags": []}
    assert await left(stage, 1) == 1
    assert (await partner.post("setPlayerTags", SAID)).content == first.content
    assert (await partner.post("setPlayerTags", other)).json()["error"]["code"] == "DUPLICATE_REQUEST"
    await stage.owner.execute(aged, 6)
    stop.clear()
    task = asyncio.create_task(work(settings, stop))
    try:
        async with asyncio.timeout(20):
            while await left(stage, 1):
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await task
    # Forgotten: a new request by that name.
    assert (await partner.post("setPlayerTags", other)).status_code == 200


def test_the_setting() -> None:
    base = {"PITBOSS_DATABASE_URL": "postgresql://x/y"}
    assert read_settings(base).partner_request_days == 90
    assert read_settings({**base, "PITBOSS_PARTNER_REQUEST_DAYS": "7"}).partner_request_days == 7
    for wrong in ("0", "-1", "x", "", "36501", "9" * 5_000):
        with pytest.raises(SettingsError, match="PITBOSS_PARTNER_REQUEST_DAYS"):
            read_settings({**base, "PITBOSS_PARTNER_REQUEST_DAYS": wrong})
