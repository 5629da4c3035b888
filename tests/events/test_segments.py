"""Segments of players, and what is no filter."""

import csv
import io
import json
from typing import Any

from event_producer import Producer, bet, deposit, item


async def furnish(one: Producer) -> None:
    await one.must(
        item("player", "p1", player_id="ann", username="Ann", country="DE", tags=["vip", "new"], is_blocked=False, gender="F",
             registration_date="2025-01-01T00:00:00Z"),
        item("player", "p2", player_id="bob", username="Bobby", country="AT", is_blocked=True),
        item("player", "p3", player_id="cid", username=None, tags=[]),
        bet("b1", 100), bet("b2", 50, player_id="bob", game_id="dice"), bet("b3", 9000, player_id="bob", currency="JPY"),
        bet("b4", 1, player_id="stub"), deposit("d1", 20), deposit("d2", 30, player_id="bob"), deposit("d3", 5, player_id="bob"),
        item("login", "l1", player_id="cid"), item("login", "l2", player_id="ann") | {},
    )  # fmt: skip


async def post(one: Producer, what: str, body: object) -> Any:
    return await one.http.post(f"/api/v1/insights/segments/{what}", json=body, headers={"x-api-key": one.key})


async def post_bytes(one: Producer, what: str, body: bytes) -> Any:
    return await one.http.post(f"/api/v1/insights/segments/{what}", content=body, headers={"x-api-key": one.key})


def condition(field: str, op: str, value: object, **more: object) -> dict[str, object]:
    return {"field": field, "op": op, "value": value, **more}


CASES: list[tuple[dict[str, Any], str]] = [
    ({"all": []}, "ann bob cid stub"),
    ({"any": []}, ""),
    (condition("country", "is", "DE"), "ann"),
    (condition("country", "in", ["DE", "AT"]), "ann bob"),
    ({"not": condition("country", "is", "DE")}, "bob cid stub"),
    (condition("username", "contains", "BOB"), "bob"),
    (condition("username", "contains", "%"), ""),
    (condition("username", "known", False), "cid stub"),
    (condition("is_blocked", "is", True), "bob"),
    ({"not": condition("is_blocked", "is", True)}, "ann cid stub"),
    (condition("announced", "is", False), "stub"),
    (condition("tags", "has", "vip"), "ann"),
    (condition("tags", "has_any", ["x", "new"]), "ann"),
    (condition("bets", "gte", 2), "bob"),
    (condition("bets", "eq", 1, currency="JPY"), "bob"),
    (condition("bets", "eq", 0), "cid"),
    (condition("turnover", "gt", "50", currency="EUR"), "ann"),
    (condition("turnover", "lte", 50, currency="EUR"), "bob cid stub"),
    (condition("ggr", "gte", 9000, currency="JPY"), "bob"),
    (condition("deposited", "gte", 20.5, currency="EUR"), "bob"),
    (condition("deposits", "gt", 0), "ann bob"),
    (condition("played", "is", "dice"), "bob"),
    (condition("played", "in", ["dice", "crash"]), "ann bob stub"),
    (condition("last_login", "known", True), "ann cid"),
    (condition("last_seen", "after", "2026-01-31T14:00:00+01:00"), "ann bob cid stub"),
    (condition("last_seen", "before", "2026-01-31T13:00:00Z"), ""),
    (condition("last_seen", "within_days", 0), ""),
    (condition("first_seen", "older_than_days", 1), "ann bob cid stub"),
    (condition("registration_date", "before", "2025-06-01T00:00:00Z"), "ann"),
    (
        {
            "any": [
                condition("country", "is", "DE"),
                {"all": [condition("bets", "gt", 1), condition("deposits", "gt", 1)]},
            ]
        },
        "ann bob",
    ),
    (condition("country", "is", "' OR true --"), ""),
]

WRONG: list[Any] = [
    None, [], "all", {}, {"all": []} | {"any": []}, {"all": {}}, {"not": []}, {"xor": []}, condition("password", "is", "x"),
    condition("country", "gt", "x"), condition("country", "is", None), condition("country", "in", []),
    condition("country", "is", "a\0"), condition("turnover", "gt", 1), condition("turnover", "gt", "1e5", currency="EUR"),
    condition("turnover", "gt", "x", currency="EUR"), condition("country", "is", "DE", currency="EUR"),
    condition("bets", "gt", 1, also=2), condition("is_blocked", "is", "yes"),
    condition("last_seen", "after", "2026-01-31T13:00:00"),
    condition("last_seen", "within_days", -1), condition("last_seen", "within_days", 99_999),
    condition("last_seen", "within_days", "²"), condition("last_seen", "older_than_days", "٣"),
    {"field": ["country"], "op": "is", "value": "DE"}, {"all": [condition("country", "is", "DE")] * 51},
]  # fmt: skip


def nested(depth: int) -> Any:
    return {"not": nested(depth - 1)} if depth else condition("country", "is", "DE")


async def test_who_fits(one: Producer, other: Producer) -> None:
    await furnish(one)
    for wanted, names in CASES:
        players = names.split()
        listed = await post(one, "players", {"filter": wanted})
        assert listed.status_code == 200, (wanted, listed.text)
        assert [entry["player_id"] for entry in listed.json()["items"]] == players, wanted
        assert (await post(one, "count", {"filter": wanted})).json() == {"players": len(players)}, wanted
    assert (await post(other, "count", {"filter": {"all": []}})).json() == {"players": 0}


async def test_what_is_no_filter(one: Producer) -> None:
    await furnish(one)
    for wanted in [*WRONG, nested(9), nested(5_000 // 8)]:
        answer = await post(one, "count", {"filter": wanted})
        assert answer.status_code == 422, (wanted, answer.text)
        assert answer.json()["errors"][0]["field"].startswith(("filter", "body")), answer.text
    assert (await post(one, "count", {"filter": nested(8)})).status_code == 200
    for body in ({}, {"filter": {"all": []}, "limit": 5}, []):
        assert (await post(one, "count", body)).status_code == 422
    for limit in (0, 10_001, "many", "²", "٣", "", [], False, None):
        answer = await post(one, "players", {"filter": {"all": []}, "limit": limit})
        assert answer.status_code == (200 if limit is None else 422)
    for after in ([], {}, False, "a\0", "\ud800", "x" * 256):
        told = json.dumps({"filter": {"all": []}, "after": after}).encode()
        assert (await post_bytes(one, "players", told)).status_code == 422, after
    large = {"filter": condition("country", "in", ["x" * 900] * 400)}
    assert (await post(one, "count", large)).status_code == 413


async def test_a_member_twice_is_no_filter_however_deep(one: Producer) -> None:
    await furnish(one)
    twice = b'{"all": [{"field": "country", "op": "is", "value": "DE"}], "all": []}'
    for body in (b'{"filter": %b}', b'{"filter": {"not": {"any": [%b]}}}'):
        answer = await post_bytes(one, "count", body % twice)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "all")


async def test_a_page_goes_on_behind_any_id_there_may_be(one: Producer) -> None:
    ids = sorted(["a\nb", "a\u200bb", "\u00a0", "\u2028", "ünï", "🎰", "x" * 255])
    await one.must(*(bet(str(number), player_id=player_id) for number, player_id in enumerate(ids)))
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        answer = await post(one, "players", {"filter": {"all": []}, "limit": 1, "after": after})
        assert answer.status_code == 200, (after, answer.text)
        seen += [entry["player_id"] for entry in answer.json()["items"]]
        after = answer.json()["next"]
    assert seen == ids


async def test_pages_and_export(one: Producer) -> None:
    await furnish(one)
    first = (await post(one, "players", {"filter": {"all": []}, "limit": 3})).json()
    assert ([entry["player_id"] for entry in first["items"]], first["next"]) == (["ann", "bob", "cid"], "cid")
    rest = (await post(one, "players", {"filter": {"all": []}, "limit": 3, "after": "cid"})).json()
    assert ([entry["player_id"] for entry in rest["items"]], rest["next"]) == (["stub"], None)
    exported = await post(one, "export", {"filter": condition("bets", "gt", 0)})
    assert exported.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(exported.text)))
    assert [(row["player_id"], row["country"], row["tags"], row["is_blocked"]) for row in rows] == [
        ("ann", "DE", "vip|new", "false"), ("bob", "AT", "", "true"), ("stub", "", "", ""),
    ]  # fmt: skip
    assert (await one.http.post("/api/v1/insights/segments/export", json={"filter": {"all": []}})).status_code == 403
