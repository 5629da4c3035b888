"""One operator's troubles stay its own: breaker, places, and who is told when it is there again."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from client_stage import agent_at, stage_at

from pitboss.domain.seamless.operator_call import Agreed, Declined, NotKnown, NotSent
from pitboss.operators import State
from signed_http import Asked, http, refusal
from wallet_peer import FINE, WalletPeer, telling, then_silent, wallet_peer, writing

DEAD = writing(http(b"", "502 Bad Gateway"))


@pytest.fixture
async def peer() -> AsyncIterator[WalletPeer]:
    async with wallet_peer() as peer:
        yield peer


async def until_asked(peer: WalletPeer, count: int) -> None:
    async with asyncio.timeout(10):
        while len(peer.seen) < count:
            await asyncio.sleep(0.005)


async def test_a_dead_wallet_is_left_alone_until_one_call_is_answered(peer: WalletPeer) -> None:
    async with stage_at(agent_at(peer.url), frozen=True, failures_to_open=3) as stage:
        closed: list[int] = []
        stage.client.when_closed(closed.append)
        peer.answer = DEAD
        for _ in range(3):
            assert await stage.ask() == NotKnown("HTTP 502", 502)
        assert stage.client.states() == {3: State.OPEN}
        assert await stage.ask() == NotSent("the breaker is open")
        assert len(peer.seen) == 3
        stage.time[0] += 1
        assert await stage.ask() == NotKnown("HTTP 502", 502)
        assert await stage.ask() == NotSent("the breaker is open")
        assert len(peer.seen) == 4 and closed == []
        stage.time[0] += 2
        peer.answer = FINE
        assert isinstance(await stage.ask(), Agreed)
        assert stage.client.states() == {3: State.CLOSED} and closed == [3]
        assert [failed.error for _, failed in stage.errors.noted].count("the breaker is open") == 2


async def test_while_one_probes_no_other_goes_out(peer: WalletPeer) -> None:
    async with stage_at(agent_at(peer.url), frozen=True, failures_to_open=1) as stage:
        peer.answer = DEAD
        await stage.ask()
        stage.time[0] += 1
        peer.answer = then_silent()
        probe = asyncio.create_task(stage.ask())
        await until_asked(peer, 2)
        assert await stage.ask() == NotSent("the breaker is open")
        # A probe nobody waits for any more leaves the way free.
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        peer.answer = FINE
        assert isinstance(await stage.ask(), Agreed)


async def test_a_refusal_is_a_sign_of_life(peer: WalletPeer) -> None:
    async with stage_at(agent_at(peer.url), frozen=True, failures_to_open=2) as stage:
        for answer in (DEAD, telling(lambda asked: refusal(asked, "OP_50"))) * 3:
            peer.answer = answer
            await stage.ask()
        assert stage.client.states() == {3: State.CLOSED}


async def test_a_ping_goes_out_whatever_the_breaker_says_and_proves_nothing(peer: WalletPeer) -> None:
    async with stage_at(agent_at(peer.url), frozen=True, failures_to_open=1) as stage:
        peer.answer = DEAD
        await stage.ask()
        peer.answer = writing(http(b"PONG"))
        assert await stage.ask("ping", "{}") == Agreed({})
        assert stage.client.states() == {3: State.OPEN}


async def test_no_more_at_once_than_the_agent_allows_and_the_rest_is_not_sent(peer: WalletPeer) -> None:
    agent = agent_at(peer.url, concurrency=2, connect_timeout_ms=100, timeout_ms=20_000)
    async with stage_at(agent) as stage:
        peer.answer = then_silent()
        under_way = [asyncio.create_task(stage.ask()) for _ in range(2)]
        await until_asked(peer, 2)
        assert await stage.ask() == NotSent("too many calls are under way")
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def test_waiting_for_a_place_is_enough_where_one_comes_free(peer: WalletPeer) -> None:
    async def answer(peer: WalletPeer, asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0)
        await FINE(peer, asked, writer)

    peer.answer = answer
    async with stage_at(agent_at(peer.url, concurrency=2)) as stage:
        answers = await asyncio.gather(*(stage.ask() for _ in range(10)))
        assert [type(answer) for answer in answers] == [Agreed] * 10 and peer.most_at_once <= 2


async def test_those_who_wait_are_bounded(peer: WalletPeer) -> None:
    agent = agent_at(peer.url, concurrency=1, connect_timeout_ms=30_000, timeout_ms=60_000)
    async with stage_at(agent) as stage:
        peer.answer = then_silent()
        tasks = [asyncio.create_task(stage.ask())]
        await until_asked(peer, 1)
        tasks += [asyncio.create_task(stage.ask()) for _ in range(5)]
        # Four may wait; the fifth is told at once.
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        assert [task.result() for task in done] == [NotSent("too many calls are under way")]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_waited_while_the_breaker_opened_is_not_sent(peer: WalletPeer) -> None:
    agent = agent_at(peer.url, concurrency=1, timeout_ms=20_000, connect_timeout_ms=10_000)
    async with stage_at(agent, failures_to_open=1) as stage:
        held = asyncio.Event()

        async def answer(peer: WalletPeer, asked: object, writer: asyncio.StreamWriter) -> None:
            await held.wait()
            writer.write(http(b"", "500 No"))

        peer.answer = answer
        first = asyncio.create_task(stage.ask())
        await until_asked(peer, 1)
        second = asyncio.create_task(stage.ask())
        await asyncio.sleep(0)
        held.set()
        assert await first == NotKnown("HTTP 500", 500)
        assert await second == NotSent("the breaker is open")
        assert len(peer.seen) == 1


async def test_another_limit_counts_from_the_next_call(peer: WalletPeer) -> None:
    async with stage_at(agent_at(peer.url, concurrency=1)) as stage:
        await stage.ask()
        stage.agents[3] = agent_at(peer.url, concurrency=3)
        answers = [asyncio.create_task(stage.ask()) for _ in range(3)]
        peer.answer = then_silent()
        await until_asked(peer, 4)
        for task in answers:
            task.cancel()
        await asyncio.gather(*answers, return_exceptions=True)


async def test_a_dead_operator_slows_no_other(peer: WalletPeer) -> None:
    async with wallet_peer(then_silent()) as dead:
        crowd = agent_at(dead.url, 4, concurrency=300, timeout_ms=20_000)
        async with stage_at(agent_at(peer.url), crowd) as stage:
            hanging = [asyncio.create_task(stage.ask(agent_id=4)) for _ in range(300)]
            await until_asked(dead, 300)
            async with asyncio.timeout(5):
                assert all([isinstance(await stage.ask(), Agreed) for _ in range(20)])
            assert not any(task.done() for task in hanging)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)


async def test_a_wallet_that_declines_is_told_apart(peer: WalletPeer) -> None:
    async with stage_at(agent_at(peer.url)) as stage:
        peer.answer = telling(lambda asked: refusal(asked, "OP_31", "Insufficient funds"))
        assert await stage.ask() == Declined("OP_31", "Insufficient funds")
