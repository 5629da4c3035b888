"""All figures of a store, against sums made here, event by event, of what was sent."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from agent_stage import Stage
from event_producer import AT, Producer, bet, deposit, item, withdraw

PLAYERS, GAMES, CURRENCIES = ("ann", "bob", "cid"), ("crash", "dice", "slot"), ("EUR", "JPY", "KWD")
NAMES = ("bets", "turnover", "wins", "winnings", "bonus_turnover", "bonus_winnings")
PAYMENTS = ("deposits", "deposited", "withdrawals", "withdrawn")
Sums = dict[tuple[str, ...], dict[str, Any]]


def anything(random: Random, count: int) -> list[dict[str, Any]]:
    """Events of all kinds; now and then a bet or a win is taken back."""
    made: list[dict[str, Any]] = []
    for number in range(count):
        currency = random.choice(CURRENCIES)
        money = {
            "amount": random.randrange(1, 10_000) if currency == "JPY" else random.randrange(1, 400) / 4,
            "currency": currency,
        }
        who = {"timestamp": f"2026-01-{random.randrange(1, 29):02d}T13:00:{random.randrange(60):02d}Z"}
        player = {"player_id": random.choice(PLAYERS)} | who
        match random.randrange(12):
            case 0:
                made.append(deposit(f"e{number}", **player | money))
            case 1:
                made.append(withdraw(f"e{number}", **player | money))
            case 2:
                made.append(item("login", f"e{number}", **player))
            case 3:
                made.append(item("player", f"e{number}", country="MT", **player))
            case 4:
                made.append(item("game", f"e{number}", game_id=random.choice(GAMES), name="any", **who))
            case 5 if plain := [
                each["data"] for each in made if each["event"] == "gameround" and "corrects" not in each["data"]
            ]:
                back = random.choice(plain)
                opposite = {"is_win": not back["is_win"], "corrects": back["unique_id"], "unique_id": f"e{number}"}
                made.append({"event": "gameround", "data": back | opposite | who})
            case _:
                side = {"is_win": random.random() < 0.5, "is_bonus": random.random() < 0.3}
                made.append(bet(f"e{number}", **player | money | side, game_id=random.choice(GAMES)))
    return made


def added_up(items: list[dict[str, Any]]) -> tuple[Sums, Sums, Sums]:
    """Of plays (player, game, currency), players (player, currency) and games (game, currency; '' for what has none)."""
    fresh: Callable[[], dict[str, Any]] = lambda: defaultdict(Decimal, events=0)  # noqa: E731
    plays, players, games = (defaultdict(fresh) for _ in range(3))
    for each in items:
        data = each["data"]
        player, game, currency = data.get("player_id"), data.get("game_id"), data.get("currency", "")
        rows = [players[player, currency]] if player else []
        rows += [games[game, currency]] if game else []
        rows += [plays[player, game, currency]] if player and game else []
        for row in rows:
            row["events"] += 1
            row["first_seen"] = min(row.get("first_seen", "9"), data["timestamp"])
            row["last_seen"] = max(row.get("last_seen", ""), data["timestamp"])
            if each["event"] == "login":
                row["last_login"] = max(row.get("last_login", ""), data["timestamp"])
            for name, value in changes(each["event"], data):
                row[name] += value
    return plays, players, games


def changes(event: str, data: dict[str, Any]) -> list[tuple[str, Decimal]]:
    money = Decimal(str(data.get("amount", 0)))
    if event in ("deposit", "withdraw"):
        counted, sum_ = ("deposits", "deposited") if event == "deposit" else ("withdrawals", "withdrawn")
        return [(counted, Decimal(1)), (sum_, money)]
    if event != "gameround":
        return []
    sign = -1 if data.get("corrects") else 1
    # What is taken back leaves the side it was on, which is the other one than its own.
    won = data["is_win"] is (sign == 1)
    side = ("wins", "winnings") if won else ("bets", "turnover")
    return [(side[0], Decimal(sign)), (f"bonus_{side[1]}" if data["is_bonus"] else side[1], sign * money)]


async def stored(stage: Stage, table: str, keys: str, names: tuple[str, ...]) -> Sums:
    rows = await stage.owner.fetch(f"SELECT {keys}, events, {', '.join(names)} FROM {table}")
    count = len(keys.split(","))
    return {tuple(row[:count]): dict(list(row.items())[count:]) for row in rows}


def told(at: Any) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("seed", range(4))
async def test_everything_adds_up(stage: Stage, one: Producer, seed: int) -> None:
    random = Random(seed)
    items = anything(random, 700)
    batches = [items[start : start + 70] for start in range(0, len(items), 70)]
    # Several at once: new players in new games come from many sides.
    for start in range(0, len(batches), 5):
        await asyncio.gather(*(one.must(*batch) for batch in batches[start : start + 5]))
    plays, players, games = added_up(items)

    found = await stored(stage, "event_play_figure", "player_id, game_id, currency", NAMES)
    assert found.keys() == plays.keys()
    for key, row in found.items():
        assert row == {name: plays[key][name] for name in row}, key
    found = await stored(
        stage,
        "event_player_figure",
        "player_id, currency",
        (*NAMES, *PAYMENTS, "first_seen", "last_seen", "last_login"),
    )
    assert found.keys() == players.keys()
    for key, row in found.items():
        times = {name: told(row.pop(name)) for name in ("first_seen", "last_seen", "last_login")}
        assert row == {name: players[key][name] for name in row}, key
        assert times == {name: players[key].get(name) for name in times}, key
    found = await stored(stage, "event_game_figure", "game_id, currency", (*NAMES, "players"))
    for key, row in found.items():
        game, currency = key
        who = {p for p, g, c in plays if g == game and currency in (c, "")}
        assert row.pop("players") == len(who), key
        assert row == {name: games[key][name] for name in row}, key
    assert found.keys() >= games.keys()
    assert {row[0] for row in await stage.owner.fetch("SELECT player_id FROM event_player")} == set(PLAYERS)
    assert {row[0] for row in await stage.owner.fetch("SELECT game_id FROM event_game")} == set(GAMES)


async def test_a_player_who_is_new_to_a_game_from_two_sides_is_one_player(stage: Stage, one: Producer) -> None:
    await one.must(bet("before", player_id="bob"))
    agent = await stage.owner.fetchval("SELECT agent_id FROM event_head")
    held = stage.owner.transaction()
    await held.start()
    await stage.owner.execute("SELECT last_seq FROM event_head WHERE agent_id = $1 FOR UPDATE", agent)
    calls = []
    for number, currency in enumerate(("EUR", "JPY")):
        calls.append(asyncio.create_task(one.must(bet(f"b{number}", currency=currency))))
        # Both have begun before either is done: neither sees the other's figures yet.
        async with asyncio.timeout(20):
            while await stage.waiting() <= number:
                await asyncio.sleep(0.01)
    await held.rollback()
    await asyncio.gather(*calls)
    rows = await stage.owner.fetch("SELECT currency, players FROM event_game_figure ORDER BY currency")
    assert [tuple(row) for row in rows] == [("", 2), ("EUR", 2), ("JPY", 1)]


def test_the_sums_of_the_test_know_corrections() -> None:
    plays, _, _ = added_up([bet("b", 4), bet("w", 3, is_win=True), bet("u", 4, is_win=True, corrects="b")])
    assert dict(plays["ann", "crash", "EUR"]) | {"first_seen": AT, "last_seen": AT} == {
        "events": 3, "first_seen": AT, "last_seen": AT, "bets": 0, "turnover": 0, "wins": 1, "winnings": 3,
    }  # fmt: skip
