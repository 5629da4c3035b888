"""Admission, bounds and failures: the HTTP statuses, and that nothing of the inside is told."""

import asyncio
import json
from ipaddress import ip_network
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agent_stage import Stage, decoded, on_stage
from pitboss.domain.ledger.commands import MoveMoney
from pitboss.domain.play.decision import Outcome, Refused
from pitboss.domain.refusals import Refusal
from pitboss.wire.agent_api import REFUSALS, ErrorCode

DEPOSIT = {"username": "player0001", "currency": "EUR", "amount": "1"}


def test_every_refusal_has_a_code() -> None:
    assert set(REFUSALS) == set(Refusal)


def test_codes_of_the_contract_are_all_there_and_no_other() -> None:
    listed = """IP_NOT_ALLOWED AGENT_NOT_FOUND AGENT_NOT_ACTIVE AGENT_PROVIDER_NOT_FOUND AGENT_NOT_UNDER AGENT_INVALID_TYPE
        PLAYER_USERNAME_UNAVAILABLE PLAYER_INACTIVE PLAYER_NOT_FOUND BONUS_CODE_ALREADY_EXISTS INVALID_REQUEST
        INSUFFICIENT_BALANCE AGENT_INSUFFICIENT_BALANCE CURRENCY_NOT_SUPPORTED GAME_NOT_FOUND GAME_NOT_ACTIVE
        GAME_NOT_SUPPORTED COUNTRY_NOT_ALLOWED ROUND_NOT_FOUND HISTORY_NOT_FOUND FREE_ROUND_NOT_FOUND FREE_CHIP_NOT_FOUND
        ALREADY_CANCELED BET_LIMIT_NOT_FOUND LIMIT_REACHED NOT_IMPLEMENTED RATE_LIMITED INTERNAL_ERROR NOT_FOUND"""
    assert {code.value for code in ErrorCode} == set(listed.split())


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic {key}", "{key}", "Bearer {key}x", "Bearer {partner}"]
)
async def test_a_key_that_is_none(stage: Stage, header: str) -> None:
    text = header.format(key=stage.one.external_api_key, partner=stage.one.partner_api_key)
    response = await stage.post("v1.6/games", Authorization=text)
    assert response.status_code == 401
    assert decoded(response)["error"]["code"] == "AGENT_NOT_FOUND"


async def test_a_revoked_or_expired_key(stage: Stage) -> None:
    assert (await stage.call("v1.6/games"))["ok"]
    await stage.sql("UPDATE api_key SET expires_at = now() - interval '1 second' WHERE agent_id = 1")
    assert (await stage.post("v1.6/games")).status_code == 401
    await stage.sql("UPDATE api_key SET expires_at = NULL WHERE agent_id = 1")
    assert (await stage.post("v1.6/games")).status_code == 200
    await stage.sql("UPDATE api_key SET revoked_at = now() WHERE agent_id = 1")
    assert (await stage.post("v1.6/games")).status_code == 401


async def test_addresses(database_url: str, tmp_path: Path) -> None:
    async with on_stage(database_url, tmp_path, trusted_proxies=(ip_network("127.0.0.1/32"),)) as stage:
        await stage.sql("UPDATE agent SET allowed_ips = '{203.0.113.0/24,2001:db8::/32}' WHERE id = 1")
        for forwarded, allowed in (
            ("203.0.113.9", True),
            ("198.51.100.1, 203.0.113.9", True),
            ("203.0.113.9, 198.51.100.1", False),
            ("203.0.113.9, 127.0.0.1", True),
            ("2001:db8:5::1", True),
            ("::ffff:203.0.113.9", True),
            ("2001:db9::1", False),
            ("nonsense", False),
            ("", False),
        ):
            response = await stage.post("v1.6/games", X_Forwarded_For=forwarded)
            expected = (200, None) if allowed else (403, "IP_NOT_ALLOWED")
            assert (response.status_code, decoded(response).get("error", {}).get("code")) == expected, forwarded


async def test_forwarded_for_of_a_stranger_counts_for_nothing(stage: Stage) -> None:
    await stage.sql("UPDATE agent SET allowed_ips = '{203.0.113.9}' WHERE id = 1")
    assert (await stage.post("v1.6/games", X_Forwarded_For="203.0.113.9")).status_code == 403
    await stage.sql("UPDATE agent SET allowed_ips = '{127.0.0.0/8}' WHERE id = 1")
    assert (await stage.post("v1.6/games", X_Forwarded_For="198.51.100.1")).status_code == 200


async def test_an_agent_switched_off(stage: Stage) -> None:
    await stage.sql("UPDATE agent SET active = false WHERE id = 2")
    for answer in (
        await stage.call("v1.6/games", agent=stage.east),
        await stage.call("v1.6/games", X_Agent_Id="2"),
    ):
        assert answer["error"]["code"] == "AGENT_NOT_ACTIVE"
    assert (await stage.call("v1.6/games"))["ok"]


async def test_an_agent_is_under_all_above_it(stage: Stage) -> None:
    await stage.sql("UPDATE agent SET parent_id = 2 WHERE id = 4")
    assert (await stage.call("v1.6/games", X_Agent_Id="4"))["ok"]
    answer = await stage.call("v1.6/games", agent=stage.east, X_Agent_Id="1")
    assert answer["error"]["code"] == "AGENT_NOT_UNDER"


async def test_agents_do_not_see_each_other(stage: Stage) -> None:
    await stage.player()
    for name in ("v1.6/getPlayerBalance", "v1.6/deposit", "v1.6/history"):
        answer = await stage.call(name, DEPOSIT, agent=stage.other)
        assert answer["error"]["code"] == "PLAYER_NOT_FOUND"


async def test_games_and_providers_switched_off(stage: Stage) -> None:
    await stage.player()
    body = {"username": "player0001", "isMobile": False, "gameId": "pg_00001", "currency": "EUR"}

    async def launch() -> str:
        answer = await stage.call("v1.3/launchGame", body)
        return "OK" if answer["ok"] else str(answer["error"]["code"])

    async def listed() -> bool:
        answer = await stage.call("v1.3/games", {"query": "pg_00001"})
        return bool(answer["result"]["items"])

    assert (await launch(), await listed()) == ("OK", True)
    await stage.sql("UPDATE game SET active = false WHERE code = 'pg_00001'")
    assert (await launch(), await listed()) == ("GAME_NOT_ACTIVE", False)
    await stage.sql("UPDATE game SET active = true")
    await stage.sql("INSERT INTO agent_game_off SELECT 1, id FROM game WHERE code = 'pg_00001'")
    assert (await launch(), await listed()) == ("GAME_NOT_ACTIVE", False)
    await stage.sql("DELETE FROM agent_game_off")
    await stage.sql("UPDATE provider SET active = false WHERE code = 'pg'")
    assert (await launch(), await listed()) == ("GAME_NOT_ACTIVE", False)
    await stage.sql("UPDATE provider SET active = true")
    await stage.sql("UPDATE agent_provider SET active = false WHERE agent_id = 1")
    assert (await launch(), await listed()) == ("AGENT_PROVIDER_NOT_FOUND", False)
    await stage.sql("DELETE FROM agent_provider WHERE agent_id = 1")
    assert (await launch(), await listed()) == ("AGENT_PROVIDER_NOT_FOUND", False)
    assert (await stage.call("v1.6/providers"))["result"]["items"] == []


async def test_active_players(stage: Stage) -> None:
    for number in range(3):
        await stage.player(f"player000{number}")
        await stage.launched(f"player000{number}", "EUR")
    await stage.launched("player0001", "THB")
    answer = await stage.call("v1.6/games")
    counts = {game["id"]: game["activePlayers"] for game in answer["result"]["items"]}
    assert counts == {"evolution_00001": 0, "pg_00001": 3, "pg_00002": 0}


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_over_the_bound(stage: Stage, announced: bool) -> None:
    large = b'{"username": "' + b"a" * (1024 * 1024) + b'"}'

    async def pieces():  # type: ignore[no-untyped-def]
        for start in range(0, len(large), 65536):
            yield large[start : start + 65536]

    headers = {"Authorization": f"Bearer {stage.one.external_api_key}"}
    content = large if announced else pieces()
    response = await stage.http.post("/external/v1.6/createPlayer", content=content, headers=headers)
    assert response.status_code == 413
    assert decoded(response)["ok"] is False
    exact = json.dumps({"username": "player0001", "x": ""}).encode()
    exact = exact[:-2] + b"a" * (1024 * 1024 - len(exact)) + b'"}'
    assert len(exact) == 1024 * 1024
    assert (await stage.call("v1.6/createPlayer", exact))["ok"]


async def test_too_many_calls(database_url: str, tmp_path: Path) -> None:
    async with on_stage(database_url, tmp_path, agent_rate_per_second=5) as stage:
        responses = await asyncio.gather(*(stage.post("v1.6/getPlayerBalance", {}) for _ in range(40)))
        limited = [response for response in responses if response.status_code == 429]
        assert len(limited) >= 25
        for response in limited:
            assert decoded(response)["error"]["code"] == "RATE_LIMITED"
            assert int(response.headers["retry-after"]) >= 1
        # Another tenant is not slowed.
        assert (await stage.post("v1.6/games", agent=stage.other)).status_code == 200


async def test_a_full_engine_and_an_unknown_outcome(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two outcomes that a healthy engine never gives, given by hand at its door."""
    await stage.player()
    given = Refusal.OVERLOADED

    async def submit(command: MoveMoney) -> Outcome:
        return Refused(given)

    monkeypatch.setattr(stage.hub.engine, "submit", submit)
    response = await stage.post("v1.6/deposit", DEPOSIT)
    assert (response.status_code, decoded(response)["error"]["code"]) == (429, "RATE_LIMITED")
    assert response.headers["retry-after"] == "1"
    given = Refusal.OUTCOME_UNKNOWN
    with capture_logs() as logs:
        response = await stage.post("v1.6/deposit", DEPOSIT)
    error = decoded(response)["error"]
    assert (response.status_code, error["code"]) == (500, "INTERNAL_ERROR")
    assert "requestId" in error["message"]
    assert [entry["reference"] for entry in logs] == [error["message"].rsplit(" ", 1)[1]]


async def test_a_failure_inside_tells_a_reference_and_nothing_else(stage: Stage) -> None:
    await stage.owner.execute("ALTER TABLE player RENAME TO player_lost")
    with capture_logs() as logs:
        response = await stage.post("v1.6/createPlayer", {"username": "player0001"})
    error = decoded(response)["error"]
    assert (response.status_code, error["code"]) == (500, "INTERNAL_ERROR")
    [entry] = [entry for entry in logs if entry["event"] == "agent_api_failed"]
    assert entry["reference"] in error["message"]
    assert "relation" not in error["message"]
    assert stage.one.external_api_key not in repr(logs)
    await stage.owner.execute("ALTER TABLE player_lost RENAME TO player")
    assert (await stage.call("v1.6/createPlayer", {"username": "player0001"}))["ok"]


async def test_a_caller_that_hangs_up_is_no_failure_of_the_hub(stage: Stage) -> None:
    key = stage.one.external_api_key
    head = (
        f"POST /external/v1.6/games HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: 100\r\n\r\n"
    )
    with capture_logs() as logs:
        _, writer = await asyncio.open_connection("127.0.0.1", stage.http.base_url.port)
        writer.write(head.encode() + b'{"query": ')
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert (await stage.call("v1.6/games"))["ok"]
    assert logs == []
