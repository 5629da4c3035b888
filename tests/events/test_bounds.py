"""What keeps one tenant, or one caller, from taking all there is; and what is told of the calls."""

import asyncio
import json
from pathlib import Path

import pytest

from agent_stage import Stage, on_stage
from event_producer import Producer, bet
from pitboss.edges.event_api.body import Held, Load, Overloaded
from pitboss.edges.event_api.judgement import judge
from pitboss.edges.event_api.rate import EventRate
from pitboss.wire.event_api import decode_items

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
