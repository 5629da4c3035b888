"""What one gets out: the stream, players, games, selections (the contract, "The event API")."""

import asyncio
import json
import random
from decimal import Decimal
from itertools import permutations
from typing import Any
from urllib.parse import quote

from agent_stage import Stage
from event_producer import AT, Producer, bet, deposit, item, win, withdraw


async def player(one: Producer, player_id: str = "ann") -> Any:
    answer = await one.get(f"/api/v1/insights/players/{player_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def game(one: Producer, game_id: str = "crash") -> Any:
    answer = await one.get(f"/api/v1/insights/games/{game_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_players_figures(one: Producer) -> None:
    await one.must(
        bet("b1", 10.10, timestamp="2026-01-02T00:00:00Z"),
        bet("b2", 0.2),
        win("w1", 5.05),
        bet("b3", 7, is_bonus=True),
        win("w2", 3, is_bonus=True),
        bet("b4", 4, game_id="dice"),
        deposit("d1", 100, timestamp="2026-01-01T00:00:00Z"),
        deposit("d2", 0.5),
        withdraw("o1", 20.25),
        item("login", "l1", player_id="ann", timestamp="2026-01-03T00:00:00Z"),
        item("login", "l2", player_id="ann", timestamp="2026-01-02T00:00:00Z"),
        bet("other", 99, player_id="bob"),
    )
    told = await player(one)
    profile = told.pop("profile")
    assert set(profile.values()) == {None}
    assert told == {
        "player_id": "ann",
        "first_seen": "2026-01-01T00:00:00Z",
        "last_seen": AT,
        "last_login": "2026-01-03T00:00:00Z",
        "figures": [
            {
                "currency": "EUR", "bets": 4, "turnover": "14.3", "wins": 2, "winnings": "5.05", "ggr": "9.25",
                "bonus_turnover": "7", "bonus_winnings": "3", "deposits": 2, "deposited": "100.5", "withdrawals": 1,
                "withdrawn": "20.25",
            }
        ],
        "favourite_games": [{"game_id": "crash", "bets": 3, "turnover": "10.3"}, {"game_id": "dice", "bets": 1, "turnover": "4"}],
    }  # fmt: skip


async def test_currencies_stand_apart(one: Producer) -> None:
    await one.must(bet("b1", 1), bet("b2", 1000, currency="JPY"), win("w", 1500, currency="JPY"))
    told = await player(one)
    assert [(line["currency"], line["turnover"], line["ggr"]) for line in told["figures"]] == [
        ("EUR", "1", "1"),
        ("JPY", "1000", "-500"),
    ]
    assert [line["currency"] for line in told["favourite_games"]] == ["JPY", "EUR"]


async def test_sums_are_exact_beyond_what_a_float_holds(one: Producer) -> None:
    large = "123456789012345678.01"
    items = [json.dumps(bet(f"b{number}", 0)).replace('"amount": 0', f'"amount": {large}') for number in range(1_000)]
    assert (await one.send_bytes(f'{{"items": [{", ".join(items)}]}}'.encode())).status_code == 204
    await one.must(bet("small", 0.01))
    [line] = (await player(one))["figures"]
    assert Decimal(line["turnover"]) == Decimal(large) * 1000 + Decimal("0.01")


async def test_a_games_figures_and_players(one: Producer) -> None:
    await one.must(bet("b1", 1), bet("b2", 2, player_id="bob"), bet("b3", 3), bet("b4", 100, currency="JPY"))
    await one.must(
        bet("b5", 4, player_id="cid", currency="JPY"), bet("b6", 5, player_id="bob"), win("w", 4, is_bonus=True)
    )
    told = await game(one)
    assert told["players"] == 3
    names = ("currency", "players", "bets", "turnover", "bonus_winnings")
    assert [tuple(line[name] for name in names) for line in told["figures"]] == [
        ("EUR", 2, 4, "11", "4"), ("JPY", 2, 2, "104", "0"),
    ]  # fmt: skip
    assert (told["first_seen"], told["last_seen"], told["profile"]["device"]) == (AT, AT, "undefined")


async def test_a_correction_takes_its_event_back(one: Producer) -> None:
    await one.must(
        bet("b1", 10), bet("b2", 4), win("w1", 6), win("undo", 10, corrects="b1"), bet("unwin", 6, corrects="w1")
    )
    await one.must(bet("b3", 3, is_bonus=True), win("undo3", 3, corrects="b3", is_bonus=True))
    [line] = (await player(one))["figures"]
    assert [line[name] for name in ("bets", "turnover", "wins", "winnings", "ggr", "bonus_turnover")] == [
        1,
        "4",
        0,
        "0",
        "4",
        "0",
    ]
    assert (await game(one))["figures"][0]["turnover"] == "4"


async def test_the_last_word_on_each_member_wins_in_any_order(one: Producer) -> None:
    said = [
        ("2026-01-01T00:00:00Z", {"username": "ann", "country": "DE", "tags": ["new"]}),
        ("2026-01-02T00:00:00Z", {"username": "anna", "gender": "F"}),
        ("2026-01-03T00:00:00Z", {"username": None}),
        ("2026-01-03T00:00:00Z", {"country": "AT"}),
    ]
    for number, order in enumerate(permutations(range(4))):
        name = f"p{number}"
        events = [item("player", f"{name}-{n}", player_id=name, **said[n][1]) | {} for n in order]
        for event, n in zip(events, order, strict=True):
            event["data"]["timestamp"] = said[n][0]
        await one.must(*events[:2])
        await one.must(*events[2:])
        profile = (await player(one, name))["profile"]
        assert profile == {
            "username": None, "registration_date": None, "country": "AT", "currency": None, "gender": "F", "affiliate": None,
            "operator": None, "tags": ["new"], "consent_email": None, "is_blocked": None,
        }, order  # fmt: skip


async def test_words_of_one_instant_have_one_winner(one: Producer) -> None:
    for first, second in (("a", "b"), ("b", "a")):
        name = first + second
        await one.must(item("game", f"{name}-{first}", game_id=name, name=first))
        await one.must(item("game", f"{name}-{second}", game_id=name, name=second))
        assert (await game(one, name))["profile"]["name"] == "b"


async def test_a_device_is_undefined_until_one_is_given(one: Producer) -> None:
    await one.must(item("game", "g1", game_id="crash", name="Crash"))
    assert (await game(one))["profile"]["device"] == "undefined"
    await one.must(item("game", "g2", game_id="crash", device="mobile"))
    assert (await game(one))["profile"]["device"] == "mobile"


async def test_what_nobody_announced_is_known_when_played(one: Producer, other: Producer) -> None:
    await one.must(bet("b", 1, player_id="a/b c?", game_id="ü"))
    assert (await player(one, "a%2Fb%20c%3F"))["player_id"] == "a/b c?"
    assert (await game(one, "%C3%BC"))["players"] == 1
    for path in ("players/nobody", "games/nothing", "players/", "players/%00", "players/" + "x" * 300):
        assert (await one.get(f"/api/v1/insights/{path}")).status_code == 404, path
    assert (await other.get("/api/v1/insights/players/a%2Fb%20c%3F")).status_code == 404


async def test_every_id_that_may_be_sent_can_be_asked_for(one: Producer) -> None:
    ids = ["a/", "/a", "a//b", "//a//", "a/../b", " ", "%", "%2F", "a?b#c", "a+b", "\n", "ünï", "🎰" * 255]
    await one.must(*(bet(str(number), player_id=each, game_id=each) for number, each in enumerate(ids)))
    for each in ids:
        for of in ("player", "game"):
            answer = await one.get(f"/api/v1/insights/{of}s/{quote(each, safe='')}")
            assert answer.status_code == 200, (each, answer.text)
            assert answer.json()[f"{of}_id"] == each
    assert (await one.get("/api/v1/insights/players/%ff")).status_code == 404


async def test_the_stream_is_what_was_sent(one: Producer, other: Producer) -> None:
    sent = [
        bet("b", 10.5), win("w", 5, corrects="b"), deposit("d", 1, amount_eur=1.25), withdraw("o", 2),
        item("login", "l", player_id="ann"),
        item("player", "p", player_id="ann", username="Änn", tags=[], country=None),
        item("game", "g", game_id="crash", categories=["a", "b"]),
    ]  # fmt: skip
    await one.must(*sent)
    await other.must(bet("elsewhere"))
    told = (await one.get("/api/v1/events")).json()
    assert told == {"items": sent, "next": "7", "more": False}
    first = (await one.get("/api/v1/events", limit=3)).json()
    assert (first["items"], first["more"]) == (sent[:3], True)
    rest = (await one.get("/api/v1/events", after=first["next"], limit=100)).json()
    assert rest["items"] == sent[3:]
    assert (await one.get("/api/v1/events", after=rest["next"])).json() == {"items": [], "next": "7", "more": False}
    status, judged = await one.lenient(*told["items"])
    assert (status, judged["duplicates"]) == (200, 7)
    for wrong in ({"after": "x"}, {"after": "-1"}, {"limit": 0}, {"limit": 10_001}, {"limit": "1e3"}, {"form": 1}):
        assert (await one.get("/api/v1/events", **wrong)).status_code == 422, wrong


async def test_a_reader_behind_a_cursor_misses_nothing_while_batches_pour_in(one: Producer) -> None:
    """Eight senders at once; a reader that always goes on behind the last number it saw has them all at the end, each once."""
    seen: list[str] = []
    done = asyncio.Event()

    async def read() -> None:
        after = "0"
        while True:
            finished = done.is_set()
            told = (await one.get("/api/v1/events", after=after, limit=500)).json()
            seen.extend(event["data"]["unique_id"] for event in told["items"])
            after = told["next"]
            if finished and not told["items"]:
                return

    async def send(sender: int) -> None:
        chance = random.Random(sender)
        for batch in range(12):
            await one.must(*(bet(f"{sender}-{batch}-{number}") for number in range(chance.randint(1, 80))))

    reader = asyncio.create_task(read())
    await asyncio.gather(*(send(sender) for sender in range(8)))
    done.set()
    await reader
    expected = {
        f"{sender}-{batch}-{number}"
        for sender in range(8)
        for chance in [random.Random(sender)]
        for batch in range(12)
        for number in range(chance.randint(1, 80))
    }
    assert len(seen) == len(expected)
    assert set(seen) == expected


async def test_figures_are_exact_at_every_look_while_events_pour_in(one: Producer) -> None:
    """Each batch stakes 7 cents in all in two games: whoever looks sees whole batches, and at least what was answered already."""
    answered = 0

    async def send(sender: int) -> None:
        nonlocal answered
        for batch in range(15):
            name = f"{sender}-{batch}"
            await one.must(bet(f"{name}-1", 0.01), bet(f"{name}-2", 0.02), bet(f"{name}-3", 0.04, game_id="dice"))
            answered += 1

    senders = asyncio.gather(*(send(sender) for sender in range(6)))
    while not senders.done():
        least = answered
        known = await one.get("/api/v1/insights/players/ann")
        if known.status_code == 404:
            assert least == 0
            continue
        told = known.json()
        [line] = told["figures"]
        batches = line["bets"] // 3
        assert batches >= least
        assert Decimal(line["turnover"]) == Decimal("0.07") * batches
        assert {entry["game_id"]: entry["bets"] for entry in told["favourite_games"]} == {
            "crash": 2 * batches,
            "dice": batches,
        }
    await senders
    assert (await player(one))["figures"][0]["bets"] == 270


async def furnish_games(one: Producer) -> None:
    await one.must(
        item("game", "g1", game_id="g1", name="Book of Gold", provider="acme", categories=["slots", "new"], themes=["egypt"]),
        item("game", "g2", game_id="g2", name="Golden Fish", provider="acme", categories=["slots"], device="mobile",
             has_freespins="yes"),
        item("game", "g3", game_id="g3", name="Roulette", provider="table co", categories=["tables"], features=["live"],
             device="mobile"),
        bet("b1", 10, game_id="g1"), bet("b2", 20, game_id="g2"), win("w2", 25, game_id="g2"), bet("b3", 5, game_id="g3"),
        bet("b4", 5, game_id="g3", player_id="bob"), bet("b5", 9000, game_id="g1", currency="JPY"), bet("b6", 1, game_id="stub"),
    )  # fmt: skip


async def selected(one: Producer, **query: Any) -> list[str]:
    answer = await one.get("/api/v1/insights/games", **query)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["total"] == len(told["items"])
    return [entry["game_id"] for entry in told["items"]]


async def test_game_selection(one: Producer) -> None:
    await furnish_games(one)
    for query, games in (
        ({}, ["g1", "g2", "g3", "stub"]),
        ({"category": "slots"}, ["g1", "g2"]),
        ({"category": ["new", "tables"]}, ["g1", "g3"]),
        ({"category": "slots", "theme": "egypt"}, ["g1"]),
        ({"feature": "live"}, ["g3"]),
        ({"device": "mobile"}, ["g2", "g3"]),
        ({"device": "undefined"}, ["g1", "stub"]),
        ({"provider": "acme", "has_freespins": "yes"}, ["g2"]),
        ({"q": "gold"}, ["g1", "g2"]),
        ({"q": "STU"}, ["stub"]),
        ({"min_bets": 2}, ["g1", "g3"]),
        ({"min_players": 2}, ["g3"]),
        ({"currency": "EUR", "min_turnover": "10", "max_turnover": "15"}, ["g1", "g3"]),
        ({"currency": "EUR", "max_ggr": "-5"}, ["g2"]),
        ({"currency": "EUR", "sort": "-turnover"}, ["g2", "g1", "g3", "stub"]),
        ({"currency": "EUR", "sort": "ggr"}, ["g2", "stub", "g1", "g3"]),
        ({"sort": "-players"}, ["g3", "g1", "g2", "stub"]),
        ({"sort": "game_id"}, ["g1", "g2", "g3", "stub"]),
        ({"sort": "-game_id"}, ["stub", "g3", "g2", "g1"]),
        ({"category": "none such"}, []),
    ):
        assert await selected(one, **query) == games, query


async def test_pages_of_games_and_what_is_no_selection(one: Producer) -> None:
    await furnish_games(one)
    second = (await one.get("/api/v1/insights/games", page=2, per_page=3)).json()
    assert (second["total"], [entry["game_id"] for entry in second["items"]]) == (4, ["stub"])
    beyond = (await one.get("/api/v1/insights/games", page=9)).json()
    assert (beyond["total"], beyond["items"]) == (4, [])
    wrong: list[dict[str, Any]] = [
        {"min_turnover": 1}, {"sort": "-ggr"}, {"sort": "luck"}, {"catgory": "slots"}, {"page": 0}, {"per_page": 1001},
        {"min_bets": "1e3"},
        {"min_bets": ["1", "2"]}, {"q": "\0"},
    ]  # fmt: skip
    for query in wrong:
        answer = await one.get("/api/v1/insights/games", **query)
        assert answer.status_code == 422, query


async def test_dimensions_appear_by_themselves(one: Producer) -> None:
    await furnish_games(one)
    told = (await one.get("/api/v1/insights/dimensions")).json()
    assert told == {
        "categories": [{"value": "slots", "games": 2}, {"value": "new", "games": 1}, {"value": "tables", "games": 1}],
        "features": [{"value": "live", "games": 1}],
        "themes": [{"value": "egypt", "games": 1}],
        "device": [{"value": "mobile", "games": 2}, {"value": "undefined", "games": 2}],
        "provider": [{"value": "acme", "games": 2}, {"value": "table co", "games": 1}],
        "has_freespins": [{"value": "yes", "games": 1}],
    }


async def test_readers_need_the_key(stage: Stage, one: Producer) -> None:
    await one.must(bet("b"))
    for path in ("events", "insights/players/ann", "insights/games/crash", "insights/games", "insights/dimensions"):
        assert (await one.get(f"/api/v1/{path}")).status_code == 200
        answer = await stage.http.get(f"/api/v1/{path}", headers={"x-api-key": stage.one.external_api_key})
        assert answer.status_code == 403
