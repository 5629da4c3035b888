"""authenticate and balance of seamless players: the hub's names, the operator's figures, its verdicts unchanged."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agent_stage import Stage, on_stage
from scripted_operator import error, status_code, wrong_hash
from seamless_casino import TOKEN, Casino, casino_of
from signed_http import http

LAUNCH = {"username": "demo01", "isMobile": False, "gameId": "pg_00001", "currency": "EUR", "playerIp": "203.0.113.9"}


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as set_up:
        yield set_up


@pytest.fixture
async def casino(stage: Stage) -> AsyncIterator[Casino]:
    async with casino_of(stage) as playing:
        yield playing


async def john(casino: Casino, **changes: object) -> tuple[str, str]:
    """He has launched: the hub's token and userInGame."""
    token = (await casino.launched(**changes))["token"]
    [player] = [player for player in await casino.players() if player["operator_user_id"] == "25343"]
    return token, f"{player['player_id']}-{changes.get('currency', 'EUR')}"


async def launched_by_agent(casino: Casino, **changes: object) -> tuple[str, str, str]:
    """launchGame of demo01: the token towards the studio, the one towards the operator, the userInGame."""
    sea = casino.stage.sea
    await casino.stage.player("demo01", sea)
    answer = await casino.stage.call("v1.6/launchGame", {**LAUNCH, **changes}, agent=sea)
    assert answer["ok"], answer
    token = re.search("token=([a-z0-9]+)", answer["result"]["url"])
    assert token is not None
    [player] = await casino.players()
    return token[1], answer["result"]["token"], f"{player['player_id']}-{changes.get('currency', 'EUR')}"


def code(response: dict[str, Any]) -> str:
    return "OK" if response["status"] == "OK" else str(response["data"]["error_code"])


async def test_authenticate_tells_the_hubs_names_and_the_operators_balance(casino: Casino) -> None:
    token, user_id = await john(casino)
    casino.says(balance=17.25)
    response = await casino.studio("authenticate", {"token": token})
    assert response["data"] == {
        "user_id": user_id, "user_name": "johndoe", "display_name": "John Doe", "user_country": "DE", "balance": "17.25",
        "currency_code": "EUR",
    }  # fmt: skip
    # The operator is asked with its own token, which the studio never saw.
    assert [asked.said["data"] for asked in casino.asked()] == [{"token": TOKEN}] * 2
    # Again: the same identity, the balance of now.
    casino.says(balance=3)
    again = await casino.studio("authenticate", {"token": token})
    assert again["data"] == response["data"] | {"balance": 3}


async def test_balance_is_the_operators_in_the_operators_words(casino: Casino) -> None:
    token, user_id = await john(casino)
    casino.has("327.19")
    response = await casino.studio("balance", {"token": token, "user_id": user_id, "currency_code": "EUR"})
    assert response["data"] == {"balance": "327.19", "currency_code": "EUR"}
    [asked] = casino.asked("balance")
    assert b'"data":{"token":"%b","user_id":"25343","currency_code":"EUR"}' % TOKEN.encode() in asked.body


@pytest.mark.parametrize("currency", ["EUR", "IDR", "JPY"])
async def test_balances_are_exact_and_cut_off_to_what_can_be_staked(casino: Casino, currency: str) -> None:
    """The studio counts IDR in KIDR: a thousandth. Finer fractions than the currency has are cut off, towards zero."""
    casino.says(currency_code=currency)
    token, user_id = await john(casino, currency=currency)
    figures = {
        "EUR": [("0", "0"), ("100", "100"), ("0.1", "0.1"), ("100.10", "100.1"), ("0.019", "0.01"), ("-0.019", "-0.01"),
                ("1e2", "100"), ("99999999999999.99", "99999999999999.99"), ("0.004", "0"), ("-0.001", "0")],
        "IDR": [("1600", "1.6"), ("1600.05", "1.60005"), ("1600.059", "1.60005"), ("0.01", "0.00001"), ("1000000", "1000")],
        "JPY": [("7", "7"), ("7.9", "7"), ("0.9", "0")],
    }  # fmt: skip
    unit = "KIDR" if currency == "IDR" else currency
    for told, expected in figures[currency]:
        casino.has(told, currency)
        for command, data in (
            ("balance", {"token": token, "user_id": user_id, "currency_code": unit}),
            ("authenticate", {"token": token}),
        ):
            casino.says(
                text=json.dumps({"user_id": "25343", "currency_code": currency})[:-1] + f', "balance": {told}}}'
            )
            response = await casino.studio(command, data)
            assert str(response["data"]["balance"]) == expected, (told, command)
            assert response["data"]["currency_code"] == unit


async def test_a_balance_that_is_none_is_a_failure(casino: Casino) -> None:
    token, user_id = await john(casino)
    for told in ("null", '"many"', "true", "[]", "1e999999999", "1e30", "1" + "0" * 30):
        casino.has(told)
        response = await casino.studio("balance", {"token": token, "user_id": user_id, "currency_code": "EUR"})
        assert code(response) == "OP_47", told
        casino.says(text='{"user_id": "25343", "currency_code": "EUR", "balance": ' + told + "}")
        assert code(await casino.studio("authenticate", {"token": token})) == "OP_47", told
    casino.says("balance", '{"currency_code": "EUR"}')
    response = await casino.studio("balance", {"token": token, "user_id": user_id, "currency_code": "EUR"})
    assert code(response) == "OP_47"


async def test_another_currency_than_the_sessions_is_a_failure(casino: Casino) -> None:
    token, user_id = await john(casino)
    casino.has("1", "USD")
    response = await casino.studio("balance", {"token": token, "user_id": user_id, "currency_code": "EUR"})
    assert code(response) == "OP_47"
    casino.says(currency_code="USD")
    assert code(await casino.studio("authenticate", {"token": token})) == "OP_47"


async def test_the_operators_verdicts_pass_unchanged(casino: Casino) -> None:
    token, user_id = await john(casino)
    asks: dict[str, dict[str, Any]] = {
        "authenticate": {"token": token},
        "balance": {"token": token, "user_id": user_id, "currency_code": "EUR"},
    }
    for command, data in asks.items():
        for verdict in ("OP_21", "OP_22", "OP_30", "OP_33", "OP_34", "OP_47"):
            casino.refuses(command, verdict)
            assert code(await casino.studio(command, data)) == verdict
        # What an operator cannot mean by it is an internal error, as the document has it for unlisted ones.
        for verdict in ("OP_20", "OP_31", "OP_41", "OP_50", "OP_99"):
            casino.refuses(command, verdict)
            assert code(await casino.studio(command, data)) == "OP_50", verdict
        casino.wallet.says(command, error("OP_21", "göne"))
        assert (await casino.studio(command, data))["data"] == {"error_code": "OP_21", "error_message": "göne"}


async def test_an_operator_that_does_not_answer_is_not_known(casino: Casino) -> None:
    token, user_id = await john(casino)
    for answer in (status_code(500), lambda asked: http(b"{}"), wrong_hash):
        await casino.answers_once()
        for command in ("authenticate", "balance"):
            casino.wallet.says(command, answer)
        assert code(await casino.studio("authenticate", {"token": token})) == "OP_47"
        data = {"token": token, "user_id": user_id, "currency_code": "EUR"}
        assert code(await casino.studio("balance", data)) == "OP_47"


async def test_an_operator_that_is_not_asked_any_more_is_an_internal_error(casino: Casino) -> None:
    token, user_id = await john(casino)
    for command in ("authenticate", "balance"):
        casino.wallet.says(command, status_code(500))
    codes = [code(await casino.studio("authenticate", {"token": token})) for _ in range(20)]
    assert set(codes) == {"OP_47", "OP_50"} and codes == sorted(codes)
    data = {"token": token, "user_id": user_id, "currency_code": "EUR"}
    assert code(await casino.studio("balance", data)) == "OP_50"
    assert casino.asked("balance") == []


async def test_what_the_hub_itself_refuses_is_not_asked(casino: Casino) -> None:
    token, user_id = await john(casino)
    casino.wallet.asked.clear()

    async def balance(**changes: str) -> str:
        data = {"token": token, "user_id": user_id, "currency_code": "EUR"} | changes
        return code(await casino.studio("balance", data))

    assert await balance(token=token + "x") == "OP_21"
    # The operator's token is none of the studio's.
    assert await balance(token=TOKEN) == "OP_21"
    assert await balance(user_id="seaaa00000000000-EUR") == "OP_34"
    assert await balance(currency_code="THB") == "OP_30"
    await casino.stage.owner.execute("UPDATE player SET blocked = true")
    assert await balance() == "OP_33"
    assert code(await casino.studio("authenticate", {"token": token})) == "OP_22"
    await casino.stage.owner.execute("UPDATE player SET blocked = false, country = 'TW'")
    await casino.stage.sql("UPDATE provider SET prohibited_countries = '{TW}'")
    assert code(await casino.studio("authenticate", {"token": token})) == "OP_22"
    await casino.stage.owner.execute("UPDATE session SET ended_at = now()")
    assert await balance() == "OP_21"
    assert code(await casino.studio("authenticate", {"token": token})) == "OP_21"
    assert casino.wallet.asked == []


async def test_launch_game_tells_the_token_the_wallet_will_see(casino: Casino) -> None:
    token, operator_token, user_id = await launched_by_agent(casino)
    assert re.fullmatch("seaaa[a-z0-9]{35}", operator_token) and operator_token != token
    assert casino.asked() == []
    casino.says(user_id="demo01", user_name="demo01", display_name=None, user_country=None)
    response = await casino.studio("authenticate", {"token": token})
    assert [asked.said["data"] for asked in casino.asked()] == [{"token": operator_token}]
    assert response["data"] == {
        "user_id": user_id, "user_name": "demo01", "user_country": "", "balance": "420.76", "currency_code": "EUR",
    }  # fmt: skip
    [player] = await casino.players()
    assert player["operator_user_id"] == "demo01"


async def test_version_13_tells_it_too_and_a_transfer_agent_has_none(casino: Casino) -> None:
    sea, one = casino.stage.sea, casino.stage.one
    for agent in (sea, one):
        await casino.stage.player("demo01", agent)
        for version in ("v1.3", "v1.6"):
            answer = await casino.stage.call(f"{version}/launchGame", LAUNCH, agent=agent)
            assert ("token" in answer["result"]) == (agent is sea)


async def test_until_the_first_authenticate_the_operator_knows_the_player_by_username(casino: Casino) -> None:
    token, operator_token, user_id = await launched_by_agent(casino)
    casino.has("5")
    data = {"token": token, "user_id": user_id, "currency_code": "EUR"}
    assert code(await casino.studio("balance", data)) == "OK"
    assert casino.asked("balance")[0].said["data"] == {
        "token": operator_token, "user_id": "demo01", "currency_code": "EUR",
    }  # fmt: skip
    # The first one binds: from then on it is the operator's own id.
    assert code(await casino.studio("authenticate", {"token": token})) == "OK"
    assert code(await casino.studio("balance", data)) == "OK"
    assert casino.asked("balance")[1].said["data"]["user_id"] == "25343"
    [player] = await casino.players()
    assert (player["username"], player["operator_user_id"], player["country"]) == ("demo01", "25343", "DE")
    # And no other.
    casino.says(user_id="25344")
    assert code(await casino.studio("authenticate", {"token": token})) == "OP_22"
    assert (await casino.players())[0]["operator_user_id"] == "25343"


async def test_one_operator_id_is_one_player(casino: Casino) -> None:
    await john(casino)
    await casino.stage.player("demo01", casino.stage.sea)
    answer = await casino.stage.call("v1.6/launchGame", LAUNCH, agent=casino.stage.sea)
    token = re.search("token=([a-z0-9]+)", answer["result"]["url"])
    assert token is not None
    # The wallet says that demo01's token is John's, who is another player of the hub already.
    assert code(await casino.studio("authenticate", {"token": token[1]})) == "OP_22"


async def test_the_token_of_launch_game_opens_the_hubs_own_address_too(casino: Casino) -> None:
    token, operator_token, _ = await launched_by_agent(casino)
    casino.says(user_id="demo01", user_name="demo01")
    studio = await casino.launched(token=operator_token)
    assert studio["token"] == token
    assert len(await casino.sessions()) == 1


async def test_many_first_authenticates_at_once_bind_once(casino: Casino) -> None:
    token, _, _ = await launched_by_agent(casino)
    responses = await asyncio.gather(*(casino.studio("authenticate", {"token": token}) for _ in range(20)))
    assert {code(response) for response in responses} == {"OK"}
    assert len({json.dumps(response["data"]) for response in responses}) == 1
    [player] = await casino.players()
    assert player["operator_user_id"] == "25343"


async def test_money_calls_of_the_agent_api_are_not_for_it(casino: Casino) -> None:
    await john(casino)
    for version in ("v1.3", "v1.6"):
        for call, body in (
            ("getPlayerBalance", {"username": "johndoe", "currency": "EUR"}),
            ("deposit", {"username": "johndoe", "currency": "EUR", "amount": "1"}),
            ("withdraw", {"username": "johndoe", "currency": "EUR", "amount": "1"}),
        ):
            answer = await casino.stage.call(f"{version}/{call}", body, agent=casino.stage.sea)
            assert answer["error"]["code"] == "AGENT_INVALID_TYPE"
        body = {"username": "johndoe", "agentSystemCurrency": "EUR"}
        answer = await casino.stage.call(f"{version}/getPlayerStatus", body, agent=casino.stage.sea)
        assert (answer["result"]["username"], answer["result"]["active"]) == ("johndoe", True)
        assert (await casino.stage.call(f"{version}/history", {"username": "johndoe"}, agent=casino.stage.sea))["ok"]
