"""What POST /api/v1/events takes and refuses (the contract, "The event API")."""

import asyncio
import gzip
import json
import zlib
from typing import Any

import pytest
import zstandard

from agent_stage import Stage
from event_producer import Producer, bet, deposit, item, win, withdraw

HUGE = "9" * 5_000


async def unique_ids(stage: Stage) -> list[str]:
    return [row[0] for row in await stage.owner.fetch("SELECT unique_id FROM event ORDER BY agent_id, seq")]


async def test_all_six_kinds_are_stored(stage: Stage, one: Producer) -> None:
    await one.must(
        bet("b", 10.25),
        win("w", 17, corrects="b"),
        deposit("d", 100, amount_eur=100.123),
        withdraw("o", 50),
        item("player", "p", player_id="ann", username="Änn 🎰", tags=["vip"], country=None, is_blocked=False),
        item("game", "g", game_id="crash", name="Crash", categories=["crash"], device="mobile", has_freespins="no"),
        item("login", "l", player_id="ann"),
    )
    rows = await stage.owner.fetch("SELECT * FROM event ORDER BY seq")
    assert [row["kind"] for row in rows] == ["gameround", "gameround", "deposit", "withdraw", "player", "game", "login"]
    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert [str(row["amount"]) for row in rows[:4]] == ["10.25", "17", "100", "50"]
    assert str(rows[2]["amount_eur"]) == "100.123"
    assert rows[1]["corrects"] == "b"
    assert json.loads(rows[4]["changes"]) == {
        "username": "Änn 🎰",
        "tags": ["vip"],
        "country": None,
        "is_blocked": False,
    }


async def test_an_empty_batch_is_stored_at_once(one: Producer) -> None:
    await one.must()


WRONG: list[tuple[str, Any, str]] = [
    ("no object", 17, "item"),
    ("no event", {"data": bet("x")["data"]}, "event"),
    ("an event of another kind", bet("x") | {"event": "bonus"}, "event"),
    ("no data", {"event": "login"}, "data"),
    ("data that is no object", {"event": "login", "data": []}, "data"),
    ("no unique_id", item("login", None, player_id="ann"), "unique_id"),
    ("an empty id", bet(""), "unique_id"),
    ("an id as long as a page", bet("x" * 256), "unique_id"),
    ("a number for an id", bet("x", player_id=7), "player_id"),
    ("NUL", bet("x", player_id="a\0b"), "player_id"),
    ("half of a surrogate pair", bet("x", round_id="a\ud83c"), "round_id"),
    ("an amount in a string", bet("x", "10"), "amount"),
    ("null for an amount", bet("x", None), "amount"),
    ("a negative amount", bet("x", -1), "amount"),
    ("a negative deposit", deposit("x", -0.01), "amount"),
    ("more decimals than euros have", bet("x", 1.001), "amount"),
    ("more decimals than yen have", bet("x", 1.5, currency="JPY"), "amount"),
    ("no such currency", bet("x", currency="EURO"), "currency"),
    ("a currency in small letters", bet("x", currency="eur"), "currency"),
    ("a time without an offset", bet("x", timestamp="2026-01-31T13:00:00"), "timestamp"),
    ("a day", bet("x", timestamp="2026-01-31"), "timestamp"),
    ("no day of the calendar", bet("x", timestamp="2026-02-30T13:00:00Z"), "timestamp"),
    ("a time far ahead", bet("x", timestamp="2999-01-01T00:00:00Z"), "timestamp"),
    ("a time before all years", bet("x", timestamp="0001-01-01T00:00:00+23:00"), "timestamp"),
    ("a number for a time", bet("x", timestamp=1769864400), "timestamp"),
    ("a word for a flag", bet("x", is_win="true"), "is_win"),
    ("null for a flag", bet("x", is_bonus=None), "is_bonus"),
    ("no method", deposit("x", method=""), "method"),
    ("a converted amount in words", deposit("x", amount_eur="ten"), "amount_eur"),
    ("a gender of another alphabet", item("player", "x", player_id="ann", gender="X"), "gender"),
    ("a day of registration", item("player", "x", player_id="ann", registration_date="2026-01-31"), "registration_date"),
    ("a player's currency", item("player", "x", player_id="ann", currency="EURO"), "currency"),
    ("tags in a string", item("player", "x", player_id="ann", tags="vip"), "tags"),
    ("tags that are numbers", item("player", "x", player_id="ann", tags=[1]), "tags"),
    ("perhaps free spins", item("game", "x", game_id="crash", has_freespins="maybe"), "has_freespins"),
    ("a device that is a list", item("game", "x", game_id="crash", device=["mobile"]), "device"),
    ("a correction of itself", bet("x", corrects="x"), "corrects"),
]  # fmt: skip


async def test_one_wrong_item_keeps_the_whole_batch_out(stage: Stage, one: Producer) -> None:
    for why, wrong, field in WRONG:
        errors = await one.errors(bet("good"), wrong)
        assert [(index, told) for index, _, told in errors] == [(1, field)], why
    assert await unique_ids(stage) == []


SPELLINGS = [
        ('"amount": 1e400', "amount"), ('"amount": 1e-400', "amount"), (f'"amount": {HUGE}', "amount"),
        (f'"amount": 1e{HUGE}', "amount"), ('"amount": 1, "amount": 2', "amount"), ('"amount": {"amount": 1}', "amount"),
        ('"amount": 1, "unique_id" : "y"', "unique_id"), ('"amount": 1, "\\u0061mount": 1', "amount"),
        ('"amount": 1, "player_id": "\\u0000"', "player_id"),
    ]  # fmt: skip


async def test_what_json_can_say_and_no_amount_is(stage: Stage, one: Producer) -> None:
    rest = '"timestamp": "2026-01-31T13:00Z", "game_id": "g", "round_id": "r", "currency": "EUR", "is_win": true, "is_bonus": true'
    for said, field in SPELLINGS:
        player = "" if "player_id" in said else ', "player_id": "p"'
        body = f'{{"items": [{{"event": "gameround", "data": {{"unique_id": "x", {rest}{player}, {said}}}}}]}}'
        answer = await one.send_bytes(body.encode())
        assert answer.status_code == 422, said
        assert [error["field"] for error in answer.json()["errors"]] == [field], said
    assert await unique_ids(stage) == []


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b"{items: []}",
    "half of it": b'{"items": [{"event": "log',
    "no object": b"[]",
    "no items": b"{}",
    "items that are no list": b'{"items": {}}',
    "items twice": b'{"items": [], "items": []}',
    "NaN": b'{"items": [NaN]}',
    "another character set": '{"items": [], "é": 1}'.encode("latin-1"),
    "a deep list": b'{"items": ' + b"[" * 500_000,
    "a deep list beside": b'{"items": [], "x": ' + b"[" * 500_000 + b"]" * 500_000 + b"}",
    "a deep item": b'{"items": [' + b'{"data":' * 100_000 + b"1" + b"}" * 100_000 + b"]}",
    "more after the end": b'{"items": []} []',
}


async def test_a_body_that_is_no_batch(one: Producer) -> None:
    for name, body in BODIES.items():
        for prefer in ("", "handling=lenient"):
            answer = await one.send_bytes(body, prefer=prefer)
            assert answer.status_code == 422, name
            assert [error["index"] for error in answer.json()["errors"]] == [None], name


async def test_every_problem_of_an_item_is_told_and_the_first_hundred_of_a_batch(one: Producer) -> None:
    wrong = bet("x", "10", currency="EURO", timestamp="today", is_win=1)
    assert {field for _, _, field in await one.errors(wrong)} == {"amount", "currency", "timestamp", "is_win"}
    told = await one.errors(*(bet(f"x{number}", -1) for number in range(150)))
    assert told == [(number, f"x{number}", "amount") for number in range(100)]


async def test_members_nobody_knows_are_let_pass(stage: Stage, one: Producer) -> None:
    await one.must(bet("x", shoe_size={"eu": 43}) | {"source": "crm"})
    assert await unique_ids(stage) == ["x"]


async def test_amounts_are_exact_however_they_are_spelled(stage: Stage, one: Producer) -> None:
    spelled = ["0", "-0", "0.10", "1E2", "1.5e1", "100e-2", "123456789012345678.25", "0.0e5"]
    items = [
        json.dumps(bet(f"a{number}", 0)).replace('"amount": 0', f'"amount": {text}')
        for number, text in enumerate(spelled)
    ]
    answer = await one.send_bytes(f'{{"items": [{", ".join(items)}]}}'.encode())
    assert answer.status_code == 204, answer.text
    stored = [str(row[0]) for row in await stage.owner.fetch("SELECT amount FROM event ORDER BY seq")]
    assert stored == ["0", "0", "0.1", "100", "15", "1", "123456789012345678.25", "0"]


async def test_times_are_kept_in_utc(stage: Stage, one: Producer) -> None:
    times = [
        "2026-01-31T15:00:00+02:00",
        "2026-01-31 13:00:00.000000Z",
        "2016-12-31T23:59:60Z",
        "2026-01-31T13:00Z",
        "1999-01-01t00:00:00z",
    ]
    await one.must(*(bet(str(number), timestamp=text) for number, text in enumerate(times)))
    stored = [row[0].isoformat() for row in await stage.owner.fetch("SELECT at FROM event ORDER BY seq")]
    assert stored == [
        "2026-01-31T13:00:00+00:00", "2026-01-31T13:00:00+00:00", "2017-01-01T00:00:00+00:00", "2026-01-31T13:00:00+00:00",
        "1999-01-01T00:00:00+00:00",
    ]  # fmt: skip


async def test_a_currency_of_the_tenants_own_is_taken(stage: Stage, one: Producer, other: Producer) -> None:
    await stage.sql("INSERT INTO currency VALUES ('CHIP', 'Chips', 3)")
    await stage.sql("INSERT INTO agent_currency (agent_id, currency) VALUES ($1, 'CHIP')", stage.one.agent_id)
    await one.must(bet("x", 1.125, currency="CHIP"), bet("y", 1, currency="USD"))
    assert [field for _, _, field in await other.errors(bet("x", 1, currency="CHIP"))] == ["currency"]


async def test_a_repeat_is_dropped_and_tenants_do_not_share_ids(stage: Stage, one: Producer, other: Producer) -> None:
    await one.must(bet("x"), bet("x"), bet("y"))
    await one.must(bet("z"), bet("y"))
    await other.must(bet("x", 20))
    assert await unique_ids(stage) == ["x", "y", "z", "x"]
    assert await one.lenient(bet("x"), bet("q"), bet("q")) == (200, {"accepted": 1, "duplicates": 2, "rejected": []})


async def test_a_repeat_may_be_spelled_otherwise(one: Producer) -> None:
    await one.must(bet("x", 10.5), item("player", "p", player_id="ann", username=None))
    same = bet("x", 10.50, timestamp="2026-01-31T14:00:00+01:00", corrects=None)
    status, told = await one.lenient(same, item("player", "p", player_id="ann"))
    assert told["duplicates"] == 1
    assert [(entry["unique_id"], entry["errors"][0]["field"]) for entry in told["rejected"]] == [("p", "unique_id")]
    assert status == 207


CHANGES: list[dict[str, Any]] = [
    {"amount": 11}, {"player_id": "bob"}, {"game_id": "dice"}, {"round_id": "r2"}, {"currency": "USD"}, {"is_win": True},
    {"is_bonus": True}, {"corrects": "b"}, {"timestamp": "2026-01-31T13:00:00.000001Z"},
]  # fmt: skip


async def test_other_data_under_a_known_id_is_a_conflict(stage: Stage, one: Producer) -> None:
    await one.must(bet("x"))
    for number, change in enumerate(CHANGES):
        changed = bet("x", **({"amount": 10} | change))
        await one.must(changed)
        status, told = await one.lenient(bet(f"a{number}"), changed, bet("x"))
        assert (status, told["accepted"], told["duplicates"]) == (207, 1, 1), change
        [rejected] = told["rejected"]
        assert (rejected["index"], rejected["unique_id"], rejected["errors"][0]["field"]) == (1, "x", "unique_id")
        assert "conflict" in rejected["errors"][0]["message"]
    assert await unique_ids(stage) == ["x", *(f"a{number}" for number in range(len(CHANGES)))]
    assert str(await stage.owner.fetchval("SELECT amount FROM event WHERE unique_id = 'x'")) == "10"


async def test_lenient_handling_judges_each_item_by_itself(stage: Stage, one: Producer) -> None:
    status, told = await one.lenient(bet("a"), bet("b", -1, currency="EURO"), 17, win("c"))
    assert (status, told["accepted"], told["duplicates"]) == (207, 2, 0)
    assert [(entry["index"], entry["unique_id"]) for entry in told["rejected"]] == [(1, "b"), (2, None)]
    assert {error["field"] for error in told["rejected"][0]["errors"]} == {"amount", "currency"}
    assert await unique_ids(stage) == ["a", "c"]


async def test_the_first_preference_counts(one: Producer) -> None:
    assert (await one.send(bet("a"), prefer='respond-async, handling="lenient"; x=1')).status_code == 200
    assert (await one.send(bet("a"), prefer="handling=strict, handling=lenient")).status_code == 204


async def test_only_a_key_of_the_event_api_opens_it(stage: Stage, one: Producer) -> None:
    for key in ("", "nonsense", stage.one.external_api_key, one.key[:-1] + "!", one.key + "0"):
        assert (await one.send(bet("x"), x_api_key=key)).status_code == 403
    await stage.sql("UPDATE api_key SET revoked_at = now() WHERE agent_id = 1 AND scope = 'events_api'")
    assert (await one.send(bet("x"))).status_code == 403
    assert await unique_ids(stage) == []


async def test_an_address_list_holds_here_too(stage: Stage, one: Producer) -> None:
    await stage.sql("UPDATE agent SET allowed_ips = '{203.0.113.0/24}' WHERE id = $1", stage.one.agent_id)
    assert (await one.send(bet("x"))).status_code == 403


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_packed_batches(stage: Stage, one: Producer, encoding: str) -> None:
    pack = gzip.compress if encoding == "gzip" else zstandard.compress
    body = json.dumps({"items": [bet(str(number)) for number in range(3_000)]}).encode()
    assert (await one.send_bytes(pack(body), content_encoding=encoding)).status_code == 204
    half = len(body) // 2
    in_two = pack(body[:half]) + pack(body[half:])
    answer = await one.send_bytes(in_two, content_encoding=encoding, prefer="handling=lenient")
    assert answer.json()["duplicates"] == 3_000
    for broken in (pack(body)[:-9], b"no archive", b"", pack(body)[:20] + b"?" * 40):
        assert (await one.send_bytes(broken, content_encoding=encoding)).status_code == 422
    assert len(await unique_ids(stage)) == 3_000


async def test_bombs_and_other_encodings(one: Producer) -> None:
    large = b" " * (17 * 1024 * 1024)
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(large) for _ in range(60)) + packer.flush()
    assert len(bomb) < 2_000_000
    assert (await one.send_bytes(bomb, content_encoding="gzip")).status_code == 413
    assert (await one.send_bytes(zstandard.compress(large * 20), content_encoding="zstd")).status_code == 413
    assert (await one.send_bytes(large)).status_code == 413
    assert (await one.send(*(17 for _ in range(10_001)))).status_code == 413
    for encoding in ("br", "deflate", "gzip, gzip", "zip"):
        assert (await one.send_bytes(b"", content_encoding=encoding)).status_code == 415


async def test_ten_thousand_at_once(stage: Stage, one: Producer) -> None:
    await one.must(*(bet(str(number)) for number in range(10_000)))
    assert await stage.owner.fetchval("SELECT bets FROM event_player_figure") == 10_000


async def test_the_same_batches_from_many_at_once(stage: Stage, one: Producer) -> None:
    batch = [bet(str(number), 1, player_id=f"p{number % 5}") for number in range(200)]
    ways = [batch, batch[::-1], batch[100:] + batch[:100], batch[::2] + batch[1::2]] * 4
    told = await asyncio.gather(*(one.lenient(*way) for way in ways))
    assert sum(answer["accepted"] for _, answer in told) == 200
    assert sum(answer["duplicates"] for _, answer in told) == 15 * 200
    assert sorted(await unique_ids(stage)) == sorted(str(number) for number in range(200))
    numbers = [row[0] for row in await stage.owner.fetch("SELECT seq FROM event ORDER BY seq")]
    assert numbers == list(range(1, 201))
    assert await stage.owner.fetchval("SELECT sum(turnover) FROM event_player_figure") == 200


async def test_what_the_database_does_not_take_is_to_be_sent_again(stage: Stage, one: Producer) -> None:
    await one.must(bet("before"))
    await stage.owner.execute("ALTER TABLE event RENAME TO event_away")
    answer = await one.send(bet("x"), bet("y"))
    assert (answer.status_code, answer.json()) == (510, {"unique_ids": ["x", "y"]})
    await stage.owner.execute("ALTER TABLE event_away RENAME TO event")
    assert await one.lenient(bet("x"), bet("y")) == (200, {"accepted": 2, "duplicates": 0, "rejected": []})
