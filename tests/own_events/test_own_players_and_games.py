"""What happens besides play, as events; told once whatever crashes, whatever was there before, and found out when it is not."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from agent_stage import Stage
from event_producer import Producer
from own_worker import OwnWorker
from partner_desk import Partner
from pitboss.domain.catalogue.game_list import decode_game_list
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.domain.seamless.identity import Identity
from pitboss.storage.catalogue.games import import_games
from pitboss.storage.own_events import journals
from pitboss.storage.players.of_operators import ToldPlayer, find_or_create
from pitboss.storage.players.support import block_player
from torn_writes import TornWrites


async def told(producer: Producer) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await producer.get("/api/v1/events", limit=10_000)).json()["items"]
    return items


async def block(stage: Stage, username: str, blocked: bool) -> None:
    await block_player(stage.owner, stage.one.agent_id, username, blocked, actor="test", now=datetime.now(UTC))


async def test_changes_of_a_player_are_told_and_the_last_word_counts(stage: Stage, worker: OwnWorker) -> None:
    await stage.player("player0001", country="DE", currency="EUR")
    await block(stage, "player0001", True)
    # Again is nothing new.
    await block(stage, "player0001", True)
    await worker.catch_up()
    producer = Producer(stage.http, stage.one.events_api_key)
    events = await told(producer)
    assert [item["event"] for item in events] == ["player", "player"]
    mine = events[0]["data"]["player_id"]
    profile = (await producer.get(f"/api/v1/insights/players/{mine}")).json()["profile"]
    assert (profile["username"], profile["country"], profile["currency"], profile["is_blocked"]) == (
        "player0001", "DE", "EUR", True,
    )  # fmt: skip
    await block(stage, "player0001", False)
    await worker.catch_up()
    assert (await producer.get(f"/api/v1/insights/players/{mine}")).json()["profile"]["is_blocked"] is False


async def test_tags_are_told_as_they_are_after_each_change(stage: Stage, worker: OwnWorker) -> None:
    await stage.player("player0001")
    partner = Partner(stage)
    for tags in (
        [{"name": "vip", "value": "gold"}, {"name": "age", "value": 41.50}],
        [{"name": "vip", "value": "x" * 1_000}],
    ):
        await partner.write("setPlayerTags", username="player0001", tags=tags)
    await worker.catch_up()
    _, first, second = await told(Producer(stage.http, stage.one.events_api_key))
    assert first["data"]["tags"] == ["age:41.5", "vip:gold"]
    # As long as the event API's texts may be.
    assert second["data"]["tags"] == ["age:41.5", "vip:" + "x" * 996]


async def test_what_a_seamless_operator_says_of_a_player_is_told_when_it_changes(
    stage: Stage, worker: OwnWorker
) -> None:
    agent_id = stage.sea.agent_id
    told_of = Identity("u1", "seaplayer1", None, "DEU", "EUR")
    player_ids = set()
    for country in ("DE", "DE", "", "FR"):
        async with stage.hub.database.tenant(agent_id) as conn:
            known = ToldPlayer(told_of, country)
            player_ids.add(await find_or_create(conn, agent_id, known, lambda: "seaaa00000000001", datetime.now(UTC)))
    await worker.catch_up()
    events = await told(Producer(stage.http, stage.sea.events_api_key))
    assert player_ids == {"seaaa00000000001"}
    assert [(each["event"], each["data"]["country"]) for each in events] == [("player", "DE"), ("player", "FR")]
    assert (events[0]["data"]["username"], events[0]["data"]["currency"]) == ("seaplayer1", "EUR")


async def test_games_are_told_to_each_agent_once_and_again_when_they_change(stage: Stage, worker: OwnWorker) -> None:
    await worker.tell_games()
    producer = Producer(stage.http, stage.one.events_api_key)
    before = await told(producer)
    assert sorted(item["data"]["game_id"] for item in before) == ["evolution_00001", "pg_00001", "pg_00002"]
    game = next(item["data"] for item in before if item["data"]["game_id"] == "pg_00001")
    said = {name: game[name] for name in ("name", "provider", "categories", "device", "has_freespins")}
    assert said == {
        "name": "Leprechaun Riches", "provider": "pg", "categories": ["slot"], "device": "desktop,mobile",
        "has_freespins": "yes",
    }  # fmt: skip
    listed = decode_game_list(json.dumps([{"gameId": 7, "name": "Thai River 2", "category": "slot"}]).encode())
    await import_games(stage.owner, "pg", listed, EVERYWHERE_INSIDE, actor="test", now=datetime.now(UTC))
    await worker.tell_games()
    await worker.tell_games()
    new = (await told(producer))[len(before) :]
    assert [(item["data"]["game_id"], item["data"]["name"]) for item in new] == [("pg_00002", "Thai River 2")]
    assert len(await told(Producer(stage.http, stage.other.events_api_key))) == 4


async def test_players_and_launches_from_before_are_told_once(stage: Stage, worker: OwnWorker) -> None:
    await stage.player("player0001", country="DE")
    await stage.launched("player0001", "EUR")
    await stage.player("player0002")
    # As a database was left by a version that did not leave word of them, but for the second player.
    await stage.owner.execute("DELETE FROM outbox WHERE events::text NOT LIKE '%player0002%'")
    await stage.owner.execute("INSERT INTO own_event_before SELECT id, 'players', '' FROM agent")
    await worker.tell_before()
    await worker.catch_up()
    await worker.tell_before()
    events = await told(Producer(stage.http, stage.one.events_api_key))
    assert sorted((item["event"], item["data"].get("username")) for item in events) == [
        ("login", None), ("player", "player0001"), ("player", "player0002"),
    ]  # fmt: skip


async def test_a_crash_in_the_middle_tells_nothing_twice_and_loses_nothing(
    stage: Stage, worker: OwnWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.player("player0001")
    await stage.call("v1.6/deposit", {"username": "player0001", "amount": "100", "currency": "EUR"})
    token = await stage.launched("player0001", "EUR")
    for n in range(20):
        await stage.play("bet", token, 100 + n, f"b{n}", f"r{n}")
        await stage.play("refund", token, 50, f"f{n}", f"r{n}")
    monkeypatch.setattr(journals, "MOST_EVENTS", 7)
    torn = TornWrites(monkeypatch, journals, "store_own")
    for _ in range(40):
        try:
            await worker.catch_up()
            break
        except ConnectionResetError:
            continue
    assert torn.calls > 10
    events = await told(Producer(stage.http, stage.one.events_api_key))
    assert len(events) == 3 + 20 + 40
    assert await worker.findings() == []


@pytest.mark.parametrize(
    ("damage", "finds"),
    [
        ("DELETE FROM event WHERE kind = 'gameround' AND NOT is_win", "told 0 times"),
        ("UPDATE event SET amount = amount + 0.01 WHERE kind = 'deposit'", "as 100.01"),
        ("UPDATE journal_cursor SET last_seq = last_seq - 1 WHERE reader = 'own_events'", None),
    ],
)
async def test_verify_finds_what_was_not_told_and_lets_what_is_behind_be(
    stage: Stage, worker: OwnWorker, damage: str, finds: str | None
) -> None:
    await stage.player("player0001")
    await stage.call("v1.6/deposit", {"username": "player0001", "amount": "100", "currency": "EUR"})
    token = await stage.launched("player0001", "EUR")
    await worker.catch_up()
    await stage.play("bet", token, 100, "b1", "r1")
    assert await worker.findings() == []
    await worker.catch_up()
    assert await worker.findings() == []
    await stage.owner.execute(damage)
    findings = [finding for finding in await worker.findings() if finding.check == "own_events_tell_all"]
    assert len(findings) == (finds is not None)
    assert finds is None or finds in findings[0].detail
