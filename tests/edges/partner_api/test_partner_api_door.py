"""Who is let in: key, scope, agent, address, rate; and the OpenAPI document tells of every route."""

from pathlib import Path

from agent_stage import Stage, on_stage
from openapi_schema import problems
from partner_desk import Partner
from pitboss.wire.partner_api import ErrorCode

CONTRACT = """ERR_INVALID_REQUEST ERR_AUTHENTICATION ERR_IP_NOT_ALLOWED ERR_PLAYER_NOT_FOUND ERR_PLAYER_BLOCKED ERR_GAME_NOT_FOUND
    ERR_ROUND_NOT_FOUND ERR_BONUS_NOT_FOUND ERR_BONUS_TEMPLATE_NOT_FOUND ERR_BONUS_STATE ERR_BET_VALUE_NOT_SUPPORTED
    ERR_TAG_EXPECTATION_FAILED DUPLICATE_REQUEST ERR_AGENT_TYPE ERR_RATE_LIMITED ERR_INTERNAL""".split()


def test_the_codes_are_the_contracts() -> None:
    assert [code.value for code in ErrorCode] == CONTRACT


async def test_keys(stage: Stage, partner: Partner) -> None:
    await stage.player()
    body = {"requestId": "k", "username": "player0001"}
    for key in ("", "Bearer", f"Bearer {stage.one.external_api_key}", f"Basic {stage.one.partner_api_key}"):
        response = await partner.post("logout", body, Authorization=key)
        assert (response.status_code, response.json()["error"]["code"]) == (401, "ERR_AUTHENTICATION"), key
    assert (await partner.post("logout", body)).status_code == 200
    await stage.sql("UPDATE api_key SET revoked_at = now() WHERE scope = 'partner_api' AND agent_id = $1", 1)
    assert (await partner.post("logout", body)).status_code == 401


async def test_an_agent_that_is_switched_off(stage: Stage, partner: Partner) -> None:
    await stage.sql("UPDATE agent SET active = false WHERE id = 1")
    assert (await partner.refused("logout", username="player0001"))[0] == 401


async def test_what_was_wrong_is_in_the_error_log(stage: Stage, partner: Partner) -> None:
    await stage.player()
    assert (await partner.post("logout", {"requestId": "fine", "username": "player0001"})).status_code == 200
    assert (await partner.refused("logout", username="nobody0001"))[0] != 200
    await stage.hub.errors.turn()
    assert await stage.owner.fetchval("SELECT count(*) FROM api_error") == 0
    await partner.post("logout", {"requestId": "r-1", "username": 5, "token": "abc"})
    await partner.post("logout", {"requestId": "r-2"}, Authorization="Bearer made-up")
    await stage.hub.errors.turn()
    wrong, unknown = await stage.owner.fetch("SELECT * FROM api_error ORDER BY id")
    assert (wrong["agent_id"], wrong["dialect"], wrong["command"], wrong["reference"], wrong["error"]) == (
        stage.one.agent_id, "partner_api", "logout", "r-1", "ERR_INVALID_REQUEST",
    )  # fmt: skip
    assert "username" in wrong["request"] and "abc" not in wrong["request"] and "username" in wrong["answer"]
    assert (unknown["agent_id"], unknown["http_status"], unknown["request"]) == (0, 401, None)
    assert "made-up" not in str(tuple(unknown))


async def test_addresses(stage: Stage, partner: Partner) -> None:
    await stage.sql("UPDATE agent SET allowed_ips = '{203.0.113.0/24}' WHERE id = 1")
    status, error = await partner.refused("logout", username="player0001")
    assert (status, error["code"]) == (403, "ERR_IP_NOT_ALLOWED")
    # Nobody trusts what a caller says of itself.
    response = await partner.get("freeSpinBetValues", "gameCodes=pg_00001", X_Forwarded_For="203.0.113.7")
    assert response.status_code == 403


async def test_rate(database_url: str, tmp_path: Path) -> None:
    async with on_stage(database_url, tmp_path, agent_rate_per_second=3) as stage:
        partner = Partner(stage)
        responses = [await partner.get("freeSpinBetValues", "gameCodes=pg_00001") for _ in range(20)]
        refused = [response for response in responses if response.status_code == 429]
        assert refused
        assert refused[0].json()["error"]["code"] == "ERR_RATE_LIMITED"
        assert int(refused[0].headers["retry-after"]) >= 1


async def test_too_large(partner: Partner) -> None:
    response = await partner.post("logout", b" " * (1024 * 1024 + 1))
    assert (response.status_code, response.json()["error"]["code"]) == (413, "ERR_INVALID_REQUEST")


async def test_every_route_is_described(stage: Stage, partner: Partner) -> None:
    """Each operation of the register has its page, and answers as described when nothing, or nonsense, is sent."""
    document = (await stage.http.get("/schema/openapi.json")).json()
    found = {
        (path.removeprefix("/partner/v1/"), method): operation
        for path, item in document["paths"].items()
        if path.startswith("/partner/v1/")
        for method, operation in item.items()
    }
    assert {"setPlayerTags", "logout", "freeSpinBetValues"} <= {name for name, _ in found}
    for (name, method), operation in found.items():
        for sent in ({}, {"requestId": "x", "username": 7, "page": "x"}):
            response = await (partner.post(name, sent) if method == "post" else partner.get(name, {"page": "0"}))
            assert response.status_code in (200, 400, 404, 409), (name, response.text)
            described = operation["responses"][str(response.status_code)]["content"]["application/json"]["schema"]
            assert problems(described, response.json()) == [], name
