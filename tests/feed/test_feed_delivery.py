"""What each answer of a consumer leads to, that nothing is lost or set aside wrongly, and that no two workers double up."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from feed_stage import NAME, FeedStage
from scripted_consumer import Answer, Item, said
from structlog.testing import capture_logs

from event_producer import Producer, deposit, item, win
from pitboss.domain.invalid import Invalid
from pitboss.domain.outbound import PUBLIC_ONLY, Reach
from pitboss.feed import delivery
from pitboss.feed.consumer import retry_after_seconds
from pitboss.storage.feeds import administration
from pitboss.storage.feeds.leases import feed_figures

A_HUNDRED = [f"e{n:03}" for n in range(100)]


async def test_all_events_arrive_as_they_were_sent_in_order_and_once(feed: FeedStage) -> None:
    producer = Producer(feed.stage.http, feed.stage.one.events_api_key)
    sent = [
        win("w", 2.5, is_bonus=True, corrects="x"),
        deposit("d", 20, amount_eur=1.25),
        item("player", "p", player_id="ann", country="DE", tags=["a"], gender=None),
        item("game", "g", game_id="crash", name="Crash"),
        item("login", "l", player_id="ann"),
    ]
    await producer.must(*sent)
    await feed.add()
    await feed.deliver()
    [batch] = feed.consumer.batches
    assert batch.packed
    assert batch.items == sent
    await feed.deliver()
    await feed.receive("later")
    await feed.deliver()
    assert feed.consumer.accepted == ["w", "d", "p", "g", "l", "later"]
    row = await feed.row()
    assert (row.behind, row.delivered, row.dead, row.paused, row.last_error) == (0, 6, 0, None, None)


@pytest.mark.parametrize("trouble", [said(500), said(510, {"unique_ids": ["e001"]}), said(503), said(404), said(302)])
async def test_the_same_batch_comes_again_later(feed: FeedStage, trouble: Answer) -> None:
    await feed.receive(*A_HUNDRED)
    await feed.add()
    feed.consumer.script = [trouble, trouble]
    pauses = []
    for _ in range(2):
        await feed.deliver()
        pauses.append(await feed.due_in())
        # Before it is due nothing happens, and what arrives meanwhile waits for the next batch.
        await feed.deliver()
        await feed.receive(f"meanwhile{len(pauses)}")
        feed.clock.step(60)
    assert 0 < pauses[0] < pauses[1]
    assert f"HTTP {trouble[0]}" in ((await feed.row()).last_error or "")
    await feed.deliver()
    ids = [batch.ids for batch in feed.consumer.batches]
    assert ids == [A_HUNDRED, A_HUNDRED, A_HUNDRED, ["meanwhile1", "meanwhile2"]]
    assert (await feed.row()).last_error is None


async def test_a_consumer_that_is_away_is_waited_for(feed: FeedStage) -> None:
    await feed.receive(*A_HUNDRED)
    await feed.add("http://127.0.0.1:9/api/v1/events")
    await feed.deliver()
    row = await feed.row()
    assert (row.behind, row.tries, row.paused) == (100, 1, None)
    await feed.stage.owner.execute("UPDATE feed SET url = $1", feed.consumer.url)
    feed.clock.step(60)
    await feed.deliver()
    assert feed.consumer.accepted == A_HUNDRED


async def test_retry_after_is_kept_to(feed: FeedStage) -> None:
    await feed.receive("e1")
    await feed.add()
    feed.consumer.script = [said(429, retry_after="7")]
    await feed.deliver()
    assert await feed.due_in() == 7
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert retry_after_seconds("Sun, 01 Mar 2026 12:00:30 GMT", now) == 30
    assert retry_after_seconds("Sun, 01 Mar 2026 11:00:00 GMT", now) == 0
    assert retry_after_seconds("999999999999", now) == 3_600
    assert [retry_after_seconds(text, now) for text in (None, "", "soon", "-1", "1.5")] == [None] * 5
    assert retry_after_seconds(f"Sun, 01 Mar {10**20} 12:00:30 GMT", now) is None


def wrong(items: list[Item], bad: set[str], *, named: bool) -> Answer | None:
    found = [(place, each["data"]["unique_id"]) for place, each in enumerate(items) if each["data"]["unique_id"] in bad]
    if not found:
        return None
    errors = [{"index": i, "unique_id": u, "field": "currency", "message": "is not ours"} for i, u in found]
    return said(422, {"errors": errors} if named else {"message": "no"})


@pytest.mark.parametrize("named", [True, False])
async def test_events_that_are_refused_are_found_and_set_aside(feed: FeedStage, named: bool) -> None:
    bad = {"e000", "e041", "e042", "e099"}
    await feed.receive(*A_HUNDRED)
    await feed.add()
    feed.consumer.judge = lambda items: wrong(items, bad, named=named)
    await feed.deliver()
    assert feed.consumer.accepted == [unique_id for unique_id in A_HUNDRED if unique_id not in bad]
    dead = await feed.dead()
    assert set(dead) == bad
    assert all(("currency: is not ours" if named else "HTTP 422") in problem for problem in dead.values())
    row = await feed.row()
    assert (row.behind, row.delivered, row.dead, row.paused) == (0, 96, 4, None)
    # Once the consumer has learned, they are delivered after all.
    bad.clear()
    assert (
        await administration.replay_dead(feed.stage.owner, feed.agent_id, NAME, actor="test", now=feed.clock.now) == 4
    )
    await feed.deliver()
    assert sorted(feed.consumer.accepted) == A_HUNDRED
    assert await feed.dead() == {}


async def test_errors_that_name_other_events_are_not_believed(feed: FeedStage) -> None:
    await feed.receive("a", "b", "c")
    await feed.add()
    lies = {"errors": [{"index": 0, "unique_id": "b", "field": "f", "message": "m"}, {"index": 7, "unique_id": "a"}]}
    feed.consumer.judge = lambda items: said(422, lies) if "b" in [i["data"]["unique_id"] for i in items] else None
    await feed.deliver()
    assert feed.consumer.accepted == ["a", "c"]
    assert set(await feed.dead()) == {"b"}


async def test_a_consumer_that_refuses_everything_is_not_believed(
    feed: FeedStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MOST_REFUSED", 10)
    await feed.receive(*A_HUNDRED)
    await feed.add()
    feed.consumer.judge = lambda items: said(422, {"message": "no"})
    await feed.deliver()
    row = await feed.row()
    assert row.dead == 10
    assert row.paused is not None and "10 events refused" in row.paused
    await administration.replay_feed(feed.stage.owner, feed.agent_id, NAME, 0, actor="test", now=feed.clock.now)
    await administration.resume_feed(feed.stage.owner, feed.agent_id, NAME, actor="test", now=feed.clock.now)
    feed.consumer.judge = lambda items: None
    await feed.deliver()
    assert feed.consumer.accepted == A_HUNDRED


async def test_too_large_is_made_smaller_and_unreadable_unpacked(feed: FeedStage) -> None:
    await feed.receive(*A_HUNDRED)
    await feed.add()
    feed.consumer.reads_packed = False
    feed.consumer.judge = lambda items: said(413) if len(items) > 30 else None
    await feed.deliver()
    assert feed.consumer.accepted == A_HUNDRED
    assert [batch.packed for batch in feed.consumer.batches][:2] == [True, False]


async def test_a_slow_consumer_gets_smaller_batches(feed: FeedStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "CALL_SECONDS", 2.0)
    await feed.receive(*A_HUNDRED)
    await feed.add()
    feed.consumer.slow = lambda items: len(items) > 30
    for _ in range(12):
        await feed.deliver()
        feed.clock.step(60)
    assert feed.consumer.accepted == A_HUNDRED


async def test_a_key_that_is_not_let_in_pauses_the_feed(feed: FeedStage) -> None:
    await feed.receive("e1")
    await feed.add(key="another-key")
    with capture_logs() as logs:
        await feed.deliver()
    row = await feed.row()
    assert row.paused == "HTTP 403"
    feed.clock.step(3_600)
    await feed.deliver()
    assert len(feed.consumer.batches) == 1
    owner = feed.stage.owner
    from pitboss.storage.secrets import open_box

    box = await open_box(owner, None)
    now = feed.clock.now
    await administration.set_feed_key(owner, box, feed.agent_id, NAME, feed.consumer.key, actor="test", now=now)
    await administration.resume_feed(owner, feed.agent_id, NAME, actor="test", now=now)
    await feed.deliver()
    assert feed.consumer.accepted == ["e1"]
    assert "another-key" not in json.dumps(logs, default=str)


async def test_the_key_is_nowhere_in_clear(feed: FeedStage) -> None:
    await feed.receive("e1")
    await feed.add()
    key = feed.consumer.key
    feed.consumer.script = [said(500, {"you sent": key})]
    with capture_logs() as logs:
        await feed.deliver()
    feed.consumer.judge = lambda items: said(422, {"you sent": key})
    feed.clock.step(60)
    await feed.deliver()
    kept = [
        str(tuple(row))
        for table in ("feed", "feed_dead_letter", "audit")
        for row in await feed.stage.owner.fetch(f"SELECT * FROM {table}")
    ]
    assert len(kept) > 2
    assert key not in "".join(kept) + json.dumps(logs, default=str)
    assert "***" in (await feed.dead())["e1"]


async def test_any_number_of_workers_do_not_double_up(feed: FeedStage) -> None:
    await feed.add()
    await feed.receive(*(f"e{n:04}" for n in range(3_000)))
    workers = [feed.delivery() for _ in range(4)]
    await asyncio.gather(*(worker.turn() for worker in workers))
    for worker in workers:
        await worker.finish()
        await worker.aclose()
    assert feed.consumer.accepted == [f"e{n:04}" for n in range(3_000)]
    assert len(feed.consumer.batches) == 3


async def test_a_worker_that_was_stopped_for_too_long_moves_nothing(feed: FeedStage) -> None:
    await feed.receive(*A_HUNDRED)
    await feed.add()
    reached, go_on = asyncio.Event(), asyncio.Event()
    real = delivery.send

    async def stalled(*arguments: object, **more: object) -> object:
        verdict = await real(*arguments, **more)  # type: ignore[arg-type]
        reached.set()
        await go_on.wait()
        return verdict

    worker = feed.delivery()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "send", stalled)
        await worker.turn()
        await reached.wait()
    feed.clock.step(60)
    await feed.deliver()
    assert (await feed.row()).behind == 0
    await administration.replay_feed(feed.stage.owner, feed.agent_id, NAME, 10, actor="test", now=feed.clock.now)
    go_on.set()
    await worker.finish()
    await worker.aclose()
    assert (await feed.row()).last_seq == 10


async def test_replays_pauses_and_removals(feed: FeedStage) -> None:
    owner, of = feed.stage.owner, (feed.agent_id, NAME)
    by = {"actor": "test", "now": feed.clock.now}
    await feed.receive("a", "b", "c")
    await feed.add(from_now=True)
    await feed.deliver()
    assert feed.consumer.accepted == []
    assert await administration.replay_feed(owner, *of, 1, **by) == 1  # type: ignore[arg-type]
    await administration.pause_feed(owner, *of, **by)  # type: ignore[arg-type]
    await feed.deliver()
    assert feed.consumer.accepted == []
    await administration.resume_feed(owner, *of, **by)  # type: ignore[arg-type]
    await feed.deliver()
    assert feed.consumer.accepted == ["b", "c"]
    yesterday = feed.clock.now - timedelta(days=1)
    assert await administration.replay_feed(owner, *of, yesterday, **by) == 0  # type: ignore[arg-type]
    await feed.deliver()
    assert feed.consumer.accepted == ["b", "c", "a", "b", "c"]
    await administration.remove_feed(owner, *of, **by)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        await administration.resume_feed(owner, *of, **by)  # type: ignore[arg-type]
    actions = [row[0] for row in await owner.fetch("SELECT action FROM audit WHERE action LIKE 'feed.%' ORDER BY seq")]
    assert actions == ["feed.add", "feed.replay", "feed.pause", "feed.resume", "feed.replay", "feed.remove"]


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "ftp://crm.example/", "http://user:secret@crm.example/", "not a url"]
)
async def test_where_it_may_not_lead_is_refused(feed: FeedStage, url: str) -> None:
    with pytest.raises(Invalid):
        await feed.add(url)


async def test_an_address_inside_is_not_called_unless_allowed(feed: FeedStage) -> None:
    await feed.receive("e1")
    await feed.add()
    await feed.deliver(PUBLIC_ONLY)
    assert feed.consumer.batches == []
    assert "must not be on this machine" in ((await feed.row()).last_error or "")
    feed.clock.step(60)
    await feed.deliver(Reach(private=False, loopback=True))
    assert feed.consumer.accepted == ["e1"]


async def test_metrics_tell_how_far_behind_it_is(feed: FeedStage) -> None:
    await feed.receive("a", "b", "c")
    await feed.add()
    feed.consumer.judge = lambda items: wrong(items, {"b"}, named=True)
    text = (await feed.stage.http.get("/metrics")).text
    of = f'{{agent_id="{feed.agent_id}",feed="{NAME}"}}'
    assert f"pitboss_feed_events_behind{of} 3.0" in text
    await feed.deliver()
    text = (await feed.stage.http.get("/metrics")).text
    assert f"pitboss_feed_events_behind{of} 0.0" in text
    assert f"pitboss_feed_dead_letters{of} 1.0" in text
    assert f"pitboss_feed_paused{of} 0.0" in text
    [figures] = await feed_figures(feed.stage.owner)
    assert (figures.behind, figures.dead, figures.delivered) == (0, 1, 2)
