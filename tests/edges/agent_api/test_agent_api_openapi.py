"""The OpenAPI document: each call of each version, and no answer it does not describe."""

from typing import Any

from agent_stage import Stage

V13 = """createPlayer getPlayerBalance getPlayerStatus games launchGame deposit withdraw history playerDailyReport gameLogs
    providers freeRound getFreeRound cancelFreeRound""".split()
V16 = [*V13, "setPlayerBetLimits", "freeChip", "getFreeChip", "cancelFreeChip"]
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}


def problems(schema: dict[str, Any], value: Any, at: str = "$") -> list[str]:
    """Where a value is not what a schema says; members it does not name count as problems too."""
    if "oneOf" in schema:
        found = [problems(one, value, at) for one in schema["oneOf"]]
        return [] if [] in found else min(found, key=len)
    if "const" in schema:
        return [] if value is schema["const"] else [f"{at} is {value!r}"]
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(type(value) is TYPES[name] for name in types):
        return [f"{at} is {value!r}, not {types}"]
    if isinstance(value, list):
        return [p for index, item in enumerate(value) for p in problems(schema["items"], item, f"{at}[{index}]")]
    if not isinstance(value, dict) or ("properties" not in schema and "additionalProperties" not in schema):
        return []
    named, others = schema.get("properties", {}), schema.get("additionalProperties")
    found_here = [f"{at} has no {name}" for name in schema.get("required", []) if name not in value]
    for name, inner in value.items():
        known = named.get(name, others)
        found_here += problems(known, inner, f"{at}.{name}") if known else [f"{at} has {name}"]
    return found_here


async def test_every_call_is_there_and_answers_as_described(stage: Stage) -> None:
    document = (await stage.http.get("/schema/openapi.json")).json()
    operations = {path: item["post"] for path, item in document["paths"].items() if path.startswith("/external/")}
    paths = {f"/external/v1.3/{name}" for name in V13}
    paths |= {f"/external/{version}{name}" for version in ("v1.6/", "") for name in V16}
    assert set(operations) == paths
    assert len({operation["operationId"] for operation in operations.values()}) == len(paths)

    await stage.player()
    money = {"username": "player0001", "amount": "100", "currency": "EUR"}
    assert (await stage.call("deposit", money))["ok"]
    await stage.play("bet", await stage.launched("player0001", "EUR"), 100, "tx", "r")
    good = {
        **money,
        "isMobile": False,
        "gameId": "pg_00001",
        "playerIp": "::1",
        "agentSystemCurrency": "EUR",
        "roundId": "r",
    }
    for path, operation in sorted(operations.items()):
        body = {**good, "username": f"new{len(path)}x{path.count('.')}"} if path.endswith("createPlayer") else good
        for sent in (body, {}, {"username": 7}):
            response = await stage.post(path.removeprefix("/external/"), sent)
            described = operation["responses"][str(response.status_code)]["content"]["application/json"]["schema"]
            assert problems(described, response.json()) == [], path
        required = operation["requestBody"]["content"]["application/json"]["schema"].get("required", [])
        if required:
            answer = await stage.call(path.removeprefix("/external/"), {name: body[name] for name in required})
            assert answer["ok"] or answer["error"]["code"] == "PLAYER_USERNAME_UNAVAILABLE", (path, answer)
        for name in required:
            answer = await stage.call(path.removeprefix("/external/"), {k: body[k] for k in required if k != name})
            assert answer["error"]["code"] == "INVALID_REQUEST", (path, name)
            assert answer["error"]["message"].startswith(f"{name} "), (path, name)
