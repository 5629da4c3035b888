"""Free spins and chips from the agent API to the house studio's games and back into the player's money, in a real sandbox."""

import json
import secrets
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from running_sandbox import RunningSandbox, wait_until

CURRENCY = "EUR"


class Page:
    """A player's open game at the house studio."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(timeout=20, follow_redirects=True)
        opened = self.http.get(url)
        assert opened.status_code == 200
        parts = urlsplit(str(opened.url))
        self.api = f"{parts.scheme}://{parts.netloc}/api/{opened.url.path.rsplit('/', 1)[1]}"

    def state(self) -> dict[str, Any]:
        told: dict[str, Any] = self.http.get(f"{self.api}/state").json()
        return told

    def play(self, **stake: Any) -> dict[str, Any]:
        """One round to its end."""
        answer = self.http.post(f"{self.api}/spin", json={"spin_id": secrets.token_hex(8), **stake})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        while told["round"]["open"]:
            body = {"round_id": told["round"]["id"], "step": len(told["round"]["steps"])}
            told = self.http.post(f"{self.api}/step", json=body).json()
        round_: dict[str, Any] = told["round"]
        assert round_["state"] == "settled", round_
        return round_


@pytest.fixture
def code_of(sandbox: RunningSandbox) -> Callable[[str], str]:
    """A house game of a category, by its code."""

    def find(category: str) -> str:
        games = sandbox.result("games", {"providerId": "house"})["items"]
        return str(next(game["id"] for game in games if game["category"]["id"] == category))

    return find


def give(sandbox: RunningSandbox, operation: str, **body: Any) -> dict[str, Any]:
    given: dict[str, Any] = sandbox.result(operation, {"currency": CURRENCY, **body})
    return given


def verified(sandbox: RunningSandbox) -> None:
    told = sandbox.cli("verify")
    assert told.returncode == 0, told.stdout + told.stderr


def bonuses(sandbox: RunningSandbox, username: str, *options: str) -> list[dict[str, Any]]:
    told = sandbox.cli("bonus", "list", "--agent", str(sandbox.agent["agent_id"]), username, "--json", *options)
    assert told.returncode == 0, told.stderr
    found: list[dict[str, Any]] = json.loads(told.stdout)
    return found


def test_free_spins_are_played_at_the_house_and_their_winnings_are_real(
    sandbox: RunningSandbox, code_of: Callable[[str], str]
) -> None:
    sandbox.result("createPlayer", {"username": "spinner01"})
    game = code_of("slot")
    given = give(sandbox, "freeRound", bonusCode="spins-1", username="spinner01", gameId=game, rounds=3, betAmount="1")
    assert given["freeRoundId"] and given["betAmount"] == "1" and given["rounds"] == 3
    assert given["canceledAt"] == "0001-01-01T00:00:00Z"
    page = Page(sandbox.launch("spinner01", CURRENCY, game)["url"])
    offered = page.state()["promotion"]
    assert (offered["campaign_code"], offered["left"], offered["value"]) == (given["freeRoundCode"], 3, "1")
    won = [page.play(bet="1", campaign_code=given["freeRoundCode"]) for _ in range(3)]
    winnings = sum(Decimal(round_["win"]) for round_ in won)
    assert Decimal(sandbox.balance("spinner01")) == winnings
    assert page.state()["promotion"] is None
    kept = sandbox.result("getFreeRound", {"id": given["id"]})
    assert kept["freeGameCode"] == given["freeRoundCode"]
    (told,) = json.loads(kept["info"])["players"]
    assert (told["played"], told["remaining"]) == (3, 0)
    assert bonuses(sandbox, "spinner01") == []
    over = bonuses(sandbox, "spinner01", "--all")
    assert [(one["state"], one["remaining"]) for one in over] == [("completed", 0)]
    again = sandbox.call(
        "freeRound",
        {"currency": CURRENCY, "bonusCode": "spins-1", "username": "spinner01", "gameId": game, "rounds": 1,
         "betAmount": "1"},
    )  # fmt: skip
    assert again["error"]["code"] == "BONUS_CODE_ALREADY_EXISTS"
    verified(sandbox)


def test_winnings_are_wagered_and_converted(sandbox: RunningSandbox, code_of: Callable[[str], str]) -> None:
    agent = str(sandbox.agent["agent_id"])
    sandbox.result("createPlayer", {"username": "wagerer01"})
    game = code_of("slot")
    assert sandbox.cli("bonus", "template", "set", "FS", "--agent", agent, "--multiplier", "2").returncode == 0
    try:
        given = give(
            sandbox, "freeRound", bonusCode="wager-1", username="wagerer01", gameId=game, rounds=20, betAmount="1"
        )
    finally:
        assert sandbox.cli("bonus", "template", "set", "FS", "--agent", agent, "--multiplier", "0").returncode == 0
    page = Page(sandbox.launch("wagerer01", CURRENCY, game)["url"])
    winnings = sum(Decimal(page.play(bet="1", campaign_code=given["freeRoundCode"])["win"]) for _ in range(20))
    # Twenty spins of this slot that win nothing at all happen once in some thousand years of running this test.
    assert winnings > 0
    assert sandbox.balance("wagerer01") == "0"
    (held,) = bonuses(sandbox, "wagerer01")
    assert Decimal(held["bonus_balance"]) == winnings
    assert Decimal(held["remaining_wagering"]) == 2 * winnings
    # The page is told of what may be staked, bonus money included.
    assert Decimal(page.state()["balance"]) == winnings
    sandbox.result("deposit", {"username": "wagerer01", "currency": CURRENCY, "amount": "5000"})
    money, left = 5000 + winnings, 2 * winnings
    while left > 0:
        stake = min(
            (value for value in (Decimal(100), Decimal(10), Decimal(1)) if value <= max(left, 1)), key=lambda v: -v
        )
        money += Decimal(page.play(bet=str(stake))["win"]) - stake
        left -= stake
    assert bonuses(sandbox, "wagerer01") == []
    (over,) = bonuses(sandbox, "wagerer01", "--all")
    assert over["state"] == "converted"
    assert Decimal(sandbox.balance("wagerer01")) == money
    verified(sandbox)


def test_chips_are_played_at_a_table_and_taken_back(sandbox: RunningSandbox, code_of: Callable[[str], str]) -> None:
    names = ["chips0001", "chips0002"]
    for name in names:
        sandbox.result("createPlayer", {"username": name})
    game = code_of("table")
    given = give(sandbox, "freeChip", bonusCode="chips-1", usernames=names, gameId=game, rounds=2, betAmount="1")
    assert given["usernames"] == names and given["freeChipId"]
    page = Page(sandbox.launch(names[0], CURRENCY, game)["url"])
    place = "red" if "oulette" in page.state()["game"]["name"] else "banker"
    round_ = page.play(bets=[{"place": place, "amount": "1"}], campaign_code=given["freeChipCode"])
    assert Decimal(sandbox.balance(names[0])) == Decimal(round_["win"])
    kept = sandbox.result("getFreeChip", {"id": given["id"], "username": names[1]})
    assert kept["usernames"] == names
    assert (
        sandbox.call("getFreeChip", {"id": given["id"], "username": "spinner01"})["error"]["code"]
        == "FREE_CHIP_NOT_FOUND"
    )
    assert sandbox.result("cancelFreeChip", {"id": given["id"]}) == {}
    assert sandbox.call("cancelFreeChip", {"id": given["id"]})["error"]["code"] == "ALREADY_CANCELED"
    assert sandbox.call("getFreeRound", {"id": given["id"]})["error"]["code"] == "FREE_ROUND_NOT_FOUND"
    assert page.state()["promotion"] is None
    assert [one["state"] for one in bonuses(sandbox, names[1], "--all")] == ["removed"]
    verified(sandbox)


def test_support_takes_a_bonus_away_and_the_studio_hears_of_it(
    sandbox: RunningSandbox, code_of: Callable[[str], str]
) -> None:
    sandbox.result("createPlayer", {"username": "removed01"})
    game, agent = code_of("slot"), str(sandbox.agent["agent_id"])
    given = give(sandbox, "freeRound", bonusCode="remove-1", username="removed01", gameId=game, rounds=3, betAmount="1")
    page = Page(sandbox.launch("removed01", CURRENCY, game)["url"])
    assert page.state()["promotion"]["left"] == 3
    done = sandbox.cli("bonus", "remove", "--agent", agent, "removed01", "--code", given["freeRoundCode"])
    assert done.returncode == 0, done.stderr
    again = sandbox.cli("bonus", "remove", "--agent", agent, "removed01", "--code", given["freeRoundCode"])
    assert again.returncode == 1 and len(again.stderr.splitlines()) == 1
    wait_until(lambda: page.state()["promotion"] is None)
    kept = sandbox.result("getFreeRound", {"id": given["id"]})
    assert kept["canceledAt"] != "0001-01-01T00:00:00Z"
