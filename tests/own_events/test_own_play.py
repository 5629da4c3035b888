"""Play in the hub as events: a script of it, whose insights were worked out by hand, and events that always add up."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from agent_stage import Stage
from event_producer import Producer
from own_worker import OwnWorker
from pitboss.domain.play.commands import CancelTransaction
from pitboss.domain.play.decision import Asked, Canceled, Outcome
from pitboss.domain.seamless.operator_call import Agreed
from pitboss.storage.agents import CreatedAgent
from pitboss.storage.play.relay import JournalRelay


async def opened(stage: Stage, username: str, amount: str = "100", **more: Any) -> str:
    await stage.player(username, **more)
    body = {"username": username, "amount": amount, "currency": "EUR"}
    assert (await stage.call("v1.6/deposit", body, **more))["ok"]
    return await stage.launched(username, "EUR", **more)


async def player_id(stage: Stage, username: str) -> str:
    return str(await stage.owner.fetchval("SELECT player_id FROM player WHERE username = $1", username))


async def events_of(producer: Producer, subject: str) -> list[dict[str, Any]]:
    """All of a player's events, as the raw stream tells them; amounts as text."""
    answer = await producer.get("/api/v1/events", limit=10_000)
    items = json.loads(answer.content, parse_float=str, parse_int=str)["items"]
    return [item for item in items if item["data"].get("player_id") == subject]


async def figures_of(producer: Producer, subject: str) -> dict[str, Any]:
    told = (await producer.get(f"/api/v1/insights/players/{subject}")).json()["figures"]
    assert len(told) == 1
    figure: dict[str, Any] = told[0]
    return figure


async def cancel(stage: Stage, token: str, tx_id: str) -> None:
    assert isinstance(await undone(stage, token, tx_id), Canceled)


async def undone(stage: Stage, token: str, tx_id: str, agent: CreatedAgent | None = None) -> Outcome:
    """A studio's cancel, handed to the engine."""
    arrivals, provider_id = stage.hub.arrivals, stage.hub.live.current.games_by_code["pg_00001"].provider_id
    command = CancelTransaction(
        arrivals.id(), arrivals.id(), arrivals.number(), (agent or stage.one).agent_id, provider_id,
        stage.sessions[token]["user_in_game"], tx_id, None, allow_negative=False,
    )  # fmt: skip
    return await stage.hub.engine.submit(command)


def naive_ggr(events: list[dict[str, Any]]) -> Decimal:
    """As somebody counts who has never heard of `corrects`: bets less wins, of real money."""
    played = [item["data"] for item in events if item["event"] == "gameround" and not item["data"]["is_bonus"]]
    return sum((Decimal(data["amount"]) * (-1 if data["is_win"] else 1) for data in played), Decimal(0))


async def test_a_script_of_play_has_the_insights_that_were_worked_out_by_hand(stage: Stage, worker: OwnWorker) -> None:
    token = await opened(stage, "player0001", "100.5")
    play = stage.play
    await play("bet", token, 10_00, "b1", "r1")
    await play("bet", token, 5_00, "b2", "r1")
    await play("win", token, 7_25, "w1", "r1")
    # A refund of part of a stake, and one of a whole.
    await play("bet", token, 8_00, "b3", "r2")
    await play("refund", token, 3_00, "f1", "r2")
    await play("bet", token, 6_00, "b4", "r3")
    await play("refund", token, 6_00, "f2", "r3")
    # Cancels of a bet and of a win.
    await play("bet", token, 2_00, "b5", "r4")
    await cancel(stage, token, "b5")
    await play("bet", token, 1_00, "b6", "r5")
    await play("win", token, 50_00, "w2", "r5")
    await cancel(stage, token, "w2")
    await play("win", token, 0, "w3", "r5")
    # A refund that was itself undone: the stake stands again.
    await play("bet", token, 4_00, "b7", "r6")
    await play("refund", token, 4_00, "f3", "r6")
    await cancel(stage, token, "f3")
    answer = await stage.call("v1.6/withdraw", {"username": "player0001", "amount": "20.25", "currency": "EUR"})
    assert answer["ok"]
    await worker.catch_up()
    producer = Producer(stage.http, stage.one.events_api_key)
    mine = await player_id(stage, "player0001")
    # Stakes that stood: 10 + 5 + (8 - 3) + 1 + 4 = 25 in 5 bets; winnings 7.25, and a win of nothing.
    assert await figures_of(producer, mine) == {
        "currency": "EUR", "bets": 5, "turnover": "25", "wins": 2, "winnings": "7.25", "ggr": "17.75",
        "bonus_turnover": "0", "bonus_winnings": "0", "deposits": 1, "deposited": "100.5", "withdrawals": 1,
        "withdrawn": "20.25",
    }  # fmt: skip
    assert naive_ggr(await events_of(producer, mine)) == Decimal("17.75")
    assert await worker.findings() == []


async def test_each_happening_is_told_as_the_document_says(stage: Stage, worker: OwnWorker) -> None:
    token = await opened(stage, "player0001")
    await stage.play("bet", token, 1_50, "b1", "round 1")
    await stage.play("win", token, 2_00, "w1", "round 1")
    await cancel(stage, token, "b1")
    await worker.catch_up()
    mine = await player_id(stage, "player0001")
    events = await events_of(Producer(stage.http, stage.one.events_api_key), mine)
    hub_ids = {
        (row[0], row[1]): row[2].hex
        for row in await stage.owner.fetch("SELECT provider_tx_id, is_cancel, id FROM transaction")
    }
    assert [item["event"] for item in events] == ["player", "deposit", "login", "gameround", "gameround", "gameround"]
    times = [item["data"].pop("timestamp") for item in events]
    assert all(time.endswith("Z") for time in times)
    player, deposit, login, bet, win, undone = (item["data"] for item in events)
    assert player.pop("registration_date") == times[0]
    assert len(player.pop("unique_id")) == len(login.pop("unique_id")) == 32
    assert player == {
        "player_id": mine, "username": "player0001", "country": None, "currency": None, "is_blocked": False,
        "operator": stage.one.operator_id,
    }  # fmt: skip
    assert login == {"player_id": mine}
    assert {**deposit, "unique_id": ""} == {
        "unique_id": "", "player_id": mine, "amount": "100", "currency": "EUR", "method": "transfer",
    }  # fmt: skip
    common = {
        "player_id": mine, "game_id": "pg_00001", "round_id": "round 1", "currency": "EUR", "is_bonus": False,
    }  # fmt: skip
    assert bet == common | {"unique_id": hub_ids["b1", False], "amount": "1.5", "is_win": False}
    assert win == common | {"unique_id": hub_ids["w1", False], "amount": "2", "is_win": True}
    assert undone == common | {
        "unique_id": hub_ids["b1", True] + "c0", "amount": "1.5", "is_win": True, "corrects": hub_ids["b1", False],
    }  # fmt: skip
    assert token not in json.dumps(events)


async def test_bonus_and_promotional_money_is_told_apart(stage: Stage, worker: OwnWorker) -> None:
    token = await opened(stage, "player0001")
    await stage.play("bet", token, 2_00, "b1", "r1")
    await stage.play("win", token, 3_00, "w1", "r1", reason="PROMO-FREESPIN")
    await worker.catch_up()
    mine = await player_id(stage, "player0001")
    figures = await figures_of(Producer(stage.http, stage.one.events_api_key), mine)
    told = {name: figures[name] for name in ("turnover", "winnings", "ggr", "bonus_winnings")}
    assert told == {"turnover": "2", "winnings": "0", "ggr": "2", "bonus_winnings": "3"}
    assert await worker.findings() == []


async def test_seamless_play_is_told_like_any_other(stage: Stage, worker: OwnWorker) -> None:
    await stage.player("player0001", agent=stage.sea)
    token = await stage.launched("player0001", "EUR", stage.sea)
    await stage.play("bet", token, 10_00, "b1", "r1", agent=stage.sea)
    await stage.play("win", token, 4_00, "w1", "r1", agent=stage.sea)
    await stage.play("bet", token, 3_00, "b2", "r2", agent=stage.sea)
    await stage.play("refund", token, 1_00, "f2", "r2", agent=stage.sea)
    asked = await undone(stage, token, "w1", stage.sea)
    assert isinstance(asked, Asked)
    name = stage.sessions[token]["user_in_game"]
    agreed = Agreed({"transaction_status": "CANCELED"})
    await stage.hub.seamless.settle(stage.sea.agent_id, name, asked.call, agreed)
    await worker.catch_up()
    producer = Producer(stage.http, stage.sea.events_api_key)
    mine = await player_id(stage, "player0001")
    figures = await figures_of(producer, mine)
    told = {name: figures[name] for name in ("bets", "turnover", "wins", "winnings", "ggr", "deposits")}
    assert told == {"bets": 2, "turnover": "12", "wins": 0, "winnings": "0", "ggr": "12", "deposits": 0}
    assert naive_ggr(await events_of(producer, mine)) == 12
    assert await worker.findings() == []


async def test_what_is_told_long_after_it_was_made_keeps_its_time(stage: Stage, worker: OwnWorker) -> None:
    """As of a seamless agent whose wallet was asked for an hour: the event says when the ledger has it."""
    token = await opened(stage, "player0001")
    await stage.play("bet", token, 10_00, "b1", "r1")
    await stage.play("win", token, 4_00, "w1", "r1")
    while await JournalRelay(worker.database).move_all():
        pass
    await stage.owner.execute("UPDATE journal SET at = at + interval '1 hour' WHERE event ->> 'kind' = 'bet'")
    await worker.catch_up()
    mine = await player_id(stage, "player0001")
    events = await events_of(Producer(stage.http, stage.one.events_api_key), mine)
    told = {item["data"]["unique_id"]: item["data"]["timestamp"] for item in events if item["event"] == "gameround"}
    rows = await stage.owner.fetch("SELECT id, at FROM transaction WHERE kind IN ('bet', 'win')")
    assert len(rows) == 2
    assert {key: datetime.fromisoformat(time) for key, time in told.items()} == {row[0].hex: row[1] for row in rows}
