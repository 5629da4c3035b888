"""What keeps one tenant, or one caller, from taking all there is; and what is told of the calls."""

import asyncio
import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent_stage import Stage, on_stage
from event_producer import Producer, bet
from pitboss.edges.event_api.body import Held, Load, Overloaded, read_packed, unpack
from pitboss.edges.event_api.judgement import judge
from pitboss.edges.event_api.rate import EventRate
from pitboss.wire.event_api import MAX_BODY, BadBody, BadItem
from pitboss.wire.event_batch import decode_items

CALLS = {
    "/api/v1/events": {"get", "post"},
    "/api/v1/insights/players/{player_id}": {"get"},
    "/api/v1/insights/games/{game_id}": {"get"},
    "/api/v1/insights/games": {"get"},
    "/api/v1/insights/dimensions": {"get"},
    "/api/v1/insights/segments/count": {"post"},
    "/api/v1/insights/segments/players": {"post"},
    "/api/v1/insights/segments/export": {"post"},
}


async def test_over_its_rate_a_tenant_is_told_when_to_come_back(database_url: str, tmp_path: Path) -> None:
    async with on_stage(database_url, tmp_path, event_rate_per_second=2) as stage:
        one, other = Producer(stage.http, stage.one.events_api_key), Producer(stage.http, stage.other.events_api_key)
        await one.must(*(bet(str(number)) for number in range(200)))
        answer = await one.send(bet("more"))
        assert answer.status_code == 429
        assert 90 <= int(answer.headers["retry-after"]) <= 101
        await other.must(bet("theirs"))
        assert await stage.owner.fetchval("SELECT count(*) FROM event") == 201


def test_a_batch_is_paid_for_before_the_next() -> None:
    now = [0.0]
    rate = EventRate(100, monotonic=lambda: now[0])
    assert rate.wait(1) == 0
    rate.charge(1, 350)
    assert rate.wait(1) == 3
    assert rate.wait(2) == 0
    now[0] = 2.6
    assert rate.wait(1) == 0
    now[0] = 1_000.0
    rate.charge(1, 99)
    assert rate.wait(1) == 0
    rate.charge(1, 1)
    assert rate.wait(1) == 1


def test_bytes_are_given_back_whatever_happens() -> None:
    held = Held(100)
    with Load(held) as first, Load(held) as second:
        first.take(60)
        second.take(40)
        with pytest.raises(Overloaded):
            first.take(1)
    with Load(held) as third:
        third.take(100)


async def test_a_caller_that_sends_before_it_listens_is_told(stage: Stage, one: Producer) -> None:
    """A body far larger than what the sockets on the way hold."""
    answer = await one.send_bytes(b" " * (3 * MAX_BODY))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (413, "body")


async def test_nobody_is_heard_out_for_ever() -> None:
    heard = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal heard
        while True:
            heard += 1
            yield b" " * (1024 * 1024)

    held = Held(MAX_BODY)
    with pytest.raises(BadBody) as refused, Load(held) as load:
        await read_packed(endless(), load)
    assert refused.value.status == 413
    assert heard <= 65


def test_a_body_of_many_archives_is_gone_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fed = 0
    real = zlib.decompressobj

    class Counting:
        def __init__(self, wbits: int) -> None:
            self._real = real(wbits)

        def decompress(self, data: bytes, most: int) -> bytes:
            nonlocal fed
            fed += len(data)
            return self._real.decompress(data, most)

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

    monkeypatch.setattr("pitboss.edges.event_api.body.zlib.decompressobj", Counting)
    archives = 20_000
    packed = gzip.compress(b"", mtime=0) * archives + gzip.compress(b"the end")
    with Load(Held(MAX_BODY)) as load:
        assert unpack(packed, "gzip", load) == b"the end"
    # One that copied all that is left for each would be fed four gigabytes.
    assert fed < archives * 5_000


@pytest.mark.parametrize("unit", [b"0,", b"{},", b"[],", b"null,", b'"",'])
@pytest.mark.parametrize("odd", [b"0", b'"\\ud800"', b"0,"])
def test_a_body_of_millions_of_things_is_not_held_as_such(unit: bytes, odd: bytes) -> None:
    """16 MiB of these are a few kilobytes on the wire, and would be a gigabyte of memory."""
    start, end = b'{"items":[', odd + b"]}"
    body = start + unit * ((MAX_BODY - len(start) - len(end)) // len(unit)) + end
    tracemalloc.start()
    try:
        with pytest.raises(BadBody) as refused:
            decode_items(body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.status == (422 if odd == b"0," and unit in (b"null,", b'"",') else 413)
    assert peak < 10 * MAX_BODY


def test_one_item_of_millions_of_things_is_wrong() -> None:
    item = b'{"event":"login","data":{"unique_id":"u","x":[' + b"[]," * 600_000 + b"0]}}"
    [bad] = decode_items(b'{"items":[' + item + b"]}").decoded(0, 1)
    assert isinstance(bad, BadItem)
    assert [error.field for error in bad.errors] == ["item"]


async def test_while_a_batch_is_judged_others_have_their_turns(stage: Stage) -> None:
    body = json.dumps({"items": [bet(str(number)) for number in range(2_000)]}).encode()
    catalogue = stage.hub.live.current
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(others())
    judged = await judge(decode_items(body), catalogue, catalogue.agents[stage.one.agent_id], stage.hub.clock())
    other.cancel()
    assert len(judged.events) == 2_000
    assert turns >= 19


async def test_the_reference_tells_of_every_call(stage: Stage) -> None:
    document = (await stage.http.get("/schema/openapi.json")).json()
    told = {path: set(document["paths"][path]) for path in document["paths"] if path.startswith("/api/v1/")}
    assert told == CALLS
    statuses = set(document["paths"]["/api/v1/events"]["post"]["responses"])
    assert statuses == {"204", "200", "207", "403", "413", "415", "422", "429", "510"}
    assert document["components"]["securitySchemes"]["eventsKey"] == {
        "type": "apiKey",
        "name": "x-api-key",
        "in": "header",
    }
