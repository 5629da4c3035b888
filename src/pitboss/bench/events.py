"""P6: events per second through HTTP in batches of 1,000, against COPY of the same rows into the same table."""

import asyncio
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx

from pitboss.bench.figure import BenchError, Figure, against
from pitboss.bench.pgbench import analyze
from pitboss.bench.programs import HOST, Hub
from pitboss.bench.stage import Options, database
from pitboss.domain.agents.entry import NewAgent
from pitboss.domain.catalogue.agent import AgentType
from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.outbound import PUBLIC_ONLY
from pitboss.engine.arrivals import Arrivals
from pitboss.storage import migrate
from pitboss.storage.agents import create_agent
from pitboss.storage.database import Connection, Database
from pitboss.storage.events.copying import copy_in, forget, newest_rows, rows_as_text
from pitboss.storage.process import next_process_number
from pitboss.storage.secrets import ensure_master_key, open_box

ROUNDS = 3
BATCH = 1_000
SENDERS = 8
PLAYERS, GAMES, ROUNDS_EACH = 5_000, 100, 2
PEER_AGENT = 2_000_000_000
"""No agent has this id; its rows come and go by COPY."""
_MOST_COPIED = 200_000
_BATCHES_MADE = 50
_MARK = b"@run@"
_UNLIMITED = {"PITBOSS_EVENT_RATE_PER_SECOND": "10000000"}
"""One agent's usual limit, a process, is about what is measured here."""


class _Producer(NamedTuple):
    agent_id: int
    key: str

    def __repr__(self) -> str:
        return f"_Producer({self.agent_id})"


def measure(options: Options) -> Figure:
    """Ours and the peer in turns, ROUNDS times `seconds` each; medians."""
    folder = Path(tempfile.mkdtemp(prefix="pitboss-bench-"))
    try:
        with database(options.database_url, folder) as url:
            producer = asyncio.run(_producer(url, folder))
            with Hub(url, folder, options.workers, _UNLIMITED) as hub:
                address = f"http://{HOST}:{hub.port}/api/v1/events"
                asyncio.run(_Load(address, producer.key).run(1))
                analyze(url)
                rounds = [_round(options, url, address, producer, number) for number in range(ROUNDS)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ours, peers = zip(*rounds, strict=True)
    return against("P6", median(ours), median(peers), "events/s")


def _round(options: Options, url: str, address: str, producer: _Producer, number: int) -> tuple[float, float]:
    ours = asyncio.run(_Load(address, producer.key).run(options.seconds))
    peer = asyncio.run(_copied(url, producer.agent_id, options.seconds))
    options.say(f"round {number + 1}: {ours:,.0f} events/s through HTTP, COPY {peer:,.0f} rows/s")
    return ours, peer


class _Load:
    """SENDERS connections, each sending the next batch when the last one is answered. Batches are made before the clock starts."""

    def __init__(self, address: str, key: str) -> None:
        self._address = address
        self._headers = {"x-api-key": key, "content-type": "application/json"}
        self._bodies = [_body(number).split(_MARK) for number in range(_BATCHES_MADE)]
        self._run = secrets.token_hex(4)
        self._sent = 0

    async def run(self, seconds: float) -> float:
        """Events per second that were answered 204. Raises BenchError for any other answer."""
        async with httpx.AsyncClient(timeout=60) as http:
            began = time.monotonic()
            answered = await asyncio.gather(*(self._send(http, began + seconds) for _ in range(SENDERS)))
            return sum(answered) * BATCH / (time.monotonic() - began)

    async def _send(self, http: httpx.AsyncClient, until: float) -> int:
        answered = 0
        while time.monotonic() < until:
            self._sent += 1
            mark = f"{self._run}-{self._sent}".encode()
            body = mark.join(self._bodies[self._sent % _BATCHES_MADE])
            answer = await http.post(self._address, content=body, headers=self._headers)
            if answer.status_code != 204:
                raise BenchError(f"a batch was answered {answer.status_code}: {answer.text[:200]}")
            answered += 1
        return answered


def _body(number: int) -> bytes:
    return b'{"items": [' + b",".join(_items(number)) + b"]}"


def _items(number: int) -> Iterator[bytes]:
    """Players at their games: a few rounds each, a bet and its win."""
    per_player = 2 * ROUNDS_EACH
    for place in range(BATCH // per_player):
        player = (number * 7_919 + place * 104_729) % PLAYERS
        game = (player * 31 + number) % GAMES
        for turn in range(per_player):
            amount = f"{(place + turn) % 50 + 1}.{(place * 7) % 90 + 10}"
            at = f"2026-01-31T{place % 24:02d}:{turn:02d}:{place % 60:02d}.{place:03d}Z"
            yield (
                f'{{"event": "gameround", "data": {{"unique_id": "@run@-{place:05d}-{turn}", "timestamp": "{at}", '
                f'"player_id": "player-{player:06d}", "game_id": "game-{game:03d}", "round_id": "@run@-{place}-{turn // 2}", '
                f'"amount": {amount}, "currency": "EUR", "is_win": {"true" if turn % 2 else "false"}, "is_bonus": false}}}}'
            ).encode()


async def _copied(url: str, agent_id: int, seconds: float) -> float:
    """Rows per second of COPY in batches of 1,000, each with its commit, on one connection; the rows are taken away again."""
    owner = await Database.open(url, role=None, size=1)
    try:
        async with owner.anyone() as conn:
            rows = await rows_as_text(conn, agent_id, PEER_AGENT, min(_MOST_COPIED, await newest_rows(conn, agent_id)))
            batches = [rows[start : start + BATCH] for start in range(0, len(rows) - BATCH + 1, BATCH)]
            copied, spent = 0, 0.0
            while spent < seconds:
                began = time.monotonic()
                copied += await _copy_all(conn, batches, began + seconds - spent)
                spent += time.monotonic() - began
                await forget(conn, PEER_AGENT)
            return copied * BATCH / spent
    finally:
        await owner.close()


async def _copy_all(conn: Connection, batches: list[list[bytes]], until: float) -> int:
    copied = 0
    for batch in batches:
        await copy_in(conn, batch)
        copied += 1
        if time.monotonic() >= until:
            break
    return copied


async def _producer(url: str, folder: Path) -> _Producer:
    await migrate.upgrade(url)
    owner = await Database.open(url, role=None, size=1)
    try:
        async with owner.anyone() as conn:
            await ensure_master_key(conn, folder)
            box = await open_box(conn, None)
            arrivals = Arrivals(await next_process_number(conn))
            name = f"bench_{secrets.token_hex(4)}"
            new = NewAgent(name=name, type=AgentType.TRANSFER, currencies=(CurrencyWish("EUR"),))
            made = await create_agent(
                conn, box, new, PUBLIC_ONLY, actor="bench", now=datetime.now(UTC), number=arrivals.number
            )
            return _Producer(made.agent_id, made.events_api_key)
    finally:
        await owner.close()
