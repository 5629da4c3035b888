"""Open games are told what happened behind their back: by a worker, over real HTTP, whatever the studio does meanwhile."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_stage import Stage, on_stage
from pitboss.providers.pushes import MOST_UNDER_WAY
from pitboss.storage.play.pushes import MOST_AT_ONCE
from pitboss.storage.players.support import block_player, end_sessions
from pitboss.worker import work
from signed_http import Asked
from studio_peer import StudioPeer, studio_peer

MONEY = {"username": "player0001", "currency": "IDR", "amount": "5000"}


@pytest.fixture
def studio() -> Iterator[StudioPeer]:
    with studio_peer("pg secret") as peer:
        peer.answers |= {"endsession": "{}", "balancechanged": "{}"}
        yield peer


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, studio: StudioPeer) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as set_up:
        await set_up.sql("UPDATE provider SET callback_url = $1 WHERE code = 'pg'", studio.url)
        yield set_up


@asynccontextmanager
async def working(stage: Stage) -> AsyncIterator[None]:
    """A worker beside the hub."""
    stop = asyncio.Event()
    task = asyncio.create_task(work(stage.hub.settings, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def eventually(happened: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        value = happened()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        await asyncio.sleep(0.02)
    raise AssertionError("did not happen")


def data_of(command: Asked) -> dict[str, Any]:
    data: dict[str, Any] = command.said["data"]
    return data


async def playing(stage: Stage) -> str:
    """A player with 5000 IDR in an open game; its token."""
    await stage.player()
    assert (await stage.call("v1.6/deposit", MONEY))["ok"]
    return await stage.launched("player0001", "IDR")


async def left(stage: Stage) -> int:
    count: int = await stage.owner.fetchval("SELECT count(*) FROM push")
    return count


async def all_moved(stage: Stage) -> bool:
    moved: bool = await stage.owner.fetchval(
        "SELECT NOT EXISTS (SELECT 1 FROM outbox) AND NOT EXISTS ("
        " SELECT 1 FROM journal_head h LEFT JOIN journal_cursor c ON c.agent_id = h.agent_id AND c.reader = 'balance_pushes'"
        " WHERE h.last_seq > coalesce(c.last_seq, 0))"
    )
    return moved


async def user_of(stage: Stage, token: str) -> str:
    user: str = await stage.owner.fetchval(
        "SELECT w.user_in_game FROM session s JOIN wallet w ON w.id = s.wallet_id WHERE s.token = $1", token
    )
    return user


async def test_a_deposit_and_a_withdrawal_reach_the_open_game(stage: Stage, studio: StudioPeer) -> None:
    token = await playing(stage)
    async with working(stage):
        await quiet(stage)
        studio.seen.clear()
        assert (await stage.call("v1.6/deposit", MONEY))["ok"]
        [told] = await eventually(lambda: studio.of("balancechanged"))
        user = await user_of(stage, token)
        assert data_of(told) == {"user_id": user, "currency_code": "KIDR", "balance": 10}
        assert (await stage.call("v1.6/withdraw", {**MONEY, "amount": "2500.5"}))["ok"]
        last = (await eventually(lambda: studio.of("balancechanged")[1:]))[-1]
        assert data_of(last) == {"user_id": user, "currency_code": "KIDR", "balance": "7.4995"}
        await eventually(lambda: _none_left(stage))


async def _none_left(stage: Stage) -> bool:
    return await left(stage) == 0


async def quiet(stage: Stage) -> None:
    """Until all that has happened so far was read and told."""
    await eventually(lambda: all_moved(stage))
    await eventually(lambda: _none_left(stage))


async def test_bets_and_wins_are_no_news(stage: Stage, studio: StudioPeer) -> None:
    token = await playing(stage)
    async with working(stage):
        await quiet(stage)
        studio.seen.clear()
        await stage.play("bet", token, 1_000, "t1", "r1")
        await stage.play("win", token, 2_000, "t2", "r1")
        await eventually(lambda: all_moved(stage))
        # What comes after them is told, and with it they are known to have been passed over.
        assert (await stage.call("v1.6/deposit", MONEY))["ok"]
        await eventually(lambda: studio.of("balancechanged"))
        assert len(studio.seen) == 1


async def test_who_plays_nothing_is_told_nothing(stage: Stage, studio: StudioPeer) -> None:
    await stage.player()
    async with working(stage):
        assert (await stage.call("v1.6/deposit", MONEY))["ok"]
        await eventually(lambda: all_moved(stage))
    assert await left(stage) == 0
    assert studio.seen == []


async def test_an_ended_session_is_told_with_its_reason(stage: Stage, studio: StudioPeer) -> None:
    token = await playing(stage)
    async with working(stage):
        now = datetime.now(UTC)
        assert await end_sessions(stage.owner, 1, "player0001", "support asks", actor="test", now=now) == 1
        [told] = await eventually(lambda: studio.of("endsession"))
        assert data_of(told) == {"token": token, "reason": "support asks"}
        await eventually(lambda: _none_left(stage))


async def test_a_blocked_players_game_is_stopped_and_its_session_stays(stage: Stage, studio: StudioPeer) -> None:
    token = await playing(stage)
    async with working(stage):
        await block_player(stage.owner, 1, "player0001", True, actor="test", now=datetime.now(UTC))
        [told] = await eventually(lambda: studio.of("endsession"))
        assert data_of(told)["token"] == token
    # A late bet of it is the block's refusal, not an unknown session's.
    assert await stage.owner.fetchval("SELECT ended_at FROM session WHERE token = $1", token) is None


async def test_letting_a_player_in_again_is_no_news(stage: Stage, studio: StudioPeer) -> None:
    await playing(stage)
    await block_player(stage.owner, 1, "player0001", False, actor="test", now=datetime.now(UTC))
    assert await left(stage) == 0


async def test_the_next_launch_ends_the_one_before_where_one_is_allowed(stage: Stage, studio: StudioPeer) -> None:
    first = await playing(stage)
    await stage.sql("UPDATE agent SET one_session = true WHERE id = 1")
    async with working(stage):
        second = await stage.launched("player0001", "IDR")
        [told] = await eventually(lambda: studio.of("endsession"))
        assert data_of(told) == {"token": first, "reason": "another_launch"}
        assert second != first
        await eventually(lambda: _none_left(stage))
        assert len(studio.of("endsession")) == 1


async def test_an_expired_session_is_no_news(stage: Stage, studio: StudioPeer) -> None:
    token = await playing(stage)
    await stage.owner.execute("UPDATE session SET expires_at = $2 WHERE token = $1", token, datetime.now(UTC))
    await end_sessions(stage.owner, 1, "player0001", "r", actor="test", now=datetime.now(UTC) + timedelta(seconds=1))
    assert await left(stage) == 0


async def test_a_studio_that_fails_is_tried_again(stage: Stage, studio: StudioPeer) -> None:
    await playing(stage)
    studio.raw["endsession"] = (500, {}, b"")
    async with working(stage):
        await end_sessions(stage.owner, 1, "player0001", "r", actor="test", now=datetime.now(UTC))
        await eventually(lambda: studio.of("endsession"))
        del studio.raw["endsession"]
        await eventually(lambda: _none_left(stage))
    assert len(studio.of("endsession")) >= 2


async def test_what_is_too_old_is_dropped_untold(stage: Stage, studio: StudioPeer) -> None:
    await playing(stage)
    await end_sessions(stage.owner, 1, "player0001", "r", actor="test", now=datetime.now(UTC))
    await stage.owner.execute(
        "UPDATE push SET since = since - interval '31 seconds', due = due - interval '31 seconds'"
    )
    async with working(stage):
        await eventually(lambda: _none_left(stage))
    assert studio.of("endsession") == []


async def test_a_studio_that_does_not_offer_it_is_asked_once(stage: Stage, studio: StudioPeer) -> None:
    await playing(stage)
    studio.answers.clear()
    async with working(stage):
        await end_sessions(stage.owner, 1, "player0001", "r", actor="test", now=datetime.now(UTC))
        await eventually(lambda: _none_left(stage))
    assert len(studio.seen) == 1


async def test_a_silent_studio_holds_up_neither_the_relay_nor_another_studio(stage: Stage, studio: StudioPeer) -> None:
    token = await playing(stage)
    release = threading.Event()
    with studio_peer() as silent:
        silent.before = lambda name: release.wait(30)
        await stage.sql("UPDATE provider SET callback_url = $1 WHERE code = 'evolution'", silent.url)
        # A hundred sessions at the silent one: more than may be under way at once.
        await stage.owner.execute(
            "INSERT INTO session (agent_id, token, player_id, wallet_id, provider_id, currency, created_at, expires_at)"
            " SELECT s.agent_id, left(s.token, 30) || lpad(n::text, 10, '0'), s.player_id, s.wallet_id, p.id, s.currency,"
            " s.created_at, s.expires_at FROM session s, provider p, generate_series(1, 100) n"
            " WHERE s.token = $1 AND p.code = 'evolution'",
            token,
        )
        try:
            async with working(stage):
                await end_sessions(stage.owner, 1, "player0001", "r", actor="test", now=datetime.now(UTC))
                await eventually(lambda: studio.of("endsession"))
                await eventually(lambda: len(silent.seen) >= 30)
                # All of these are still without an answer; news for others come through nevertheless.
                await stage.player("player0002")
                assert (await stage.call("v1.6/deposit", {**MONEY, "username": "player0002"}))["ok"]
                await stage.launched("player0002", "IDR")
                studio.seen.clear()
                assert (await stage.call("v1.6/deposit", {**MONEY, "username": "player0002"}))["ok"]
                await eventually(lambda: studio.of("balancechanged"))
                await eventually(lambda: all_moved(stage))
                assert not release.is_set()
                assert len(silent.seen) < MOST_UNDER_WAY + MOST_AT_ONCE
                release.set()
        finally:
            release.set()


async def test_what_happened_while_no_worker_ran_is_told_by_the_next_once_each(
    stage: Stage, studio: StudioPeer
) -> None:
    token = await playing(stage)
    for _ in range(5):
        assert (await stage.call("v1.6/deposit", MONEY))["ok"]
    async with working(stage):
        await quiet(stage)
    # Six deposits are one piece of news: the balance as it is.
    told = [data_of(command)["balance"] for command in studio.of("balancechanged")]
    assert told == [30]
    assert token


async def test_two_workers_tell_it_once(stage: Stage, studio: StudioPeer) -> None:
    await playing(stage)
    async with working(stage), working(stage):
        await quiet(stage)
        studio.seen.clear()
        for n in range(10):
            await end_sessions(stage.owner, 1, "player0001", f"r{n}", actor="test", now=datetime.now(UTC))
            await eventually(lambda: _none_left(stage))
            await stage.launched("player0001", "IDR")
    assert [data_of(command)["reason"] for command in studio.of("endsession")] == [f"r{n}" for n in range(10)]


async def test_news_of_one_subject_never_overtake_each_other(stage: Stage, studio: StudioPeer) -> None:
    """While one telling is under way, a newer balance waits for it, and is told then."""
    await playing(stage)
    release = threading.Event()
    async with working(stage):
        await quiet(stage)
        studio.seen.clear()
        studio.before = lambda name: release.wait(20)
        try:
            assert (await stage.call("v1.6/deposit", MONEY))["ok"]
            await eventually(lambda: studio.of("balancechanged"))
            for _ in range(3):
                assert (await stage.call("v1.6/deposit", MONEY))["ok"]
            await eventually(lambda: all_moved(stage))
            assert len(studio.of("balancechanged")) == 1
        finally:
            release.set()
        await quiet(stage)
    assert [data_of(command)["balance"] for command in studio.of("balancechanged")] == [10, 25]
