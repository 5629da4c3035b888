"""What the engine tells when the database, or the way to it, is lost at the worst instant."""

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import pytest
from engines import OPENING, Desk, open_desk
from ledger_checks import audit, balances, differences, move_events

from pitboss.bench.world import World, build_world
from pitboss.domain.play.decision import Accepted, Canceled, Outcome, Refused
from pitboss.domain.refusals import Refusal
from pitboss.storage.embedded import EmbeddedPostgres
from wire import wire_to

SOON = 30
"""Seconds after which a test gives up on an answer that must come; nothing asserts how quick it is."""


async def _rows(database_url: str, tx_id: str) -> list[asyncpg.Record]:
    conn = await asyncpg.connect(database_url)
    try:
        rows: list[asyncpg.Record] = await conn.fetch(
            "SELECT state, is_cancel, told FROM transaction WHERE provider_id > 0 AND provider_tx_id = $1 ORDER BY is_cancel",
            tx_id,
        )
        return rows
    finally:
        await conn.close()


async def _told(desk: Desk, command: object) -> Outcome:
    async with asyncio.timeout(SOON):
        return await desk.engine.submit(command)  # type: ignore[arg-type]


@pytest.mark.parametrize("lost", ["commit", "answer"])
async def test_commit_lost_on_the_wire_happens_once(database_url: str, world: World, lost: str) -> None:
    """Whether the COMMIT or only its answer was lost: the caller gets the first answer, then and for ever."""
    seat = world.seats[0][0]
    async with wire_to(database_url) as (wire, url), open_desk(database_url, world, engine_url=url) as desk:
        assert await _told(desk, desk.bet(seat, "1", 100)) == Accepted(OPENING - 100)
        setattr(wire, f"lose_{lost}", True)
        assert await _told(desk, desk.bet(seat, "2", 30)) == Accepted(OPENING - 130)
        assert wire.cuts == 1
        assert await _told(desk, desk.bet(seat, "3", 1)) == Accepted(OPENING - 131)
        assert await _told(desk, desk.bet(seat, "2", 30)) == Accepted(OPENING - 130)
    assert [tuple(row) for row in await _rows(database_url, "2")] == [("ok", False, OPENING - 130)]
    await move_events(database_url)
    assert await audit(database_url) == []


@pytest.mark.parametrize("lost", ["commit", "answer"])
async def test_commit_of_a_whole_batch_lost_on_the_wire(database_url: str, world: World, lost: str) -> None:
    """Bets, wins, a cancel and deposits of many wallets in one batch: each is told once what became of it."""
    seats = world.seats[0]
    async with wire_to(database_url) as (wire, url), open_desk(database_url, world, engine_url=url) as desk:
        assert await _told(desk, desk.bet(seats[0], "first", 1)) == Accepted(OPENING - 1)
        setattr(wire, f"lose_{lost}", True)
        commands = [
            *(desk.bet(seat, f"b{place}", 10 + place) for place, seat in enumerate(seats)),
            *(desk.win(seat, f"w{place}", 5) for place, seat in enumerate(seats)),
            desk.cancel(seats[0], "first"),
            desk.cancel(seats[1], "never"),
            *(desk.move(seat, f"m{place}", 7, deposit=False) for place, seat in enumerate(seats)),
        ]
        outcomes = await asyncio.gather(*(_told(desk, command) for command in commands))
        assert wire.cuts == 1
    # Their order within the batch may change when each is tried apart, what they do may not.
    assert sum(isinstance(outcome, Accepted) for outcome in outcomes) == 3 * len(seats)
    assert outcomes[2 * len(seats)] == Canceled()
    assert outcomes[2 * len(seats) + 1] == Refused(Refusal.TRANSACTION_UNKNOWN)
    expected = {seat.user_in_game: OPENING - 10 - place + 5 - 7 for place, seat in enumerate(seats)}
    assert differences(expected, await balances(database_url, world)) == []
    assert [row["state"] for row in await _rows(database_url, "never")] == ["tombstone"]
    await move_events(database_url)
    assert await audit(database_url) == []


async def test_commands_settle_after_the_database_was_restarted(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "postgres") as postgres:
        postgres.supervise()
        world = await build_world(postgres.url, tmp_path, agents=1, players=10, balance=OPENING)
        seats = world.seats[0]
        stop = asyncio.Event()
        bets = dict.fromkeys(range(len(seats)), 0)

        async def client(desk: Desk, place: int) -> None:
            while not stop.is_set():
                bets[place] += 1
                outcome = await desk.engine.submit(desk.bet(seats[place], f"{place}-{bets[place]}", 1))
                assert outcome == Accepted(OPENING - bets[place])

        async with open_desk(postgres.url, world, command_timeout=60.0) as desk:
            clients = asyncio.gather(*(client(desk, place) for place in bets))
            for kill in (signal.SIGKILL, signal.SIGQUIT, signal.SIGKILL):
                await _progress(bets, clients)
                assert postgres.pid is not None
                os.kill(postgres.pid, kill)
                await _progress(bets, clients)
            stop.set()
            await clients
        expected = {seat.user_in_game: OPENING - bets[place] for place, seat in enumerate(seats)}
        assert differences(expected, await balances(postgres.url, world)) == []
        await move_events(postgres.url)
        assert await audit(postgres.url) == []


async def _progress(bets: dict[int, int], clients: "asyncio.Future[list[None]]") -> None:
    """Every client has settled ten more."""
    goal = {place: count + 10 for place, count in bets.items()}
    async with asyncio.timeout(60):
        while any(bets[place] < count for place, count in goal.items()):
            assert not clients.done(), clients.exception()
            await asyncio.sleep(0.01)


async def test_command_while_the_database_is_away_is_surely_not_stored(database_url: str, world: World) -> None:
    seat = world.seats[0][0]
    async with (
        wire_to(database_url) as (wire, url),
        open_desk(database_url, world, engine_url=url, command_timeout=0.5) as desk,
    ):
        assert await _until_accepted(desk, desk.bet(seat, "1", 1)) == Accepted(OPENING - 1)
        wire.go_away()
        outcomes = await asyncio.gather(*(_told(desk, desk.bet(seat, f"away-{number}", 1)) for number in range(20)))
        assert set(outcomes) == {Refused(Refusal.OVERLOADED)}
        wire.come_back()
        assert await _until_accepted(desk, desk.bet(seat, "2", 1)) == Accepted(OPENING - 2)
    for number in range(20):
        assert await _rows(database_url, f"away-{number}") == []


async def test_command_whose_commit_got_no_answer_is_unknown(database_url: str, world: World) -> None:
    """The COMMIT went out and the database is gone: only the same id can tell, later."""
    seat = world.seats[0][0]
    async with (
        wire_to(database_url) as (wire, url),
        open_desk(database_url, world, engine_url=url, command_timeout=0.5) as desk,
    ):
        assert await _until_accepted(desk, desk.bet(seat, "1", 1)) == Accepted(OPENING - 1)
        wire.lose_answer = True
        under_way = asyncio.create_task(_told(desk, desk.bet(seat, "2", 10)))
        while not wire.cuts:
            await asyncio.sleep(0)
        wire.go_away()
        assert await under_way == Refused(Refusal.OUTCOME_UNKNOWN)
        wire.come_back()
        assert await _until_accepted(desk, desk.bet(seat, "2", 10)) == Accepted(OPENING - 11)
    assert [tuple(row) for row in await _rows(database_url, "2")] == [("ok", False, OPENING - 11)]


async def test_silent_database_delays_nobody_for_ever(database_url: str, world: World) -> None:
    """Nothing answers and nothing breaks: what is under way becomes unknown, what waits behind it was surely not stored.

    The engine has pipelines: of the players behind, those of another pipeline are under way themselves.
    """
    seats = world.seats[0]
    async with (
        wire_to(database_url) as (wire, url),
        open_desk(database_url, world, engine_url=url, command_timeout=0.5) as desk,
    ):
        assert await _until_accepted(desk, desk.bet(seats[0], "1", 1)) == Accepted(OPENING - 1)
        wire.be_silent()
        first = asyncio.create_task(_told(desk, desk.bet(seats[0], "2", 1)))
        await asyncio.sleep(0.05)
        behind = [asyncio.create_task(_told(desk, desk.bet(seat, f"behind-{seat.token}", 1))) for seat in seats]
        async with asyncio.timeout(10):
            assert await first == Refused(Refusal.OUTCOME_UNKNOWN)
            told = await asyncio.gather(*behind)
        assert set(told) <= {Refused(Refusal.OVERLOADED), Refused(Refusal.OUTCOME_UNKNOWN)}
        # The first one's own next bet is behind it in any case.
        assert told[0] == Refused(Refusal.OVERLOADED)
        wire.be_silent(False)
        wire.cut_all()
        outcome = await _until_accepted(desk, desk.bet(seats[0], "2", 1))
        assert outcome == Accepted(OPENING - 2)
    for seat, outcome in zip(seats, told, strict=True):
        if outcome == Refused(Refusal.OVERLOADED):
            assert await _rows(database_url, f"behind-{seat.token}") == []


async def _until_accepted(desk: Desk, command: object) -> Outcome:
    """The same id, until it is known: half a second may be too short for a busy machine."""
    async with asyncio.timeout(SOON):
        while True:
            outcome = await desk.engine.submit(command)  # type: ignore[arg-type]
            if outcome not in (Refused(Refusal.OVERLOADED), Refused(Refusal.OUTCOME_UNKNOWN)):
                return outcome
