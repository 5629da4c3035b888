"""A chain of two hubs, real processes: A feeds B. Whatever is killed, away, slow or wrong, B ends up with what A has.

PITBOSS_TEST_OUTAGE_SECONDS makes the outages longer (the suite's are a few seconds each).
"""

import json
import os
import time
from pathlib import Path
from typing import Any

import httpx
from chain_stage import GAMES, Door, HubProcesses, Play, hub_processes

from database_server import Server
from event_producer import bet, item, win
from running_sandbox import wait_until

OUTAGE_SECONDS = int(os.environ.get("PITBOSS_TEST_OUTAGE_SECONDS", "2"))
FEED = "b"


def send(hub: HubProcesses, key: str, *items: Any) -> None:
    answer = httpx.post(f"{hub.url}/api/v1/events", json={"items": items}, headers={"x-api-key": key}, timeout=20)
    assert answer.status_code == 204, answer.text


def get(hub: HubProcesses, key: str, path: str, **query: Any) -> Any:
    answer = httpx.get(f"{hub.url}/api/v1/{path}", params=query, headers={"x-api-key": key}, timeout=30)
    assert answer.status_code == 200, (path, answer.text)
    return json.loads(answer.content, parse_float=str)


def stream(hub: HubProcesses, key: str) -> list[dict[str, Any]]:
    """All events of the tenant, in the store's order."""
    items: list[dict[str, Any]] = []
    after = "0"
    while True:
        page = get(hub, key, "events", after=after, limit=1_000)
        items, after = items + page["items"], page["next"]
        if not page["items"]:
            return items


def furnish(hub: HubProcesses, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """A studio with two games, and an agent with money."""
    secret = folder / "studio.secret"
    secret.write_text("a secret of the studio's")
    listed = folder / "games.json"
    listed.write_text(json.dumps(GAMES))
    provider = hub.told(
        "provider", "create", "--id", "acme", "--secret-file", str(secret), "--launch-url", "https://acme.example/go"
    )
    hub.cli("provider", "games", "import", "--provider", "acme", str(listed))
    agent = hub.told("agent", "create", "--name", "Casino", "--currency", "EUR")
    hub.cli("agent", "fund", "--agent", str(agent["agent_id"]), "--currency", "EUR", "--amount", "1000000")
    return agent, provider


def caught_up(hub: HubProcesses, expected: int) -> bool:
    """Whether everything that happened is told, and B has taken all of it."""
    [row] = hub.told("feed", "list")
    assert row["paused"] is None, row
    return row["behind"] == 0 and row["last_seq"] == expected


def test_b_has_what_a_has_whatever_happens_between_them(postgres: Server, template: str, tmp_path: Path) -> None:
    url_a, url_b = postgres.create_database(template), postgres.create_database(template)
    door = Door("")
    try:
        with hub_processes("a", url_a, tmp_path) as a, hub_processes("b", url_b, tmp_path) as b:
            agent, provider = furnish(a, tmp_path)
            receiver = b.told("agent", "create", "--name", "Receiver", "--currency", "EUR")
            for hub in (a, b):
                hub.start()
            door.target = b.url
            door.open()
            a.add_worker()
            a.add_worker()
            a.cli(
                "feed", "add", FEED, "--agent", str(agent["agent_id"]), "--url", door.url, "--key-file", "-",
                stdin=receiver["events_api_key"],
            )  # fmt: skip
            play = Play(a, agent, provider)
            suffer(a, b, door, play, agent["events_api_key"])
            compare(a, b, agent, receiver)
            assert {"500", "510", "lost", "slow", "pass"} <= set(door.seen)
    finally:
        door.close()
        postgres.drop_database(url_a)
        postgres.drop_database(url_b)


def suffer(a: HubProcesses, b: HubProcesses, door: Door, play: Play, key: str) -> None:
    """Play goes on through every trouble."""
    for username, game_id in (("anna0001", "acme_00001"), ("bert0001", "acme_00002"), ("carl0001", "acme_00001")):
        play.enter(username, game_id)
    play.rounds(3)
    for n, mode in enumerate(("500", "510", "lost", "slow", "down")):
        door.set(mode)
        # Events that somebody else sends travel the same way.
        send(a, key, bet(f"x{n}", 3), win(f"y{n}", 1.25), item("player", f"z{n}", player_id="ann", country="DE"))
        play.rounds(3)
        if mode != "down":
            seen = door.seen.get(mode, 0)
            wait_until(lambda mode=mode, seen=seen: door.seen.get(mode, 0) > seen or seen > 0, 60)
        time.sleep(OUTAGE_SECONDS)  # how long it lasts, not what is waited for
    a.kill_worker()
    a.add_worker()
    door.set("slow")
    play.rounds(2)
    b.kill()
    play.rounds(2)
    b.start()
    a.kill_worker()
    a.kill_worker()
    a.kill()
    a.start()
    a.add_worker()
    a.add_worker()
    door.set("pass")
    play.rounds(2)


def compare(a: HubProcesses, b: HubProcesses, agent: dict[str, Any], receiver: dict[str, Any]) -> None:
    key_a, key_b = agent["events_api_key"], receiver["events_api_key"]
    # Two games; each player's creation, deposit, withdrawal and launch; their rounds; what others sent.
    rounds = 3 + 5 * 3 + 2 + 2 + 2
    expected = 2 + 3 * 4 + 3 * 5 + events_of_rounds(3 * rounds)
    wait_until(lambda: caught_up(a, expected), 120, 0.5)
    told_a, told_b = stream(a, key_a), stream(b, key_b)
    assert len({each["data"]["unique_id"] for each in told_a}) == len(told_a) == expected
    # Nothing missing, nothing twice, and each player's (indeed everybody's) events in A's order.
    assert told_b == told_a
    players = {each["data"].get("player_id") for each in told_a} - {None}
    games = {each["data"].get("game_id") for each in told_a} - {None}
    assert (len(players), len(games)) == (4, 3)
    for path in [*(f"insights/players/{one}" for one in players), *(f"insights/games/{one}" for one in games)]:
        assert get(b, key_b, path) == get(a, key_a, path)
    assert get(b, key_b, "insights/games") == get(a, key_a, "insights/games")
    a.cli("verify")


def events_of_rounds(count: int) -> int:
    """Of rounds numbered one after the other: a bet, and a win or a correction, or a correction and a bet of what is left."""
    first = 1_000 // 10 + 1
    return sum(3 if number % 5 == 0 else 2 for number in range(first, first + count))
