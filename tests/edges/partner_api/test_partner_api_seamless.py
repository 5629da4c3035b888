"""Seamless agents: launches by the operator's own token, and balances told to open games; what studios say of bet values."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from agent_stage import Stage, on_stage
from partner_desk import Partner
from seamless_casino import Casino, casino_of
from studio_peer import StudioPeer, studio_peer

TOKEN = "Qm3xTTd9pKcVYwZ1oLrN5s7u"


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """By the real clock: studio and operator stamp what they send."""
    async with on_stage(database_url, tmp_path) as set_up:
        yield set_up


@pytest.fixture
async def casino(stage: Stage) -> AsyncIterator[Casino]:
    async with casino_of(stage) as casino:
        yield casino


@pytest.fixture
def studio() -> Iterator[StudioPeer]:
    with studio_peer("pg secret") as peer:
        yield peer


async def listening(stage: Stage, studio: StudioPeer) -> None:
    await stage.sql("UPDATE provider SET callback_url = $1 WHERE code = 'pg'", studio.url)


async def test_the_operators_token_is_the_sessions_other_name(stage: Stage, partner: Partner, casino: Casino) -> None:
    wish = {"username": "johnny0001", "gameCode": "pg_00001", "externalToken": TOKEN}
    made = {"playerData": {"countryCode": "DE", "currencyCode": "EUR"}}
    answer = await partner.write("getGameLaunchUrl", stage.sea, **wish, **made)
    assert set(answer) == {"url"}
    token = httpx.URL(answer["url"]).params["token"]
    assert token != TOKEN
    [session] = await casino.sessions()
    assert (session["token"], session["operator_token"]) == (token, TOKEN)
    # Again is the same session; another game, currency or player is not.
    assert httpx.URL((await partner.write("getGameLaunchUrl", stage.sea, **wish))["url"]).params["token"] == token
    await stage.player("other0001", stage.sea)
    for other in ({"gameCode": "pg_00002"}, {"currency": "THB"}, {"username": "other0001"}):
        status, error = await partner.refused("getGameLaunchUrl", stage.sea, **{**wish, **other})
        assert (status, error["code"], error["field"]) == (400, "ERR_INVALID_REQUEST", "externalToken"), other
    # The operator's wallet is asked by its own token when the studio asks who plays.
    who = await casino.studio("authenticate", {"token": token})
    assert who["status"] == "OK"
    assert casino.asked()[-1].said["data"]["token"] == TOKEN
    assert await partner.write("logout", stage.sea, sessionToken=TOKEN) == {"sessions": "1"}
    assert (await partner.refused("getGameLaunchUrl", stage.sea, **wish))[0] == 400


async def test_without_a_token_the_hub_makes_one_and_says_it(stage: Stage, partner: Partner, casino: Casino) -> None:
    await stage.player("johnny0001", stage.sea)
    answer = await partner.write("getGameLaunchUrl", stage.sea, username="johnny0001", gameCode="pg_00001")
    [session] = await casino.sessions()
    assert session["operator_token"] == answer["token"]
    assert answer["token"] not in answer["url"]


async def test_a_changed_balance_is_asked_for_and_told(
    stage: Stage, partner: Partner, casino: Casino, studio: StudioPeer
) -> None:
    await listening(stage, studio)
    studio.answers["balancechanged"] = "{}"
    await stage.player("johnny0001", stage.sea)
    # Nothing is open: nobody is asked.
    assert await partner.write("notifyBalanceChange", stage.sea, username="johnny0001") == {
        "balances": [],
        "games": "0",
    }
    wish = {"username": "johnny0001", "gameCode": "pg_00001", "externalToken": TOKEN, "currency": "EUR"}
    await partner.write("getGameLaunchUrl", stage.sea, **wish)
    casino.has("1234.56")
    answer = await partner.write("notifyBalanceChange", stage.sea, username="johnny0001")
    assert answer == {"balances": [{"currency": "EUR", "balance": "1234.56"}], "games": "1"}
    [asked] = casino.asked("balance")
    assert asked.said["data"] == {"token": TOKEN, "user_id": "johnny0001", "currency_code": "EUR"}
    [told] = studio.of("balancechanged")
    [session] = await casino.sessions()
    assert told.said["data"] == {
        "user_id": f"{session['player_id']}-EUR", "currency_code": "EUR", "balance": "1234.56",
    }  # fmt: skip


async def test_an_operator_that_says_no_or_nothing(stage: Stage, partner: Partner, casino: Casino) -> None:
    await stage.player("johnny0001", stage.sea)
    wish = {"username": "johnny0001", "gameCode": "pg_00001", "externalToken": TOKEN, "currency": "EUR"}
    await partner.write("getGameLaunchUrl", stage.sea, **wish)
    casino.refuses("balance", "OP_33")
    status, error = await partner.refused("notifyBalanceChange", stage.sea, username="johnny0001")
    assert (status, error["code"]) == (409, "ERR_PLAYER_BLOCKED")
    casino.says("balance", '{"balance": 5, "currency_code": "THB"}')
    body = {"requestId": "again", "username": "johnny0001"}
    assert (await partner.post("notifyBalanceChange", body, agent=stage.sea)).status_code == 500
    # What failed may be tried again under its own id.
    casino.has("7")
    assert (await partner.post("notifyBalanceChange", body, agent=stage.sea)).status_code == 200


async def test_a_transfer_agents_money_is_here(stage: Stage, partner: Partner) -> None:
    await stage.player()
    status, error = await partner.refused("notifyBalanceChange", username="player0001")
    assert (status, error["code"]) == (409, "ERR_AGENT_TYPE")


async def test_bet_values_are_the_studios(stage: Stage, partner: Partner, studio: StudioPeer) -> None:
    """What the studio says, in its own unit, before what its list said; the list where it says nothing; what all have in common."""
    await stage.sql(
        """UPDATE game SET has_free_round = true, bet_values = '{"EUR": ["0.2", "1", "10"], "IDR": ["500"]}' """
    )
    await stage.sql("""UPDATE game SET bet_values = '{"EUR": ["1", "10", "20"]}' WHERE code = 'evolution_00001' """)
    assert await partner.read("freeSpinBetValues", gameCodes="pg_00001") == {"betValues": ["0.2", "1", "10"]}
    both = {"gameCodes": "pg_00001,evolution_00001"}
    assert await partner.read("freeSpinBetValues", **both) == {"betValues": ["1", "10"]}
    await listening(stage, studio)
    studio.answers["betvalues"] = '{"values": [10, 0.5, 1.5]}'
    assert await partner.read("freeSpinBetValues", gameCodes="pg_00001") == {"betValues": ["0.5", "1.5", "10"]}
    assert await partner.read("freeSpinBetValues", gameCodes="pg_00001", currency="IDR") == {
        "betValues": ["500", "1500", "10000"]
    }
    assert await partner.read("freeSpinBetValues", **both) == {"betValues": ["10"]}
