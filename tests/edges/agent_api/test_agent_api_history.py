"""history: order, pages, filters, kinds, and the figures of units and rates."""

import asyncio
import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest

from agent_stage import Stage
from pitboss.domain.sessions import NewSession
from pitboss.storage.players.sessions import start_session
from pitboss.storage.players.wallets import open_wallet


async def deposited(stage: Stage, username: str, currency: str, amount: str = "5000", **agent: Any) -> None:
    body = {"username": username, "currency": currency, "amount": amount}
    assert (await stage.call("v1.6/deposit", body, **agent))["ok"]


async def items(stage: Stage, version: str = "v1.6", *, agent: Any = None, **body: object) -> list[dict[str, Any]]:
    answer = await stage.call(f"{version}/history", body, agent=agent)
    assert answer["ok"], answer
    [(currency, group)] = answer["result"]["currencyGroup"].items()
    assert currency == "EUR"
    return list(group["items"])


def told(found: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    """Label, amount, before, after of each item."""
    return [
        (i["txType"]["label"], i["amount"]["amount"]["playerAmount"], i["walletBeforeBalance"], i["walletAfterBalance"])
        for i in found
    ]


async def test_kinds_and_their_figures(stage: Stage) -> None:
    await stage.player()
    await deposited(stage, "player0001", "EUR", "100")
    token = await stage.launched("player0001", "EUR")
    await stage.play("bet", token, 1000, "b1", "r1", reason="SPIN")
    await stage.play("win", token, 250, "w1", "r1", reason="not_provided")
    await stage.play("win", token, 5000, "w2", "r1", reason="JACKPOT")
    await stage.play("win", token, 40, "w3", "r1", reason="PROMO-FREESPIN")
    await stage.play("refund", token, 1000, "f1", "r1")
    await stage.play("cancel", token, 0, "w1", "r1")
    await stage.play("win", token, 7, "w4", "r9")
    found = await items(stage)
    assert told(found) == [
        ("Settle", "0.07", "150.4", "150.47"),
        ("Cancel", "-2.5", "152.9", "150.4"),
        ("Refund", "10", "142.9", "152.9"),
        ("Free round settle", "0.4", "142.5", "142.9"),
        ("Jackpot", "50", "92.5", "142.5"),
        ("Settle", "2.5", "90", "92.5"),
        ("Bet", "-10", "100", "90"),
    ]
    assert [i["txType"]["id"] for i in found] == [2, 4, 3, 6, 7, 2, 1]
    # A win without a bet before it is paid, and flagged.
    assert [i["txType"]["flag"] for i in found] == ["no_bet_before", "", "", "", "", "", ""]
    assert [i["providerTxId"] for i in found] == ["w4", "w1", "f1", "w3", "w2", "w1", "b1"]
    assert len({i["id"] for i in found}) == len({i["walletTxId"] for i in found}) == 7
    assert found[0]["amount"]["playerToSettleRate"] == "1"


@pytest.mark.parametrize("version", ["v1.3", "v1.6"])
async def test_refusals_deposits_and_tombstones_are_no_history(stage: Stage, version: str) -> None:
    await stage.player()
    await deposited(stage, "player0001", "EUR", "1")
    token = await stage.launched("player0001", "EUR")
    with pytest.raises(AssertionError, match="INSUFFICIENT"):
        await stage.play("bet", token, 500, "b1", "r1")
    await stage.play("cancel", token, 0, "never-came", "r1")
    assert await items(stage, version) == []
    assert await items(stage, version, username="player0001") == []


async def test_pages_over_one_player_and_over_all(stage: Stage) -> None:
    expected: dict[str, list[str]] = {}
    for username, currencies in (("player0001", ["EUR"]), ("player0002", ["EUR", "IDR"])):
        await stage.player(username)
        for currency in currencies:
            await deposited(stage, username, currency)
            token = await stage.launched(username, currency)
            for number in range(7):
                tx_id = f"{username}-{currency}-{number}"
                await stage.play("bet", token, 10_000, tx_id, f"round-{number}")
                expected.setdefault(username, []).insert(0, tx_id)
    everything = expected["player0002"] + expected["player0001"]
    for body, wanted in (
        ({"username": "player0001"}, expected["player0001"]),
        ({"username": "player0002"}, expected["player0002"]),
        ({}, everything),
        ({"roundId": "round-3"}, [tx for tx in everything if tx.endswith("-3")]),
        ({"roundId": "round-3", "username": "player0002"}, [tx for tx in expected["player0002"] if tx.endswith("-3")]),
        ({"gameId": "pg_00001"}, everything),
        ({"gameId": "pg_00002"}, []),
        ({"gameId": "pg_00001", "username": "player0002"}, expected["player0002"]),
    ):
        for per_page in (1, 2, 5, 30):
            assert await all_pages(stage, body, per_page) == wanted, (body, per_page)


async def all_pages(stage: Stage, body: dict[str, object], per_page: int) -> list[str]:
    found: list[str] = []
    for page in range(1, 100):
        asked = {**body, "paginate": {"page": page, "perPage": per_page}}
        result = (await stage.call("v1.6/history", asked))["result"]
        assert {name: result["paginate"][name] for name in ("page", "perPage")} == {"page": page, "perPage": per_page}
        found += [item["providerTxId"] for item in result["currencyGroup"]["EUR"]["items"]]
        assert isinstance(result["paginate"]["next"], bool)
        if not result["paginate"]["next"]:
            return found
    raise AssertionError("no last page")


async def test_from_and_to(stage: Stage) -> None:
    await stage.player()
    await deposited(stage, "player0001", "EUR")
    token = await stage.launched("player0001", "EUR")
    for number in range(5):
        await stage.play("bet", token, 100, f"tx-{number}", "r1")
    found = (await items(stage))[::-1]
    times = [item["receivedAt"] for item in found]
    east = datetime.fromisoformat(times[2]).astimezone(tz=datetime.fromisoformat("2026-01-01T00:00:00+07:00").tzinfo)
    for body, wanted in (
        ({"from": times[2]}, [2, 3, 4]),
        ({"to": times[2]}, [0, 1, 2]),
        ({"from": times[1], "to": times[3]}, [1, 2, 3]),
        ({"from": times[1].replace("Z", "z"), "to": times[1]}, [1]),
        ({"from": east.isoformat()}, [2, 3, 4]),
        ({"from": "2001-01-01T00:00:00Z", "to": "2002-01-01T00:00:00Z"}, []),
        ({"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T23:59:59Z"}, [0, 1, 2, 3, 4]),
        ({"from": times[3], "to": times[1]}, []),
    ):
        for more in ({}, {"username": "player0001"}):
            ids = [item["providerTxId"] for item in await items(stage, **body, **more)]
            assert ids == [f"tx-{number}" for number in reversed(wanted)], (body, more)


async def test_times_in_the_agents_offset(stage: Stage) -> None:
    await stage.player(agent=stage.east)
    await deposited(stage, "player0001", "EUR", agent=stage.east)
    token = await stage.launched("player0001", "EUR", agent=stage.east)
    before = stage.hub.clock()
    await stage.play("bet", token, 100, "tx", "r", agent=stage.east)
    [item] = await items(stage, agent=stage.east)
    assert item["receivedAt"].endswith("+07:00")
    assert timedelta() <= datetime.fromisoformat(item["receivedAt"]) - before < timedelta(minutes=1)
    assert item["userInGame"]["agentId"] == stage.east.agent_id
    assert await items(stage) == []


async def test_the_studios_unit_and_the_settlement_rate(stage: Stage) -> None:
    """1600.05 IDR: 1.60005 KIDR, 0.32001 EUR at 0.0002. The rate is the one of the bet, not of today."""
    await stage.player()
    await deposited(stage, "player0001", "IDR")
    token = await stage.launched("player0001", "IDR")
    await stage.play("bet", token, 160_005, "tx", "r")
    await stage.sql("UPDATE rate SET rate = 0.9 WHERE from_currency = 'IDR'")
    [item] = await items(stage)
    assert item["amount"] == {
        "playerCurrency": "IDR",
        "settleCurrency": "EUR",
        "playerToSettleRate": "0.0002",
        "amount": {"settleAmount": "-0.32001", "playerAmount": "-1600.05", "providerAmount": "-1.60005"},
    }
    [item] = await items(stage, "v1.3")
    assert item["amount"] == {
        "providerCurrency": "KIDR",
        "playerCurrency": "IDR",
        "amount": {"providerAmount": "-1.60005", "playerAmount": "-1600.05"},
    }


async def test_a_currency_without_a_rate(stage: Stage) -> None:
    await stage.player()
    token = await stage.launched("player0001", "JPY")
    await stage.play("win", token, 5, "tx", "r")
    [item] = await items(stage)
    assert item["amount"]["playerToSettleRate"] is None
    assert item["amount"]["amount"] == {"settleAmount": None, "playerAmount": "5", "providerAmount": "5"}


async def test_pages_hold_still_under_play(stage: Stage) -> None:
    """Items told on a page while others are written: each wallet's figures still form a chain."""
    await stage.player()
    await deposited(stage, "player0001", "EUR")
    token = await stage.launched("player0001", "EUR")

    await stage.play("bet", token, 100, "first", "r")

    async def play() -> None:
        await asyncio.gather(*(stage.play("bet", token, 100, f"tx-{number}", "r") for number in range(60)))

    async def read() -> None:
        for _ in range(10):
            found = await items(stage, username="player0001", paginate={"perPage": 1000})
            for later, earlier in itertools.pairwise(found):
                assert later["walletBeforeBalance"] == earlier["walletAfterBalance"]

    await asyncio.gather(play(), read())
    assert len(await items(stage, username="player0001", paginate={"perPage": 1000})) == 61


async def test_a_seamless_agents_items_carry_the_number_its_wallet_was_sent(stage: Stage) -> None:
    await stage.player(agent=stage.sea)
    agent_id, now = stage.sea.agent_id, stage.hub.clock()
    player_id = await stage.owner.fetchval("SELECT player_id FROM player WHERE agent_id = $1", agent_id)
    token = stage.hub.arrivals.session_token(stage.sea.prefix)
    async with stage.hub.database.tenant(agent_id) as connection:
        wallet_id = await open_wallet(connection, agent_id, stage.hub.arrivals.number(), player_id, "EUR")
        session = NewSession(
            token,
            player_id,
            wallet_id,
            1,
            None,
            "pg",
            "EUR",
            "en",
            "desktop",
            None,
            None,
            None,
            now,
            now + timedelta(hours=1),
        )
        await start_session(connection, agent_id, session, alone=False)
    await stage.play("win", token, 100, "tx", "r", agent=stage.sea)
    number = await stage.owner.fetchval("SELECT number FROM transaction WHERE agent_id = $1", agent_id)
    [item] = await items(stage, agent=stage.sea)
    assert item["walletTxId"] == str(number)
    assert len(item["walletTxId"]) <= 20
