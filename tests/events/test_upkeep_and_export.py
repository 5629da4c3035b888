"""The store over time: months, retention, forgotten keys; and everything out again as a file."""

import asyncio
import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import asyncpg
import duckdb

from agent_stage import Stage
from event_producer import Producer, bet, deposit, item, win
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.events.upkeep import MOST_ROWS, tidy

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


async def months(stage: Stage) -> list[str]:
    rows = await stage.owner.fetch(
        "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relname LIKE 'event_2%' ORDER BY 1"
    )
    return [row[0] for row in rows]


async def received(stage: Stage, agent_id: int, name: str, at: datetime) -> None:
    """An event as if it had been received then."""
    await stage.owner.execute("SELECT event_partition($1)", at.date())
    seq = await stage.owner.fetchval(
        "INSERT INTO event_head (agent_id, last_seq) VALUES ($1, 1)"
        " ON CONFLICT (agent_id) DO UPDATE SET last_seq = event_head.last_seq + 1 RETURNING last_seq",
        agent_id,
    )
    await stage.owner.execute(
        "INSERT INTO event (agent_id, seq, received_at, at, kind, unique_id, player_id) VALUES ($1, $2, $3, $3, 'login', $4, 'p')",
        agent_id, seq, at, name,
    )  # fmt: skip
    await stage.owner.execute("INSERT INTO event_key VALUES ($1, $2, 0, $3)", agent_id, name, at)


async def tidied(stage: Stage, now: datetime) -> None:
    database = await Database.open(stage.hub.settings.database_url, WORKER_ROLE, size=2)
    try:
        while await tidy(database, now):
            pass
    finally:
        await database.close()


async def kept(stage: Stage, table: str = "event") -> list[str]:
    return [row[0] for row in await stage.owner.fetch(f"SELECT unique_id FROM {table} ORDER BY agent_id, received_at")]


def run(stage: Stage, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PITBOSS_DATABASE_URL": stage.hub.settings.database_url}
    command = [sys.executable, "-m", "pitboss", "events", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


async def test_months_are_made_ahead_also_by_two_at_once(stage: Stage) -> None:
    await asyncio.gather(*(tidied(stage, datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) for _ in range(4)))
    assert await months(stage) == ["event_2026_12", "event_2027_01"]


async def test_a_batch_makes_its_month_when_nobody_did(stage: Stage, one: Producer) -> None:
    assert await months(stage) == []
    before = datetime.now(UTC)
    await asyncio.gather(*(one.must(bet(str(number))) for number in range(8)))
    # One, but for a batch of the next month's first moment.
    assert {f"event_{at:%Y_%m}" for at in (before, datetime.now(UTC))} >= set(made := await months(stage)) and made


async def test_what_one_keeps_stays_and_what_nobody_keeps_goes_by_the_month(stage: Stage) -> None:
    one, other = stage.one.agent_id, stage.other.agent_id
    for agent_id in (one, other):
        for days in (200, 100, 40, 1):
            await received(stage, agent_id, f"{agent_id}-{days}", NOW - timedelta(days=days))
    await tidied(stage, NOW)
    assert len(await kept(stage)) == 8
    done = await asyncio.to_thread(run, stage, "retention", "--agent", str(one), "--days", "30")
    assert done.returncode == 0, done.stderr
    await tidied(stage, NOW)
    assert await kept(stage) == [f"{one}-1", *(f"{other}-{days}" for days in (200, 100, 40, 1))]
    assert "event_2025_11" in await months(stage)
    await asyncio.to_thread(run, stage, "retention", "--agent", str(other), "--days", "150")
    await tidied(stage, NOW)
    assert await kept(stage) == [f"{one}-1", *(f"{other}-{days}" for days in (100, 40, 1))]
    assert "event_2025_11" not in await months(stage)
    assert await stage.owner.fetchval("SELECT count(*) FROM audit WHERE action = 'events.retention'") == 2
    assert (await asyncio.to_thread(run, stage, "retention", "--agent", "4711")).returncode == 1


async def test_many_rows_go_in_pieces(stage: Stage) -> None:
    agent_id = stage.one.agent_id
    await received(stage, agent_id, "first", NOW - timedelta(days=40))
    await stage.owner.execute(
        "INSERT INTO event (agent_id, seq, received_at, at, kind, unique_id, player_id)"
        " SELECT $1, 1 + n, $2, $2, 'login', 'x' || n, 'p' FROM generate_series(1, $3) AS n",
        agent_id, NOW - timedelta(days=40), 2 * MOST_ROWS,
    )  # fmt: skip
    await stage.owner.execute("UPDATE event_head SET keep_days = 30, last_seq = 100000")
    await received(stage, agent_id, "young", NOW)
    await received(stage, stage.other.agent_id, "theirs", NOW - timedelta(days=40))
    await tidied(stage, NOW)
    assert await kept(stage) == ["young", "theirs"]


async def test_keys_are_remembered_for_ninety_days_at_least(stage: Stage) -> None:
    for days in (95, 91, 1):
        await received(stage, stage.one.agent_id, f"{days}", NOW - timedelta(days=days))
    await tidied(stage, NOW)
    assert await kept(stage, "event_key") == ["91", "1"]


async def test_a_month_that_is_not_over_cannot_be_dropped(stage: Stage, one: Producer) -> None:
    await one.must(bet("x"))
    database = await Database.open(stage.hub.settings.database_url, WORKER_ROLE, size=1)
    try:
        async with database.anyone() as conn:
            for statement in ("SELECT event_partition_drop(now()::date)", "SELECT event_partition('1999-01-01')"):
                try:
                    await conn.execute(statement)
                except asyncpg.RaiseError:
                    continue
                raise AssertionError(statement)
    finally:
        await database.close()
    assert await kept(stage) == ["x"]


async def test_everything_comes_out_as_a_file(stage: Stage, one: Producer, other: Producer, tmp_path: Path) -> None:
    odd = 'comma, "quote"\nline; ünï 🎰'
    await one.must(
        bet("b1", 0.1, round_id=odd), win("w1", 123456789012345.67, corrects="b1"),
        deposit("d1", 5, amount_eur=0.000000000000000001),
        item("player", "p1", player_id="ann", username=odd, tags=["", "null"], country=None), item("login", "l1", player_id="NULL"),
    )  # fmt: skip
    await one.must(*(bet(f"n{number}", 1) for number in range(2_000)))
    await other.must(bet("theirs"))
    files = [tmp_path / "events.parquet", tmp_path / "events.csv"]
    for file in files:
        done = await asyncio.to_thread(run, stage, "export", "--agent", str(stage.one.agent_id), "--to", str(file))
        assert done.returncode == 0, done.stderr
    assert sorted(tmp_path / name for name in os.listdir(tmp_path) if "events" in name) == sorted(files)
    # Times with an offset ask for one more library when they come to Python; as text they say as much.
    text = 'CAST("at" AS VARCHAR) AS "at", CAST(received_at AS VARCHAR) AS received_at'
    read = duckdb.sql(f"SELECT * REPLACE ({text}) FROM '{files[0]}' ORDER BY seq")
    table = [dict(zip(read.columns, row, strict=True)) for row in read.fetchall()]
    assert len(table) == 2_005
    assert [row["seq"] for row in table] == list(range(1, 2_006))
    assert (table[0]["amount"], table[0]["round_id"], table[0]["is_win"], table[0]["method"]) == (
        Decimal("0.1"),
        odd,
        False,
        None,
    )
    assert (table[1]["amount"], table[1]["corrects"]) == (Decimal("123456789012345.67"), "b1")
    assert table[2]["amount_eur"] == Decimal("0.000000000000000001")
    assert json.loads(table[3]["changes"]) == {"username": odd, "tags": ["", "null"], "country": None}
    assert (table[4]["player_id"], table[4]["amount"]) == ("NULL", None)
    with files[1].open(newline="") as lines:
        told = list(csv.DictReader(lines))
    assert [row["unique_id"] for row in told] == [row["unique_id"] for row in table]
    assert (told[0]["amount"], told[0]["round_id"]) == ("0.1", odd)


async def test_the_largest_events_come_out_as_a_file(stage: Stage, one: Producer, tmp_path: Path) -> None:
    values = ['"' * 990 + str(number) for number in range(1_000)]
    await one.must(item("game", "large", game_id="g", categories=values, features=values, themes=values), bet("small"))
    file = tmp_path / "events.parquet"
    done = await asyncio.to_thread(run, stage, "export", "--agent", str(stage.one.agent_id), "--to", str(file))
    assert done.returncode == 0, done.stderr
    rows = duckdb.sql(f"SELECT unique_id, changes FROM '{file}' ORDER BY seq").fetchall()
    assert [row[0] for row in rows] == ["large", "small"]
    assert json.loads(rows[0][1]) == {"categories": values, "features": values, "themes": values}


async def test_export_says_in_one_line_what_it_cannot_do(stage: Stage, one: Producer, tmp_path: Path) -> None:
    agent = ["export", "--agent", str(stage.one.agent_id), "--to"]
    empty = tmp_path / "empty.parquet"
    assert (await asyncio.to_thread(run, stage, *agent, str(empty))).returncode == 0
    assert duckdb.sql(f"SELECT count(*) FROM '{empty}'").fetchall() == [(0,)]
    for target in ("events.xlsx", str(tmp_path / "none" / "events.csv")):
        done = await asyncio.to_thread(run, stage, *agent, target)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    nobody = tmp_path / "nobody.csv"
    done = await asyncio.to_thread(run, stage, "export", "--agent", "77777", "--to", str(nobody))
    assert (done.returncode, done.stderr, nobody.exists()) == (1, "pitboss: agent: there is no agent 77777\n", False)
    done = await asyncio.to_thread(run, stage, *agent, str(nobody), "--after", "9" * 30)
    assert (done.returncode, "--after" in done.stderr, nobody.exists()) == (2, True, False)
