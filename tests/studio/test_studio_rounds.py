"""Money between studio and operator, whatever the operator or the line does."""

import contextlib
import json
import secrets
import threading
from collections import Counter
from decimal import Decimal
from typing import Any

import httpx
import pytest
from operator_peer import Fault, Operator
from studio_process import SAFE_ID, Player, StudioProcess, eventually, reconcile


def once(kind: str, fault: Fault, times: int = 1) -> Any:
    """A fault for the first calls of a kind."""
    left = Counter({kind: times})

    def switch(got: str, _: dict[str, Any]) -> Fault | None:
        if left[got] <= 0:
            return None
        left[got] -= 1
        return fault

    return switch


def test_rounds_are_paid_and_agree_with_the_operator(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    for _ in range(25):
        answer = player.play("0.4")
        assert answer["round"]["state"] == "settled"
        user = player.user
        assert Decimal(answer["balance"]) == operator.balance(user)
    assert reconcile(player, operator) == {"settled": 25}


def test_what_a_bet_and_a_win_look_like(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    answer = player.play("0.2")
    bet, win = operator.calls("BET")[0], operator.calls("WIN")[0]
    user = player.user
    for call in (bet, win):
        assert b'"amount":0.2' in bet.body
        assert call.data["user_id"] == user
        assert call.data["currency_code"] == "EUR"
        assert call.data["game_id"] == 1
        assert call.data["token"] == player.token
        assert isinstance(call.data["transaction_id"], int)
        assert SAFE_ID.fullmatch(str(call.data["transaction_id"]))
        assert call.data["context"]["reason"]
    assert bet.data["round_id"] == win.data["round_id"] == int(answer["round"]["id"])
    assert bet.data["transaction_id"] != win.data["transaction_id"]
    assert (bet.data["round_finished"], win.data["round_finished"]) == (False, True)
    assert Decimal(win.data["amount"]) == Decimal(answer["round"]["win"])


UNKNOWN = [fault for fault in Fault]


@pytest.mark.parametrize("fault", UNKNOWN, ids=lambda fault: fault.name)
def test_a_bet_of_unknown_outcome_is_canceled(studio: StudioProcess, operator: Operator, fault: Fault) -> None:
    player = Player(studio)
    operator.fault = once("BET", fault)
    answer = player.spin("5")
    assert answer["round"]["state"] in ("canceled", "canceling")
    assert answer["round"]["message"]
    assert answer["round"]["steps"] == [], "an outcome must not be shown for a bet that does not stand"
    player.settle()
    assert reconcile(player, operator) == {"canceled": 1}
    assert len(operator.calls("BET")) == 1, "a bet is never sent twice"
    assert player.play("5")["round"]["state"] == "settled", "the player goes on"


@pytest.mark.parametrize("fault", UNKNOWN, ids=lambda fault: fault.name)
def test_a_win_is_sent_again_with_the_same_bytes(studio: StudioProcess, operator: Operator, fault: Fault) -> None:
    player = Player(studio)
    operator.fault = once("WIN", fault, times=3)
    answer = player.play("5")
    player.settle()
    assert reconcile(player, operator) == {"settled": 1}
    wins = operator.calls("WIN")
    assert len({call.body for call in wins}) == 1, "a retry differs from what was first sent"
    if fault is not Fault.WRONG_CURRENCY:  # an OK we can trust is an OK, whatever else it says
        assert len(wins) == 4
        assert answer["round"]["state"] in ("win_sent", "settled")


def test_a_cancel_is_sent_until_it_is_answered(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    faults = {"BET": [Fault.DROP_AFTER], "cancel": [Fault.HTTP_500, Fault.OP_47, Fault.DROP_AFTER, Fault.WRONG_HASH]}
    operator.fault = lambda kind, data: faults[kind].pop(0) if faults.get(kind) else None
    assert player.spin("5")["round"]["state"] == "canceling"
    refused = player.post("spin", {"spin_id": "another-one", "bet": "5"})
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "round_open"
    player.settle()
    assert reconcile(player, operator) == {"canceled": 1}
    assert len(operator.calls("cancel")) == 5


def test_a_bet_that_lands_behind_its_cancel_is_canceled_again(studio: StudioProcess, operator: Operator) -> None:
    # This operator forgets a cancel it could not match, as the protocol's document allows.
    operator.remembers_unknown = False
    player = Player(studio)
    operator.fault = once("BET", Fault.LATE)
    player.spin("5")
    eventually(lambda: operator.calls("cancel"), "first cancel")
    eventually(
        lambda: any(booking.user_id == player.user for booking in operator.bookings.values()), "the bet lands late"
    )
    player.settle()
    assert reconcile(player, operator) == {"canceled": 1}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("OP_31", "funds"),
        ("OP_32", "limit"),
        ("OP_33", "blocked"),
        ("OP_35", "not available"),
        ("OP_30", "currency"),
        ("OP_40", "not accepted"),
    ],
)
def test_refusals_reach_the_player_in_words(studio: StudioProcess, operator: Operator, code: str, words: str) -> None:
    player = Player(studio)
    operator.refuse["BET"] = code
    answer = player.spin("1")
    assert answer["round"]["state"] == "bet_refused"
    assert answer["round"]["code"] == code
    assert words in answer["round"]["message"].lower()
    assert answer["round"]["steps"] == []
    assert operator.calls("cancel") == []
    operator.refuse.clear()
    assert player.play("1")["round"]["state"] == "settled"


def test_logged_out_stops_the_game(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    operator.refuse["BET"] = "OP_21"
    assert "logged out" in player.spin("1")["ended"]["message"]
    operator.refuse.clear()
    again = player.post("spin", {"spin_id": "after-the-end", "bet": "1"})
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "ended"
    assert len(operator.calls("BET")) == 1


def test_a_win_refused_for_good_is_not_sent_again_and_is_logged(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    operator.refuse["WIN"] = "OP_49"
    answer = player.play("1")
    assert answer["round"]["state"] == "win_refused"
    assert "support" in answer["round"]["message"]
    eventually(lambda: "refused for good" in studio.log(), "the refusal is logged")
    assert len(operator.calls("WIN")) == 1


def test_one_spin_id_is_one_round(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    answers: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(Player.spin(player, "1", "same-spin-id"))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer["round"]["id"] for answer in answers}) == 1
    assert len(operator.calls("BET")) == 1


def test_two_tabs_cannot_play_two_rounds_at_once(studio: StudioProcess, operator: Operator) -> None:
    first = Player(studio)
    first.arrange_free_spins()
    assert first.spin("1")["round"]["more"]
    second = Player(studio, token=secrets.token_hex(12) + first.token[-12:])  # the same player, another launch
    assert second.session != first.session
    refused = second.post("spin", {"spin_id": "second-tab", "bet": "1"})
    assert refused.status_code == 409
    resumed = second.get("state")["round"]
    while resumed["more"]:
        resumed = second.step(resumed)["round"]
    assert reconcile(first, operator) == {"settled": 1}


def test_free_spins_go_on_where_they_were(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    player.arrange_free_spins()
    answer = player.spin("2")
    assert answer["round"]["more"]
    assert len(answer["round"]["steps"]) == 1
    answer = player.step(answer["round"])
    answer = player.step(answer["round"])
    assert operator.calls("WIN") == [], "the round is not over"
    shown = answer["round"]["steps"]

    studio.kill()
    studio.start()
    player.launch()
    resumed = player.get("state")["round"]
    assert resumed["steps"] == shown
    assert resumed["id"] == answer["round"]["id"]

    assert player.step(resumed, step=1)["round"]["steps"] == shown, "a step shown twice stays one step"
    skipping = player.post("step", {"round_id": resumed["id"], "step": len(shown) + 1})
    assert skipping.status_code == 409
    while resumed["more"]:
        resumed = player.step(resumed)["round"]
    assert resumed["state"] == "settled"
    total = sum((Decimal(step["win"]) for step in resumed["steps"]), Decimal(0))
    won = resumed["steps"][0]["view"]["free_spins_won"]
    assert won in (10, 15, 20)
    assert len(resumed["steps"]) == 1 + sum(step["view"]["free_spins_won"] for step in resumed["steps"])
    assert Decimal(operator.calls("WIN")[0].data["amount"]) == total
    assert reconcile(player, operator) == {"settled": 1}


def test_abandoned_free_spins_are_finished_and_paid(tmp_path: Any, operator: Operator) -> None:
    studio = StudioProcess(tmp_path / "data", operator.url, feature_timeout=0.5).start()
    try:
        player = Player(studio)
        player.arrange_free_spins()
        player.spin("1")
        player.settle()
        assert reconcile(player, operator) == {"settled": 1}
    finally:
        studio.stop()


def test_what_is_not_shown_yet_is_not_told(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    player.arrange_free_spins()
    player.spin("1")
    stored = json.loads(studio.rounds(player.user)[0]["steps"])
    told = json.dumps(player.get("state")) + json.dumps(player.get("history"))
    for step in stored[1:]:
        assert json.dumps(step["view"]["stops"]) not in told


def test_fun_mode_never_calls_the_wallet(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio, mode="fun")
    balance = Decimal(player.get("state")["balance"])
    for _ in range(10):
        answer = player.play("1")
        balance += Decimal(answer["round"]["win"]) - 1
        assert answer["round"]["state"] == "settled"
        assert Decimal(answer["balance"]) == balance
    player.arrange_free_spins()
    balance += Decimal(player.play("1")["round"]["win"]) - 1
    assert Decimal(player.get("state")["balance"]) == balance
    assert operator.seen == []


def told_otherwise(operator: Operator, times: int) -> None:
    """The next so many WINs are answered OP_40."""
    left = [times]

    def before(kind: str, _: dict[str, Any]) -> None:
        operator.refuse.pop("WIN", None)
        if kind == "WIN" and left[0] > 0:
            left[0] -= 1
            operator.refuse["WIN"] = "OP_40"

    operator.before = before


@pytest.mark.parametrize(("says", "ends"), [("OK", "settled"), ("CANCELED", "win_refused"), ("ERROR", "win_refused")])
def test_a_win_known_otherwise_is_decided_by_status(
    studio: StudioProcess, operator: Operator, says: str, ends: str
) -> None:
    player = Player(studio)
    told_otherwise(operator, times=99)

    def on_status(data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return "OK", {**{name: data[name] for name in ("user_id", "transaction_id")}, "transaction_status": says}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operator, "on_status", on_status)
        answer = player.play("1")
    assert answer["round"]["state"] == ends
    assert len(operator.calls("WIN")) == len(operator.calls("status")) == 1
    (asked,) = operator.calls("status")
    assert asked.authorized
    assert asked.data["transaction_id"] == operator.calls("WIN")[0].data["transaction_id"]
    assert asked.data["round_id"] == int(answer["round"]["id"])


def test_a_win_that_status_does_not_know_is_sent_again(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    told_otherwise(operator, times=2)
    player.play("1")
    player.settle()
    assert reconcile(player, operator) == {"settled": 1}
    told = [call.command for call in operator.seen if "WIN" in call.data.values()]
    assert told == ["changebalance", "status", "changebalance", "status", "changebalance"]
    assert len({call.body for call in operator.calls("WIN")}) == 1


def test_while_status_is_silent_the_win_is_not_sent_again(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    operator.refuse["WIN"] = "OP_40"
    operator.fault = once("status", Fault.DROP_BEFORE, times=3)
    player.play("1")
    eventually(lambda: len(operator.calls("status")) == 4, "status is asked until it is answered")
    kinds = [call.command for call in operator.seen if "WIN" in call.data.values()]
    assert kinds[:5] == ["changebalance", "status", "status", "status", "status"]
    operator.behave()
    player.settle()
    assert reconcile(player, operator) == {"settled": 1}


def test_one_slow_operator_call_keeps_no_other_round_waiting(tmp_path: Any, operator: Operator) -> None:
    studio = StudioProcess(tmp_path / "data", operator.url, wallet_timeout=60).start()
    slow, quick = Player(studio), Player(studio)
    hanging, hangs = threading.Event(), threading.Event()

    def before(kind: str, data: dict[str, Any]) -> None:
        if kind == "WIN" and data["user_id"] == slow.user and len(wins(slow.user)) > 1:
            hangs.set()
            hanging.wait(60)

    def wins(user: str) -> list[Any]:
        return [call for call in operator.calls("WIN") if call.data["user_id"] == user]

    # The first attempt of each fails at once, so that the second is recovery's.
    operator.fault = lambda kind, data: Fault.HTTP_500 if kind == "WIN" and is_first(data) else None

    def is_first(data: dict[str, Any]) -> bool:
        return len(wins(data["user_id"])) == 1

    operator.before = before
    try:
        slow.play("1")
        assert hangs.wait(20)
        quick.play("1")
        eventually(lambda: studio.finished(quick.user), "the other round is settled meanwhile")
        assert not studio.finished(slow.user)
        hanging.set()
        slow.settle()
        assert reconcile(slow, operator) == reconcile(quick, operator) == {"settled": 1}
    finally:
        hanging.set()
        studio.stop()


@pytest.mark.parametrize(("kind", "ends"), [("BET", "canceled"), ("WIN", "settled")])
def test_what_a_dead_process_left_is_taken_up_at_once(tmp_path: Any, operator: Operator, kind: str, ends: str) -> None:
    # A process that goes on would leave the call to its request for two minutes.
    studio = StudioProcess(tmp_path / "data", operator.url, wallet_timeout=60, overdue_margin=60).start()
    try:
        player = Player(studio)
        arrived = threading.Event()

        def before(got: str, _: dict[str, Any]) -> None:
            if got == kind and not arrived.is_set():
                arrived.set()
                studio.process.kill()
                studio.process.wait()

        operator.before = before
        with contextlib.suppress(httpx.HTTPError):
            player.play("1")
        assert arrived.is_set()
        operator.behave()
        studio.stop()
        studio.start()
        player.settle()
        assert reconcile(player, operator) == {ends: 1}
    finally:
        studio.stop()


def test_a_balance_asked_for_before_a_round_does_not_come_after_it(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    asked, played = threading.Event(), threading.Event()

    def after(kind: str, _: dict[str, Any]) -> None:
        if kind == "balance":
            asked.set()
            played.wait(0.8)  # the wallet has answered; its answer is under way for less than the studio waits

    operator.after = after
    looking = threading.Thread(target=player.get, args=("state",))
    looking.start()
    assert asked.wait(20)
    other = Player(studio, token=player.token)
    while Decimal(other.play("100")["round"]["win"]) == 100:
        pass
    played.set()
    looking.join()
    (row,) = studio.query("SELECT balance FROM players WHERE mode = 'real' AND user_id = ?", player.user)
    assert Decimal(row["balance"]) == operator.balance(player.user)
    assert reconcile(player, operator)
