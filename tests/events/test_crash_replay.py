"""Recorded play goes in twice, in shuffled batches from eight senders, while the hub is killed again and again; then all the hub
learned equals what DuckDB finds in the file, exactly.

The sample ships with the project. The whole file it was taken from is used as well where it lies beside the clone
(`*/data/crash_bets_2016.csv.gz`), or wherever PITBOSS_TEST_CRASH_DATA says: any file of its form, .csv or .csv.gz.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from agent_stage import Stage
from event_producer import Producer
from pitboss.replay.crash import Item, read_crash
from pitboss.replay.sender import Target, send_all
from running_sandbox import wait_until
from storage.admin_stage import open_desk
from supervised import Supervised, supervised_hub

SAMPLE = Path(__file__).parents[1] / "data" / "crash_bets_sample.csv"
BESIDE = Path(__file__).parents[3]
KILLS = 6
SENDERS_EACH = 4

FIGURES = """
WITH bets AS (
  SELECT player, bet::DECIMAL(38, 2) AS bet, cashed_out IS NOT NULL AS won, bet::DECIMAL(38, 2) + profit::DECIMAL(38, 2) AS back
  FROM read_csv(?, all_varchar = true)
)
SELECT player, count(*), sum(bet), count(*) FILTER (won), coalesce(sum(back) FILTER (won), 0)
FROM bets GROUP BY GROUPING SETS ((player), ())
"""


def files() -> Iterator[Path]:
    yield SAMPLE
    named = os.environ.get("PITBOSS_TEST_CRASH_DATA")
    whole = Path(named) if named else next(BESIDE.glob("*/data/crash_bets_2016.csv.gz"), None)
    if whole:
        yield whole


class Expected:
    """What DuckDB finds: (bets, turnover, wins, winnings) of each player, and of all."""

    def __init__(self, file: Path) -> None:
        self.players: dict[str, tuple[int, Decimal, int, Decimal]] = {}
        for player, *figures in duckdb.execute(FIGURES, [str(file)]).fetchall():
            if player is None:
                self.total = tuple(figures)
            else:
                self.players[f"crash-{player}"] = (figures[0], figures[1], figures[2], figures[3])


def told(line: dict[str, Any]) -> tuple[int, Decimal, int, Decimal]:
    assert Decimal(line["ggr"]) == Decimal(line["turnover"]) - Decimal(line["winnings"])
    return line["bets"], Decimal(line["turnover"]), line["wins"], Decimal(line["winnings"])


class Assassin:
    """Kills one hub after the other as the sending goes on, so that every run meets the same number of deaths."""

    def __init__(self, victims: list[Supervised], events: int) -> None:
        self._victims = victims
        self._every = events // (KILLS + 1)
        self._sent = 0
        self.kills = 0

    def sent(self, events: int) -> None:
        self._sent += events
        if self._sent >= self._every * (self.kills + 1) and self.kills < KILLS:
            self._victims[self.kills % len(self._victims)].program.kill()
            self.kills += 1


@asynccontextmanager
async def two_hubs(database_url: str, folder: Path) -> AsyncIterator[tuple[list[int], list[Supervised], str]]:
    async with open_desk(database_url, folder) as desk:
        key = (await desk.agent("Replay")).events_api_key
    async with supervised_hub(database_url, folder, 2) as (ports, programs):
        yield ports, programs[:2], key


def shuffled(items: list[Item], seed: int) -> list[Item]:
    return random.Random(seed).sample(items, len(items))


@pytest.mark.parametrize("file", list(files()), ids=lambda file: file.name)
async def test_the_figures_are_those_of_the_file(database_url: str, tmp_path: Path, file: Path) -> None:
    items = list(read_crash(file, "EUR"))
    batch = 40 if file == SAMPLE else 500
    async with two_hubs(database_url, tmp_path) as (ports, hubs, key):
        assassin = Assassin(hubs, 2 * len(items))
        targets = [Target(f"http://127.0.0.1:{port}", key, attempts=60) for port in ports]
        sent = await asyncio.gather(
            *(
                send_all(target, shuffled(items, seed), batch=batch, senders=SENDERS_EACH, sent=assassin.sent)
                for seed, target in enumerate(targets)
            )
        )
        assert sent == [len(items)] * 2
        assert assassin.kills == KILLS
        # Once more as a whole: nothing is new.
        await send_all(targets[0], items, batch=10_000, senders=1, sent=lambda _: None)
        async with httpx.AsyncClient(base_url=targets[0].url, timeout=60) as http:
            await compare(Producer(http, key), Expected(file), items)


async def compare(one: Producer, expected: Expected, items: list[Item]) -> None:
    game = (await one.get("/api/v1/insights/games/crash")).json()
    [line] = game["figures"]
    assert told(line) == expected.total
    assert game["players"] == line["players"] == len(expected.players)
    assert game["profile"]["name"] == "Crash"
    for player, figures in expected.players.items():
        answer = (await one.get(f"/api/v1/insights/players/{player}")).json()
        assert [told(line) for line in answer["figures"]] == [figures], player
        assert answer["favourite_games"][0]["bets"] == figures[0]
    seen: list[str] = []
    after = "0"
    while True:
        page = (await one.get("/api/v1/events", after=after, limit=10_000)).json()
        seen.extend(event["data"]["unique_id"] for event in page["items"])
        after = page["next"]
        if not page["more"]:
            break
    assert sorted(seen) == sorted(item.unique_id for item in items)


async def test_what_was_answered_204_survives_a_kill_right_after(database_url: str, tmp_path: Path) -> None:
    items = list(read_crash(SAMPLE, "EUR"))[: 5 * 400]
    async with open_desk(database_url, tmp_path) as desk:
        key = (await desk.agent("Replay")).events_api_key
    async with supervised_hub(database_url, tmp_path, 1) as (ports, programs):
        target = Target(f"http://127.0.0.1:{ports[0]}", key, attempts=60)
        for start in range(0, len(items), 400):
            # Sent once, and nothing else follows that could make up for it.
            await send_all(
                target, items[start : start + 400], batch=400, senders=1, sent=lambda _: programs[0].program.kill()
            )
        stored = await asyncio.to_thread(wait_for_events, target.url, key)
    assert stored == [item.unique_id for item in items]


def wait_for_events(url: str, key: str) -> list[str]:
    def read() -> Any:
        answer = httpx.get(f"{url}/api/v1/events", params={"limit": 10_000}, headers={"x-api-key": key}, timeout=60)
        return answer.json()["items"] if answer.status_code == 200 else None

    return [event["data"]["unique_id"] for event in wait_until(read, seconds=60)]


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pitboss", "events", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


async def test_the_command_sends_a_file(stage: Stage, one: Producer, tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(one.key + "\n")
    where = ["--url", str(stage.http.base_url), "--api-key-file", str(key_file)]
    for _ in range(2):
        done = await asyncio.to_thread(run, "import", "crash", str(SAMPLE), *where)
        assert done.returncode == 0, done.stderr
        assert one.key not in done.stdout + done.stderr
    await compare(one, Expected(SAMPLE), list(read_crash(SAMPLE, "EUR")))


async def test_the_command_says_in_one_line_what_is_wrong(stage: Stage, one: Producer, tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(one.key)
    where = ["--url", str(stage.http.base_url), "--api-key-file", str(key_file)]
    broken, stranger = tmp_path / "broken.csv", tmp_path / "stranger.csv"
    broken.write_text(SAMPLE.read_text().replace("854,3294811,1,100,", "854,3294811,1,a lot,"))
    stranger.write_text("a,b\n1,2\n")
    wrong_key = tmp_path / "wrong"
    wrong_key.write_text("nonsense")
    for arguments in (
        ["import", "crash", str(broken), *where],
        ["import", "crash", str(stranger), *where],
        ["import", "crash", str(tmp_path / "none.csv"), *where],
        ["import", "crash", str(SAMPLE), *where[:3], str(tmp_path / "none")],
        ["import", "crash", str(SAMPLE), *where[:3], str(wrong_key)],
        ["import", "crash", str(SAMPLE), *where, "--currency", "EURO"],
    ):
        done = await asyncio.to_thread(run, *arguments)
        assert done.returncode == 1, arguments
        assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("pitboss: "), done.stderr
    assert (await one.get("/api/v1/events")).json()["items"] == []


def test_events_of_a_line_are_what_the_line_says(tmp_path: Path) -> None:
    file = tmp_path / "two.csv"
    file.write_text(
        "bet_id,game_id,player,bet,cashed_out,profit,busted_at,played_at\n"
        "4336,3294827,6,4,1.1,0.53,1.63,2016-10-31T15:43:54Z\n"
        "1149,3294812,2,3,,,1.35,2016-10-31T15:38:55Z\n"
    )
    game, bet, win, lost = (json.loads(item.text, parse_float=str) for item in read_crash(file, "EUR"))
    assert (game["event"], game["data"]["game_id"]) == ("game", "crash")
    assert (bet["data"]["amount"], bet["data"]["is_win"], bet["data"]["round_id"]) == (4, False, "3294827")
    assert (win["data"]["amount"], win["data"]["is_win"], win["data"]["player_id"]) == ("4.53", True, "crash-6")
    assert (lost["data"]["amount"], lost["data"]["unique_id"]) == (3, "crash-1149-bet")
