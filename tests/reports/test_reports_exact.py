"""Roll-ups and what is behind them, at any moment, against figures worked out anew from the ledger."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from agent_stage import Stage
from pitboss.domain.play.decision import Canceled, Refused
from pitboss.domain.reports import quarters as domain
from pitboss.storage.database import Database
from pitboss.storage.play.relay import JournalRelay
from pitboss.storage.reports import quarters
from pitboss.storage.reports.quarters import keep_up
from pitboss.storage.reports.rebuild import rebuild
from reports.reading import expected, moved, rolled_up, told
from torn_writes import TornWrites

START = datetime(2031, 3, 1, 21, 0, tzinfo=UTC)
"""Later than the machine's own time: ids go on."""


class Tables:
    """Players at random games; the clock goes on as it is told to."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.chance = random.Random(seed)
        self.now = START
        self.sessions: list[str] = []
        self.told: list[tuple[str, str, int, str]] = []
        self.number = 0
        stage.hub.engine._clock = lambda: self.now
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        stage.hub.arrivals._unix_ns = lambda: (self.now - epoch) // timedelta(microseconds=1) * 1000

    async def seat(self, names: dict[str, str]) -> None:
        # Deposits are of now too; reports leave them out.
        for name, currency in names.items():
            await self.stage.player(name)
            body = {"username": name, "amount": "1000", "currency": currency}
            assert (await self.stage.call("v1.6/deposit", body))["ok"]
            self.sessions.append(await self.stage.launched(name, currency))
        await self.stage.owner.execute("UPDATE session SET expires_at = '2100-01-01'")

    async def act(self) -> None:
        chance = self.chance
        self.now += timedelta(seconds=chance.choice([0, 1, 20, 400, 1500]))
        if self.told and chance.random() < 0.25:
            token, tx, _, round_ = chance.choice(self.told)
            outcome = await self.stage.play("cancel", token, 0, tx, round_)
            assert isinstance(outcome, Canceled | Refused)
            return
        token = chance.choice(self.sessions)
        self.number += 1
        kind = chance.choice(["bet", "bet", "bet", "win", "refund"])
        tx, round_ = f"t{self.number}", f"r{chance.randrange(self.number // 12 + 1)}"
        amount = chance.choice([0, 10, 10, 25, 100])
        games = self.stage.hub.live.current.games_by_code
        more: dict[str, Any] = {"game": games[chance.choice(["pg_00001", "pg_00002"])]}
        if kind == "win":
            more["reason"] = chance.choice([None, None, "PROMO-FREESPIN", "Jackpot-Mini"])
        if kind == "refund":
            amount = chance.choice([5, 10, 25])
        try:
            await self.stage.play(kind, token, amount, tx, round_, **more)
        except AssertionError:
            # Beyond what the round holds; nothing happened.
            return
        self.told.append((token, tx, amount, round_))


async def played(stage: Stage, seed: int) -> Tables:
    await stage.sql("UPDATE bet_limit SET min_stake = 0")
    tables = Tables(stage, seed)
    await tables.seat({"player0001": "EUR", "player0002": "IDR", "player0003": "THB"})
    return tables


@pytest.mark.parametrize("seed", range(4))
async def test_exact_at_any_moment_whatever_was_rolled_up(
    stage: Stage, worker: Database, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = await played(stage, seed)
    chance = random.Random(seed)
    monkeypatch.setattr(quarters, "_FIRST_LOOK", 2)
    for step in range(220):
        await tables.act()
        monkeypatch.setattr(quarters, "MOST_EVENTS", chance.choice([1, 7, 1000]))
        if chance.random() < 0.2:
            await JournalRelay(worker).move_all()
        if chance.random() < 0.1:
            async with worker.anyone() as conn:
                await keep_up(conn)
        if step % 20 == 0:
            assert await told(stage, 1) == await expected(stage, 1)
    await rolled_up(worker)
    assert await stage.owner.fetchval("SELECT count(*) FROM player_quarter WHERE generation = 0") > 20
    found = await told(stage, 1)
    assert found == await expected(stage, 1)
    assert sum(line["refunds"] for line in found.values()) > 3
    assert await told(stage, 4) == {}
    # The totals that credit is judged by, and the figures of games, are of the same.
    rows = await stage.owner.fetch(
        "SELECT settled * ('1e-' || scale)::numeric FROM revenue JOIN currency ON code = currency"
    )
    assert sum(row[0] for row in rows) == sum(line["base"] for line in found.values())


PLANTED: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a cancel counts when it comes": lambda patch: patch.setattr(domain, "picture", _told_later(domain.picture)),
    "a refund is of no stake": lambda patch: patch.setattr(domain, "_give_back", lambda stakes, refund: None),
    "the round is not looked for": lambda patch: patch.setattr(quarters, "_is_whole", lambda event, round_: True),
    "every stake begins a round": lambda patch: patch.setattr(domain, "_begins_round", lambda event: True),
    "a rate is rounded": lambda patch: patch.setattr(
        domain,
        "_settled",
        lambda amount, rate: Decimal(0) if rate is None else (amount * rate).quantize(Decimal("0.01")),
    ),
}


def _told_later(real: Any) -> Any:
    def picture(whose: Any, round_: Any) -> Any:
        found = real(whose, round_)
        if whose.played.is_cancel and whose.played.version == max(played.version for played in round_):
            now = domain.quarter_of(whose.played.at)
            return {bucket._replace(quarter=now): figures for bucket, figures in found.items()}
        return found

    return picture


@pytest.mark.parametrize("mistake", PLANTED)
async def test_a_planted_mistake_is_found(
    stage: Stage, worker: Database, mistake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = await played(stage, 1)
    monkeypatch.setattr(quarters, "_FIRST_LOOK", 2)
    PLANTED[mistake](monkeypatch)
    for _ in range(220):
        await tables.act()
    await rolled_up(worker)
    assert await told(stage, 1) != await expected(stage, 1)


async def test_a_rebuild_says_the_same_while_play_goes_on_and_nobody_sees_half_of_it(
    stage: Stage, worker: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = await played(stage, 7)
    for _ in range(120):
        await tables.act()
    await rolled_up(worker)
    before = await told(stage, 1)
    assert before == await expected(stage, 1)
    await stage.owner.execute("UPDATE player_quarter SET winnings = winnings + 1")
    spoilt = await told(stage, 1)
    assert spoilt != before
    monkeypatch.setattr("pitboss.storage.reports.rebuild.MOST_EVENTS", 9)
    owner = await Database.open(stage.hub.settings.database_url, None, size=1)
    seen: list[bool] = []

    async def look() -> None:
        while not done.is_set():
            seen.append(await told(stage, 1) in (spoilt, before))

    done = asyncio.Event()
    looking = asyncio.create_task(look())
    async with owner.anyone() as conn:
        await rebuild(conn, 1)
    done.set()
    await looking
    await owner.close()
    assert seen and all(seen)
    assert await told(stage, 1) == before
    for _ in range(30):
        await tables.act()
    await rolled_up(worker)
    assert await told(stage, 1) == await expected(stage, 1) != before
    assert await stage.owner.fetchval("SELECT count(DISTINCT generation) FROM player_quarter") == 1


async def test_a_rebuild_that_died_is_begun_anew(
    stage: Stage, worker: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = await played(stage, 3)
    for _ in range(60):
        await tables.act()
    await moved(worker)
    monkeypatch.setattr("pitboss.storage.reports.rebuild.MOST_EVENTS", 9)
    owner = await Database.open(stage.hub.settings.database_url, None, size=1)

    def die(_: int) -> None:
        raise ConnectionResetError("in the middle")

    async with owner.anyone() as conn:
        with pytest.raises(ConnectionResetError):
            await rebuild(conn, 1, die)
        assert await told(stage, 1) == await expected(stage, 1)
        assert await rebuild(conn, 1) == 1
        assert await told(stage, 1) == await expected(stage, 1)
        await rolled_up(worker)
        assert await told(stage, 1) == await expected(stage, 1)
    await owner.close()


async def test_a_crash_in_the_middle_counts_nothing_twice_and_loses_nothing(
    stage: Stage, worker: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = await played(stage, 5)
    for _ in range(80):
        await tables.act()
    await moved(worker)
    monkeypatch.setattr(quarters, "MOST_EVENTS", 11)
    torn = TornWrites(monkeypatch, quarters, "add_stretch")

    async def turns() -> None:
        for _ in range(40):
            try:
                async with worker.anyone() as conn:
                    await keep_up(conn)
            except ConnectionResetError:
                continue

    await asyncio.gather(turns(), turns(), turns())
    assert torn.calls > 5
    assert await told(stage, 1) == await expected(stage, 1)
