"""At the same time, and killed in the middle: each transaction once."""

import json
import random
import resource
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from operator_process import OperatorProcess, Player, new_id
from platform_peer import Answer, Platform


def at_once(operator: OperatorProcess, calls: list[tuple[str, dict[str, Any]]]) -> list[Answer]:
    """All of them together, each on a connection of its own."""
    gate = threading.Barrier(len(calls))

    def one(command: str, data: dict[str, Any]) -> Answer:
        platform = Platform(operator.platform.url, operator.platform.operator_id, operator.platform.secret)
        try:
            raw = platform.body(command, data)
            gate.wait(30)
            return platform.send(command, raw)
        finally:
            platform.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(one, *call) for call in calls]]


@pytest.mark.parametrize("kind", ["BET", "WIN"])
def test_fifty_times_the_same_at_once_is_one_posting(operator: OperatorProcess, kind: str) -> None:
    player = operator.player()
    data = player.data(kind, 10)
    answers = at_once(operator, [("changebalance", data)] * 50)
    assert {answer.said for answer in answers} == {answers[0].said}
    assert answers[0].code == "OK"
    assert player.balance == ("90" if kind == "BET" else "110")
    assert len(operator.booked(player.id)) == 1


def test_fifty_cancels_at_once_give_back_once(operator: OperatorProcess) -> None:
    player = operator.player()
    data = player.data("BET", 10)
    operator.platform.change(data)
    answers = at_once(operator, [("cancel", data)] * 50)
    assert {answer.code for answer in answers} == {"OK"}
    assert player.balance == "100"


def test_fifty_bets_at_once_with_funds_for_one(operator: OperatorProcess) -> None:
    player = operator.player("10")
    answers = at_once(operator, [("changebalance", player.data("BET", 10)) for _ in range(50)])
    codes = [answer.code for answer in answers]
    assert (codes.count("OK"), codes.count("OP_31")) == (1, 49)
    assert player.balance == "0"


def test_a_bet_and_its_cancel_at_once_leave_nothing(operator: OperatorProcess) -> None:
    player = operator.player()
    for _ in range(20):
        data = player.data("BET", 10)
        bet, cancel = at_once(operator, [("changebalance", data), ("cancel", data)])
        assert (bet.code, cancel.code) in {("OK", "OK"), ("OP_49", "OP_41")}
    assert player.balance == "100"


class Load:
    """Players who bet and win without pause; `acknowledged` is what was answered OK, `sent` what may have been booked."""

    def __init__(self, operator: OperatorProcess, players: list[Player]) -> None:
        self.operator = operator
        self.acknowledged: dict[int, dict[str, Any]] = {}
        self.sent: dict[int, dict[str, Any]] = {}
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self.play, args=(player,)) for player in players]
        for thread in self.threads:
            thread.start()

    def play(self, player: Player) -> None:
        platform = Platform(
            self.operator.platform.url, self.operator.platform.operator_id, self.operator.platform.secret
        )
        chance = random.Random(player.id)
        while not self.ending.is_set():
            data = player.data(chance.choice(["BET", "WIN"]), f"{chance.randint(1, 9)}.{chance.randint(10, 99)}")
            self.sent[data["transaction_id"]] = data
            try:
                answer = platform.change(data)
            except httpx.HTTPError:
                break
            assert answer.code == "OK"
            self.acknowledged[data["transaction_id"]] = data
        platform.close()

    def end(self) -> None:
        self.ending.set()
        for thread in self.threads:
            thread.join(30)


def test_killed_under_load_every_acknowledged_transaction_is_there_once(tmp_path: Path) -> None:
    operator = OperatorProcess(tmp_path / "books").start()
    names = [operator.player("1000000").id for _ in range(8)]
    sent: dict[int, dict[str, Any]] = {}
    acknowledged: set[int] = set()
    for _ in range(3):
        players = [
            Player(operator, name, operator.admin("POST", "tokens", {"user_id": name})["token"]) for name in names
        ]
        load = Load(operator, players)
        deadline = time.monotonic() + 60
        while len(load.acknowledged) < 150 and time.monotonic() < deadline:
            time.sleep(0.005)
        operator.kill()
        load.end()
        assert len(load.acknowledged) >= 150
        sent |= load.sent
        acknowledged |= set(load.acknowledged)
        operator = OperatorProcess(tmp_path / "books").start()
    assert operator.wrong() == []
    rows = operator.admin("GET", "movements")
    booked = [int(row["transaction_id"]) for row in rows if row["transaction_id"] is not None]
    assert len(booked) == len(set(booked))
    assert acknowledged <= set(booked) <= set(sent)
    # Independent sum: what each player must have is what the platform sent and the books have.
    for name in names:
        mine = [sent[number] for number in booked if sent[number]["user_id"] == name]
        cents = sum(
            int(data["amount"].replace(".", "")) * (1 if data["transaction_type"] == "WIN" else -1) for data in mine
        )
        told = operator.admin("GET", f"players/{name}")["balance"]
        whole, _, fraction = told.partition(".")
        assert int(whole + fraction.ljust(2, "0")) == 100_000_000 + cents
    # What was not answered settles by its id: sent again it is booked once more or not at all.
    fresh = {name: operator.admin("POST", "tokens", {"user_id": name})["token"] for name in names}
    for number in set(sent) - acknowledged:
        data = sent[number] | {"token": fresh[sent[number]["user_id"]]}
        assert operator.platform.change(data).code == "OK"
    assert len(operator.admin("GET", "transactions")) == len(sent)
    assert operator.wrong() == []
    assert operator.stop() == 0


def test_what_was_decided_outlives_the_process(tmp_path: Path) -> None:
    operator = OperatorProcess(tmp_path / "books").start()
    player = operator.player()
    bet, poor, early = player.data("BET", 10), player.data("BET", 1000), player.data("BET", 1)
    first = [operator.platform.change(bet), operator.platform.change(poor)]
    operator.platform.cancel(early)
    operator.kill()
    operator = OperatorProcess(tmp_path / "books").start()
    again = [operator.platform.change(bet), operator.platform.change(poor)]
    assert [answer.said for answer in again] == [answer.said for answer in first]
    assert operator.platform.change(early).code == "OP_49"
    assert operator.stop() == 0


def test_the_audit_sees_a_balance_that_was_changed_by_hand(tmp_path: Path) -> None:
    import sqlite3

    operator = OperatorProcess(tmp_path / "books").start()
    player = operator.player()
    operator.platform.change(player.data("BET", 10, transaction_id=new_id()))
    assert operator.wrong() == []
    assert operator.stop() == 0
    with sqlite3.connect(tmp_path / "books" / "operator.sqlite3") as db:
        db.execute("UPDATE players SET balance = '9001'")
    db.close()
    operator.start()
    assert operator.wrong() == [f"player {player.id}: balance 9001, movements 9000 (minor units)"]
    assert json.dumps(operator.wrong())
    operator.stop()


def test_a_full_disk_is_never_a_false_ok(tmp_path: Path) -> None:
    """No file may grow any more: a commit fails, so the answer must be an error, and all works again afterwards."""
    operator = OperatorProcess(tmp_path / "books").start()
    player = operator.player("1000")
    pid = operator.process.pid
    limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (300_000, limits[1]))
    sent = [player.data("BET", "0.5") for _ in range(500)]
    acknowledged = []
    failed = 0
    for data in sent:
        code = operator.platform.change(data).code
        assert code in ("OK", "OP_50")
        if code == "OK":
            acknowledged.append(data["transaction_id"])
        else:
            failed += 1
        if failed == 5:
            break
    assert failed == 5, "the disk never was full"
    resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
    booked = [int(row["transaction_id"]) for row in operator.booked(player.id)]
    assert booked == acknowledged
    for data in sent:
        assert operator.platform.change(data).code == "OK"
    assert len(operator.booked(player.id)) == 500
    assert player.balance == "750"
    assert operator.wrong() == []
    assert operator.stop() == 0
