"""handHistory and gameLogs: a round as its studio tells it, for the operator whose player it was, and nobody else."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent_stage import Stage, on_stage
from pitboss.storage.agents import CreatedAgent
from signed_http import sha1
from studio_peer import StudioPeer, studio_peer
from wire_example import EXAMPLES, differences, exact_json, filled, read_example

BACCARAT = """{"type": "json", "log_type": "hand", "game_name": "Table A", "game_result": "Tie", "payout": 3000.50,
 "hands": [{"title": "Banker", "cards": ["4D", "5S"], "result": "9"}, {"title": "Player", "cards": ["2C", "7H"], "result": "9"}]}"""


@pytest.fixture
def studio() -> Iterator[StudioPeer]:
    with studio_peer("pg secret") as peer:
        yield peer


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, studio: StudioPeer) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as set_up:
        await set_up.sql("UPDATE provider SET callback_url = $1 WHERE code = 'pg'", studio.url)
        yield set_up


async def played(stage: Stage, agent: CreatedAgent | None = None) -> dict[str, Any]:
    """A round of 1600 IDR by player0001, its bet with the history id 350-a1Basdf; the bet's row."""
    await stage.player(agent=agent)
    body = {"username": "player0001", "amount": "5000", "currency": "IDR"}
    assert (await stage.call("v1.6/deposit", body, agent=agent))["ok"]
    token = await stage.launched("player0001", "IDR", agent=agent)
    await stage.play("bet", token, 160_000, "111", "18258", agent=agent)
    await stage.play("win", token, 0, "112", "18258", agent=agent)
    agent_id = (agent or stage.one).agent_id
    await stage.owner.execute(
        "UPDATE transaction SET history_id = '350-a1Basdf' WHERE agent_id = $1 AND provider_tx_id = '111'", agent_id
    )
    row = await stage.owner.fetchrow(
        "SELECT t.id, t.wallet_tx_id, t.number, w.user_in_game FROM transaction t JOIN wallet w"
        " ON w.agent_id = t.agent_id AND w.id = t.wallet_id WHERE t.agent_id = $1 AND t.provider_tx_id = '111'",
        agent_id,
    )
    assert row is not None
    return dict(row)


async def ask(
    stage: Stage,
    transaction: object,
    history_id: str = "350-a1Basdf",
    agent: CreatedAgent | None = None,
    **changes: str,
) -> httpx.Response:
    agent = agent or stage.one
    headers = {
        "X-Authorization": sha1("handHistory", agent.operator_id, agent.secret_key),
        "X-Operator-Id": agent.operator_id,
        "X-Vendor-Id": "pg",
    } | {name.replace("_", "-"): value for name, value in changes.items()}
    headers = {name: value for name, value in headers.items() if value}
    return await stage.http.get(f"/api/generic/handHistory/{transaction}/{history_id}", headers=headers)


@pytest.mark.parametrize("path", sorted((EXAMPLES / "hand_history").glob("*.txt")), ids=lambda path: path.stem)
async def test_example(path: Path, stage: Stage, studio: StudioPeer) -> None:
    names = {"transaction": str((await played(stage))["number"])}
    for exchange in read_example(path):
        if exchange.deed:
            studio.answers["roundlog"] = " ".join(exchange.deed[1:])
            continue
        signed = {
            "X-Authorization": sha1("handHistory", "casinoone", stage.one.secret_key),
            "X-Operator-Id": "casinoone",
        }
        url = filled(exchange.target.removeprefix("GET "), names)
        response = await stage.http.get(url, headers=signed | exchange.request_headers)
        where = f"{path.name}:{exchange.line}"
        assert response.status_code == exchange.status, where
        assert response.headers["content-type"] == "application/json"
        assert differences(exact_json(exchange.answer), exact_json(response.content)) == [], where


async def test_the_reference_tells_of_every_answer_there_is_an_example_of(stage: Stage) -> None:
    told = (await stage.http.get("/schema/openapi.json")).json()
    [path] = [path for path in told["paths"] if "handHistory" in path]
    answers = told["paths"][path]["get"]["responses"]
    exchanges = [
        one for file in (EXAMPLES / "hand_history").glob("*.txt") for one in read_example(file) if not one.deed
    ]
    assert {str(one.status) for one in exchanges} | {"503"} <= set(answers)
    for one in exchanges:
        name = answers[str(one.status)]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert set(told["components"]["schemas"][name]["properties"]) == set(json.loads(one.answer)), one.status


async def test_what_the_studio_says_as_json(stage: Stage, studio: StudioPeer) -> None:
    studio.answers["roundlog"] = BACCARAT
    row = await played(stage)
    answer = await ask(stage, row["number"])
    assert answer.status_code == 200
    # Digit by digit, whatever a decoder would make of 3000.50.
    assert answer.content == (
        b'{"success":true,"data":{"log_type":"hand","game_name":"Table A","game_result":"Tie","payout":3000.50,'
        b'"hands":[{"title":"Banker","cards":["4D","5S"],"result":"9"},{"title":"Player","cards":["2C","7H"],"result":"9"}]},'
        b'"type":"json"}'
    )
    [asked] = studio.of("roundlog")
    assert asked.said["data"] == {
        "user_id": row["user_in_game"], "round_id": 18258, "transaction_id": 111, "history_id": "350-a1Basdf",
    }  # fmt: skip


async def test_a_page_as_its_url(stage: Stage, studio: StudioPeer) -> None:
    studio.answers["roundlog"] = '{"type": "url", "log_type": "iframe", "url": "https://studio.example/rounds/1?k=2"}'
    row = await played(stage)
    answer = await ask(stage, row["number"])
    assert answer.json() == {"success": True, "type": "url", "data": "https://studio.example/rounds/1?k=2"}


@pytest.mark.parametrize("name", ["id", "wallet_tx_id"])
@pytest.mark.parametrize("history_id", ["350-a1Basdf", "-"])
async def test_any_id_the_hub_told_finds_it(stage: Stage, studio: StudioPeer, name: str, history_id: str) -> None:
    studio.answers["roundlog"] = "{}"
    row = await played(stage)
    assert (await ask(stage, row[name].hex, history_id)).status_code == 200
    assert len(studio.seen) == 1


async def test_a_studio_that_tells_nothing_has_no_data(stage: Stage) -> None:
    row = await played(stage)
    answer = await ask(stage, row["number"])
    assert answer.json() == {"success": True, "data": {"log_type": "nodata"}, "type": "json"}


async def test_a_studio_that_fails_is_not_there_now(stage: Stage, studio: StudioPeer) -> None:
    studio.raw["roundlog"] = (500, {}, b"")
    row = await played(stage)
    answer = await ask(stage, row["number"])
    assert answer.status_code == 503 and answer.headers["retry-after"]
    assert answer.json()["success"] is False


@pytest.mark.parametrize(
    ("transaction", "history_id", "vendor"),
    [
        ("{number}", "350-a1basdf", "pg"), ("7", "350-a1Basdf", "pg"), ("{number}", "350-a1Basdf", "evolution"),
        ("{number}", "350-a1Basdf", "nobody"), ("9" * 40, "350-a1Basdf", "pg"), ("x", "-", "pg"), ("f" * 32, "-", "pg"),
        ("0" * 32, "-", "pg"), ("{number}", "%00", "pg"), ("1e3", "350-a1Basdf", "pg"), ("-1", "350-a1Basdf", "pg"),
    ],
)  # fmt: skip
async def test_what_is_not_there(
    stage: Stage, studio: StudioPeer, transaction: str, history_id: str, vendor: str
) -> None:
    row = await played(stage)
    answer = await ask(stage, transaction.format(number=row["number"]), history_id, X_Vendor_Id=vendor)
    assert answer.status_code == 404
    told = answer.json()
    assert told.keys() == {"success", "error"} and told["success"] is False
    assert studio.seen == []


async def test_another_operators_transaction_is_not_there(stage: Stage, studio: StudioPeer) -> None:
    row = await played(stage)
    for transaction, history_id in ((row["number"], "350-a1Basdf"), (row["id"].hex, "-")):
        assert (await ask(stage, transaction, history_id, agent=stage.other)).status_code == 404
    assert studio.seen == []


@pytest.mark.parametrize(
    "changes",
    [
        {"X_Authorization": "0" * 40}, {"X_Authorization": ""}, {"X_Operator_Id": "nobody"}, {"X_Operator_Id": ""},
        {"X_Authorization": sha1("games", "casinoone", "x")},
    ],
)  # fmt: skip
async def test_who_does_not_sign_is_denied(stage: Stage, changes: dict[str, str]) -> None:
    row = await played(stage)
    answer = await ask(stage, row["number"], **changes)
    assert answer.status_code == 403
    assert answer.json() == {"error": "Access denied"}


async def test_only_listed_addresses_may_ask(stage: Stage) -> None:
    row = await played(stage)
    await stage.sql("UPDATE agent SET allowed_ips = '{203.0.113.0/24}' WHERE id = 1")
    assert (await ask(stage, row["number"])).status_code == 403
    await stage.sql("UPDATE agent SET allowed_ips = '{127.0.0.1/32}' WHERE id = 1")
    assert (await ask(stage, row["number"])).status_code == 200


ROUND = {"gameId": "pg_00001", "username": "player0001", "roundId": "18258"}
LOGS: list[tuple[str, dict[str, Any]]] = [
    (BACCARAT, {"hands": [
        {"title": "Banker", "cards": ["4D", "5S"], "result": "9"}, {"title": "Player", "cards": ["2C", "7H"], "result": "9"},
    ]}),
    ('{"log_type": "roulette", "pockets": [{"number": 17, "color": "black", "evenOdd": "odd"}]}',
     {"pockets": [{"number": "17", "color": "black", "evenOdd": "odd"}]}),
    ('{"log_type": "dice", "dices": ["3", "5"]}', {"dices": ["3", "5"]}),
    ('{"log_type": "table", "rows": [{"key": "Spin", "value": "A K Q"}]}', {"rows": [{"key": "Spin", "value": "A K Q"}]}),
    ('{"type": "url", "log_type": "iframe", "url": "https://studio.example/r"}', {}),
    ("{}", {}),
]  # fmt: skip


@pytest.mark.parametrize("said", LOGS, ids=["hand", "roulette", "dice", "table", "iframe", "nodata"])
async def test_game_logs_of_every_kind(stage: Stage, studio: StudioPeer, said: tuple[str, dict[str, Any]]) -> None:
    studio.answers["roundlog"], details = said
    row = await played(stage)
    for answer in (
        await stage.call("v1.6/gameLogs", ROUND),
        await stage.call("v1.3/gameLogs", ROUND),
        await stage.call("v1.3/gameLogs", {"historyId": row["id"].hex}),
    ):
        assert answer["ok"], answer
        result = answer["result"]
        assert {name: result.get(name) for name in ("hands", "pockets", "dices", "rows") if name in result} == details
        assert [transaction["id"] for transaction in result["transactions"]] == ["111", "112"]
        assert result["result"]["url"] == ("https://studio.example/r" if "iframe" in said[0] else "")
    asked = studio.of("roundlog")
    assert [command.said["data"]["user_id"] for command in asked] == [row["user_in_game"]] * 3


async def test_game_logs_outlive_a_studio_that_is_away(stage: Stage, studio: StudioPeer) -> None:
    studio.raw["roundlog"] = (200, {}, b"nonsense")
    await played(stage)
    answer = await stage.call("v1.6/gameLogs", ROUND)
    assert answer["result"]["result"]["logType"] == "nodata"
    assert len(answer["result"]["transactions"]) == 2


async def test_version_16_looks_back_seven_days_unless_told_otherwise(stage: Stage) -> None:
    await played(stage)
    old = datetime.now(UTC) - timedelta(days=8)
    await stage.owner.execute("UPDATE transaction SET at = $1 WHERE provider_tx_id IN ('111', '112')", old)
    assert (await stage.call("v1.6/gameLogs", ROUND))["error"]["code"] == "ROUND_NOT_FOUND"
    window = {"from": (old - timedelta(hours=1)).isoformat(), "to": (old + timedelta(hours=1)).isoformat()}
    assert len((await stage.call("v1.6/gameLogs", {**ROUND, **window}))["result"]["transactions"]) == 2
    assert (await stage.call("v1.3/gameLogs", ROUND))["ok"]
