"""Figures of games over a real database: exact whatever crashes, rebuildable, and shown with a flag where a game looks broken."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from agent_stage import Stage, on_stage
from figures.slot_day import STAKE, rounds
from pitboss.domain.catalogue import Catalogue
from pitboss.engine.game_figures import FigureKeeper
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.play.relay import JournalRelay
from pitboss.storage.reports import game_figures
from pitboss.storage.reports.game_figures import GameFigure, close_idle, keep_up, read_figures, rebuild
from pitboss_studio.games.slot import rules
from torn_writes import TornWrites


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as set_up:
        yield set_up


@pytest.fixture
async def worker(stage: Stage, database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url, WORKER_ROLE, size=4)
    yield database
    await database.close()


async def opened(stage: Stage, username: str, currency: str = "EUR", **more: Any) -> str:
    await stage.player(username, **more)
    body = {"username": username, "amount": "10000", "currency": currency}
    assert (await stage.call("v1.6/deposit", body, **more))["ok"]
    return await stage.launched(username, currency, **more)


async def moved(worker: Database) -> None:
    """Until the journals hold everything."""
    while await JournalRelay(worker).move_all():
        pass


async def counted(worker: Database) -> list[GameFigure]:
    """Everything that happened, counted."""
    await moved(worker)
    async with worker.anyone() as conn:
        while await keep_up(conn):
            pass
        return await read_figures(conn, None)


async def played_by_rounds(stage: Stage) -> dict[tuple[int, int, str], tuple[int, ...]]:
    """The same from the table of rounds, which the engine keeps: independent of the journal."""
    rows = await stage.owner.fetch(
        "SELECT r.agent_id, r.game_id, w.currency, count(*) FILTER (WHERE staked > returned), sum(staked - returned), sum(won),"
        " sum((staked - returned)::numeric ^ 2), sum(won::numeric ^ 2), sum((staked - returned)::numeric * won)"
        " FROM round r JOIN wallet w ON w.agent_id = r.agent_id AND w.id = r.wallet_id WHERE finished GROUP BY 1, 2, 3"
    )
    return {tuple(row[:3]): tuple(int(value) for value in row[3:]) for row in rows}


def told(figures: list[GameFigure]) -> dict[tuple[int, int, str], tuple[int, ...]]:
    return {figure[:3]: tuple(figure[3:9]) for figure in figures}


async def some_play(stage: Stage) -> None:
    one = await opened(stage, "player0001")
    idr = await opened(stage, "player0002", "IDR")
    other = await opened(stage, "player0001", agent=stage.other)
    for n in range(30):
        await stage.play("bet", one, 100 + n, f"a{n}", f"r{n}")
        if n % 3 == 0:
            await stage.play("refund", one, 50, f"f{n}", f"r{n}")
        if n % 5 == 0:
            await stage.play("bet", one, 17, f"c{n}", f"r{n}")
            await stage.play("cancel", one, 0, f"c{n}", f"r{n}")
        await stage.play("win", one, 31 * n % 400, f"b{n}", f"r{n}")
        await stage.play("win", one, 0, f"e{n}", f"r{n}")
    for n in range(10):
        await stage.play("bet", idr, 1_000_00, f"i{n}", f"i{n}")
        await stage.play("win", idr, 0, f"j{n}", f"i{n}")
        await stage.play("bet", other, 10, f"o{n}", f"o{n}", agent=stage.other)
        await stage.play("win", other, 0, f"p{n}", f"o{n}", agent=stage.other)


async def test_figures_are_what_the_rounds_say(stage: Stage, worker: Database) -> None:
    await some_play(stage)
    figures = await counted(worker)
    expected = await played_by_rounds(stage)
    assert len(expected) == 3
    assert told(figures) == expected
    # Again, with nothing new: nothing is counted twice.
    assert await counted(worker) == figures


async def test_a_crash_in_the_middle_counts_nothing_twice_and_loses_nothing(
    stage: Stage, worker: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_play(stage)
    await moved(worker)
    monkeypatch.setattr(game_figures, "MOST_EVENTS", 17)
    torn = TornWrites(monkeypatch, game_figures, "_store")
    for _ in range(200):
        try:
            async with worker.anyone() as conn:
                if not await keep_up(conn):
                    break
        except ConnectionResetError:
            continue
    assert torn.calls > 10
    async with worker.anyone() as conn:
        assert told(await read_figures(conn, None)) == await played_by_rounds(stage)


async def test_workers_side_by_side_count_everything_once(
    stage: Stage, worker: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_play(stage)
    await moved(worker)
    monkeypatch.setattr(game_figures, "MOST_EVENTS", 5)

    async def turns() -> None:
        for _ in range(60):
            async with worker.anyone() as conn:
                await keep_up(conn)

    await asyncio.gather(turns(), turns(), turns())
    assert told(await counted(worker)) == await played_by_rounds(stage)


async def test_what_a_rebuild_counts_is_the_same(stage: Stage, worker: Database) -> None:
    await some_play(stage)
    before = await counted(worker)
    await stage.owner.execute("UPDATE game_figure SET won = won + 1")
    assert await counted(worker) != before
    await rebuild(stage.owner)
    assert await counted(worker) == before


async def test_a_round_nobody_ends_counts_after_a_day(stage: Stage, worker: Database) -> None:
    token = await opened(stage, "player0001")
    await stage.play("bet", token, 500, "a", "r")
    assert await counted(worker) == []
    async with worker.anyone() as conn:
        await close_idle(conn, datetime.now(UTC) - timedelta(days=1))
        assert await read_figures(conn, None) == []
        await close_idle(conn, datetime.now(UTC) + timedelta(seconds=1))
        [figure] = await read_figures(conn, None)
    assert (figure.rounds, figure.staked, figure.won) == (1, 500, 0)
    assert await counted(worker) == [figure]


async def play_slot(stage: Stage, reels: tuple[str, ...], seed: int, count: int) -> None:
    """Rounds of a euro through the engine."""
    token = await opened(stage, "player0001")
    # As a table is watched, not a purse: nobody runs dry here.
    for n in range(5):
        body = {"username": "player0001", "amount": "10000", "currency": "EUR", "requestId": f"more{n}"}
        assert (await stage.call("v1.6/deposit", body))["ok"]
    line_bet = 100 // STAKE

    async def one(n: int, pays: int) -> None:
        await stage.play("bet", token, 100, f"{seed}a{n}", f"{seed}r{n}")
        await stage.play("win", token, pays * line_bet, f"{seed}b{n}", f"{seed}r{n}")
        await stage.play("win", token, 0, f"{seed}c{n}", f"{seed}r{n}")

    for start in range(0, count, 100):
        outcomes = enumerate(islice(rounds(reels, seed + start), 100), start)
        for n, pays in outcomes:
            await one(n, pays)


async def rtp_of(stage: Stage, database_url: str, *arguments: str) -> list[dict[str, Any]]:
    program = Path(os.sys.executable).with_name("pitboss")  # type: ignore[attr-defined]
    process = await asyncio.create_subprocess_exec(
        str(program), "game", "rtp", "--json", *arguments, env=os.environ | {"PITBOSS_DATABASE_URL": database_url},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0
    lines: list[dict[str, Any]] = json.loads(out)
    return lines


async def test_a_broken_game_is_flagged_in_the_log_and_on_the_command_line(
    stage: Stage, worker: Database, database_url: str
) -> None:
    # The second reel shows nothing but wilds.
    reels = (rules.REELS[0], rules.WILD * 30, *rules.REELS[2:])
    await play_slot(stage, reels, 1, 1_500)
    [figure] = await counted(worker)

    async def catalogue() -> Catalogue:
        return stage.hub.live.current

    keeper = FigureKeeper(worker, catalogue, lambda: datetime.now(UTC))
    with capture_logs() as logs:
        await keeper.watch()
        await keeper.watch()
    flagged = [log for log in logs if log["event"] == "game_rtp_flagged"]
    # Once for everybody's players and once for the agent's, not at every look.
    assert [(log["game"], log["agent_id"], log["verdict"]) for log in flagged] == [
        ("pg_00001", None, "too_high"),
        ("pg_00001", 1, "too_high"),
    ]
    for arguments in ((), ("--agent", "1")):
        [line] = await rtp_of(stage, database_url, *arguments)
        assert (line["game"], line["verdict"], line["theoretical"]) == ("pg_00001", "too_high", "97.35")
        assert line["rounds"] == 1_500 and line["currency"] == "EUR"
        assert line["turnover"] == str(figure.staked // 100)
        assert float(line["actual"]) > float(line["high"])
    assert await rtp_of(stage, database_url, "--agent", "4") == []


async def test_a_fair_game_is_not_flagged(stage: Stage, worker: Database, database_url: str) -> None:
    await play_slot(stage, rules.REELS, 5, 1_500)
    await counted(worker)
    [line] = await rtp_of(stage, database_url)
    assert line["verdict"] == "ok"
