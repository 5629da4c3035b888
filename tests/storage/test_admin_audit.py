"""The audit: every act is in it, in its own transaction, and a change in it is found."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from admin_stage import NOW, Desk, open_desk

from pitboss.storage.audit import act, verify_chain
from pitboss.storage.database import APP_ROLE, WORKER_ROLE, Database


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(database_url, tmp_path) as desk:
        yield desk


async def write(desk: Desk, count: int) -> None:
    for number in range(count):
        async with act(desk.conn, "somebody", NOW) as under_way:
            await under_way.record(
                "note", f"№ {number}", {"b": [1, "ü", None, True], "a": {"x": number}}, number or None
            )


async def test_the_hash_is_of_the_previous_one_and_the_row(desk: Desk) -> None:
    await write(desk, 2)
    first, second = await desk.conn.fetch("SELECT * FROM audit ORDER BY seq")
    text = '[1,"2026-03-01T12:00:00.000000+00:00","somebody","note",null,"№ 0",{"a":{"x":0},"b":[1,"ü",null,true]}]'
    assert first["hash"] == hashlib.sha256(bytes(32) + text.encode()).digest()
    text = '[2,"2026-03-01T12:00:00.000000+00:00","somebody","note",1,"№ 1",{"a":{"x":1},"b":[1,"ü",null,true]}]'
    assert second["hash"] == hashlib.sha256(first["hash"] + text.encode()).digest()


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE audit SET seq = seq WHERE seq = 3", None),
        ("UPDATE audit SET actor = 'nobody' WHERE seq = 3", 3),
        ("UPDATE audit SET action = 'other' WHERE seq = 1", 1),
        ("UPDATE audit SET at = at + interval '1 microsecond' WHERE seq = 3", 3),
        ("UPDATE audit SET agent_id = 7 WHERE seq = 3", 3),
        ("UPDATE audit SET subject = 'x' WHERE seq = 5", 5),
        ("UPDATE audit SET detail = jsonb_set(detail, '{a,x}', '9') WHERE seq = 4", 4),
        ("UPDATE audit SET hash = sha256('x') WHERE seq = 2", 2),
        ("UPDATE audit SET previous = sha256('x') WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 1", 1),
    ],
)
async def test_a_planted_change_is_named(desk: Desk, change: str, broken: int | None) -> None:
    await write(desk, 5)
    await desk.conn.execute(change)
    assert await verify_chain(desk.conn) == broken


async def test_a_link_forged_with_its_hash_breaks_the_next(desk: Desk) -> None:
    await write(desk, 3)
    row = await desk.conn.fetchrow("SELECT * FROM audit WHERE seq = 2")
    assert row is not None
    link = [2, "2026-03-01T12:00:00.000000+00:00", "forger", "note", 1, "№ 1", json.loads(row["detail"])]
    text = json.dumps(link, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    forged = hashlib.sha256(row["previous"] + text.encode()).digest()
    await desk.conn.execute("UPDATE audit SET actor = 'forger', hash = $1 WHERE seq = 2", forged)
    assert await verify_chain(desk.conn) == 3


async def test_acts_at_once_make_one_chain(database_url: str, tmp_path: Path, desk: Desk) -> None:
    async def many() -> None:
        async with open_desk(database_url, tmp_path) as own:
            await write(own, 10)

    await asyncio.gather(*(many() for _ in range(5)))
    assert await desk.conn.fetchval("SELECT count(*) FROM audit") == 50
    assert await verify_chain(desk.conn) is None


async def test_an_act_that_fails_leaves_no_trace(desk: Desk) -> None:
    async def fail() -> None:
        async with act(desk.conn, "somebody", NOW) as under_way:
            await under_way.record("note", "x", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await desk.conn.fetchval("SELECT count(*) FROM audit") == 0
    assert await desk.conn.fetchval("SELECT config_version FROM hub") == 0


@pytest.mark.parametrize("role", [APP_ROLE, WORKER_ROLE])
async def test_no_running_process_writes_the_audit(database_url: str, desk: Desk, role: str) -> None:
    await write(desk, 1)
    database = await Database.open(database_url, role, size=1)
    async with database.anyone() as conn:
        for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "INSERT INTO audit SELECT * FROM audit"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(statement)
    await database.close()


async def test_every_act_of_the_administration_is_in_it(desk: Desk) -> None:
    await desk.provider()
    await desk.agent()
    await desk.games("acme", [{"gameId": 1, "name": "One", "category": "slot"}])
    rows = await desk.conn.fetch("SELECT actor, action, agent_id, subject FROM audit ORDER BY seq")
    assert [tuple(row) for row in rows] == [
        ("test", "provider.create", None, "acme"),
        ("test", "agent.create", 1, "One"),
        ("test", "provider.games.import", None, "acme"),
    ]
    assert await verify_chain(desk.conn) is None
