"""The OpenAPI document: each call of each version, and no answer it does not describe."""

from agent_stage import Stage
from openapi_schema import problems

V13 = """createPlayer getPlayerBalance getPlayerStatus games launchGame deposit withdraw history playerDailyReport gameLogs
    providers freeRound getFreeRound cancelFreeRound""".split()
V16 = [*V13, "setPlayerBetLimits", "freeChip", "getFreeChip", "cancelFreeChip"]


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
        "from": "2026-01-01T00:00:00Z",
        "to": "2099-01-01T00:00:00Z",
    }
    good |= {
        "bonusCode": "b",
        "rounds": 1,
        "betAmount": "1",
        "usernames": ["player0001"],
        "id": "0" * 32,
        "freeRoundCode": "c",
        "providerId": "pg",
        "categories": [{"category": "slot", "ids": ["low"]}],
    }
    # These studios give nothing away, so that nothing was given.
    elsewhere = {"PLAYER_USERNAME_UNAVAILABLE", "GAME_NOT_SUPPORTED", "FREE_ROUND_NOT_FOUND", "FREE_CHIP_NOT_FOUND"}
    for path, operation in sorted(operations.items()):
        body = {**good, "username": f"new{len(path)}x{path.count('.')}"} if path.endswith("createPlayer") else good
        for sent in (body, {}, {"username": 7}):
            response = await stage.post(path.removeprefix("/external/"), sent)
            described = operation["responses"][str(response.status_code)]["content"]["application/json"]["schema"]
            assert problems(described, response.json()) == [], path
        required = operation["requestBody"]["content"]["application/json"]["schema"].get("required", [])
        if required:
            answer = await stage.call(path.removeprefix("/external/"), {name: body[name] for name in required})
            assert answer["ok"] or answer["error"]["code"] in elsewhere, (path, answer)
        for name in required:
            answer = await stage.call(path.removeprefix("/external/"), {k: body[k] for k in required if k != name})
            assert answer["error"]["code"] == "INVALID_REQUEST", (path, name)
            assert answer["error"]["message"].startswith(f"{name} "), (path, name)
