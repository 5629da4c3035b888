"""The lists an operator builds its lobby from: every hand-written example of wire_examples/platform, and who may ask."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent_stage import Stage, on_stage
from signed_http import sha1
from wire_example import EXAMPLES, Exchange, differences, exact_json, read_example

FILES = sorted((EXAMPLES / "platform").glob("*.txt"))
LISTS = {"games": "/api/generic/games/list/all", "lobbies": "/api/generic/lobbies/list/all"}


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as set_up:
        yield set_up


def headers(stage: Stage, operator_id: str, name: str) -> dict[str, str]:
    secrets = {agent.operator_id: agent.secret_key for agent in (stage.one, stage.sea)}
    secret = secrets.get(operator_id, "x")
    return {"X-Operator-Id": operator_id, "X-Authorization": sha1(name, operator_id, secret)}


async def ask(stage: Stage, exchange: Exchange) -> httpx.Response:
    said = exchange.request_headers
    signed = headers(stage, said["Operator"], said["Name"]) if said else {}
    return await stage.http.get(exchange.target.removeprefix("GET "), headers=signed)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_example(path: Path, stage: Stage) -> None:
    for exchange in read_example(path):
        where = f"{path.name}:{exchange.line}"
        match exchange.deed:
            case ("game", "off", code):
                await stage.sql("UPDATE game SET active = false WHERE code = $1", code)
            case ("game", "off", code, operator):
                await stage.sql(
                    "INSERT INTO agent_game_off SELECT a.id, g.id FROM agent a, game g WHERE g.code = $1 AND a.operator_id = $2",
                    code, operator,
                )  # fmt: skip
            case ("provider", "away", code, operator):
                await stage.sql(
                    "DELETE FROM agent_provider USING agent a, provider p WHERE agent_id = a.id AND provider_id = p.id"
                    " AND p.code = $1 AND a.operator_id = $2",
                    code, operator,
                )  # fmt: skip
            case _:
                response = await ask(stage, exchange)
                assert response.status_code == exchange.status, where
                assert response.headers["content-type"] == "application/json"
                assert differences(exact_json(exchange.answer), exact_json(response.content)) == [], where
                assert in_order(exact_json(exchange.answer)) == in_order(exact_json(response.content)), where


def in_order(value: Any) -> Any:
    """With the order of members, which a comparison of dicts leaves out."""
    if isinstance(value, dict):
        return [(name, in_order(member)) for name, member in value.items()]
    return [in_order(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", LISTS)
async def test_who_does_not_sign_is_denied(stage: Stage, name: str) -> None:
    right = headers(stage, "casinosea", name)
    assert (await stage.http.get(LISTS[name], headers=right)).status_code == 200
    older = {"X-TT-Operator-Id": "casinosea", "X-Authorization": right["X-Authorization"]}
    assert (await stage.http.get(LISTS[name], headers=older)).status_code == 200
    for wrong in (
        {},
        {"X-Operator-Id": "casinosea"},
        right | {"X-Authorization": "0" * 40},
        right | {"X-Authorization": right["X-Authorization"].upper()},
        right | {"X-Operator-Id": "casinoone"},
        right | {"X-Authorization": sha1(name, stage.sea.secret_key)},
    ):
        response = await stage.http.get(LISTS[name], headers=wrong)
        assert response.status_code == 403
        assert response.json() == {"error": "Access denied"}
    await stage.sql("UPDATE agent SET allowed_ips = '{203.0.113.0/24}'")
    assert (await stage.http.get(LISTS[name], headers=right)).status_code == 403
    await stage.sql("UPDATE agent SET allowed_ips = '{}', active = false")
    assert (await stage.http.get(LISTS[name], headers=right)).status_code == 403


async def test_what_a_list_says_can_be_launched(stage: Stage) -> None:
    """An id of the list is the hub's, the one its launch URLs take."""
    listed = (await stage.http.get(LISTS["games"], headers=headers(stage, "casinoone", "games"))).json()["games"]
    codes = {game.id: game.code for game in stage.hub.live.current.games.values()}
    assert {game["id"]: game["title"] for game in listed if game["fun_mode"]}.keys() == {
        game_id for game_id, code in codes.items() if code in ("pg_00001", "evolution_00001")
    }
    for game in listed:
        response = await stage.http.get("/", params={"mode": "fun", "game_id": game["id"], "operator_id": "casinoone"})
        assert (response.status_code == 302) == bool(game["fun_mode"])


async def test_a_long_list_is_whole(stage: Stage) -> None:
    await stage.sql(
        "INSERT INTO game (id, provider_id, provider_game_id, code, name, category, created_at)"
        " SELECT n, 1, n, 'pg_' || n, 'Game \"' || n || '\"', 'slot', now() FROM generate_series(1000, 1996) n"
    )
    listed = (await stage.http.get(LISTS["games"], headers=headers(stage, "casinoone", "games"))).json()["games"]
    assert [game["id"] for game in listed] == [1, 2, 3, *range(1000, 1997)]
    assert listed[-1]["title"] == 'Game "1996"'
    # Nothing configured, nothing listed.
    await stage.sql("DELETE FROM agent_provider")
    answer = await stage.http.get(LISTS["games"], headers=headers(stage, "casinoone", "games"))
    assert answer.content == b'{"games":[]}'


async def test_both_lists_are_in_the_api_reference(stage: Stage) -> None:
    told = (await stage.http.get("/schema/openapi.json")).json()
    schemas = told["components"]["schemas"]
    for name, address in LISTS.items():
        answer = told["paths"][address]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert answer["$ref"].endswith({"games": "GamesList", "lobbies": "LobbiesList"}[name])
    [game] = [schema for title, schema in schemas.items() if title.endswith("ListedGame")]
    types = {member: schema["type"] for member, schema in game["properties"].items()}
    assert types == {
        "id": "integer", "title": "string", "platform": "string", "type": "string", "enabled": "integer", "fun_mode": "integer",
        "campaigns": "integer", "vendor": "string", "created_at": "string", "details": "object",
    }  # fmt: skip
