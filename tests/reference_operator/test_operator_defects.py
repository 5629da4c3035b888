"""A sound operator passes every check; each planted defect fails those it is about, and no other."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from test_operator_survival import at_once

from operator_process import OPERATOR_ID, OperatorProcess, new_id
from pitboss_operator.wallet.defects import DEFECTS

Check = Callable[[OperatorProcess], bool]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    CHECKS[function.__name__] = function
    return function


@check
def a_repeated_bet_debits_once(operator: OperatorProcess) -> bool:
    player = operator.player()
    bet = player.data("BET", 10)
    codes = [operator.platform.change(bet).code for _ in range(3)]
    return (codes, player.balance) == (["OK"] * 3, "90")


@check
def a_repetition_gets_the_first_answer(operator: OperatorProcess) -> bool:
    player = operator.player()
    bet = player.data("BET", 10)
    first = operator.platform.change(bet)
    operator.platform.change(player.data("WIN", 5))
    return operator.platform.change(bet).said == first.said


@check
def other_data_under_a_known_id_is_op40(operator: OperatorProcess) -> bool:
    player = operator.player()
    bet = player.data("BET", 10)
    operator.platform.change(bet)
    return operator.platform.change(bet | {"amount": 11}).code == "OP_40" and player.balance == "90"


@check
def the_same_at_once_debits_once(operator: OperatorProcess) -> bool:
    player = operator.player()
    at_once(operator, [("changebalance", player.data("BET", 10))] * 10)
    return player.balance == "90"


@check
def a_win_needs_no_token(operator: OperatorProcess) -> bool:
    player = operator.player()
    return operator.platform.change(player.data("WIN", 10, token=None)).code == "OK"


@check
def a_bet_after_its_cancel_is_refused(operator: OperatorProcess) -> bool:
    player = operator.player()
    bet = player.data("BET", 10)
    operator.platform.cancel(bet)
    return operator.platform.change(bet).code == "OP_49" and player.balance == "100"


@check
def a_second_cancel_moves_nothing(operator: OperatorProcess) -> bool:
    player = operator.player()
    bet = player.data("BET", 10)
    operator.platform.change(bet)
    codes = [operator.platform.cancel(bet).code for _ in range(3)]
    return (codes, player.balance) == (["OK"] * 3, "100")


@check
def a_canceled_win_is_taken_back(operator: OperatorProcess) -> bool:
    player = operator.player()
    win = player.data("WIN", 10)
    operator.platform.change(win)
    return operator.platform.cancel(win).code == "OK" and player.balance == "100"


@check
def a_refused_bet_stays_refused(operator: OperatorProcess) -> bool:
    player = operator.player("1")
    bet = player.data("BET", 10)
    operator.platform.change(bet)
    player.change(credit="100")
    return operator.platform.change(bet).code == "OP_31" and player.balance == "101"


@check
def a_bet_above_the_balance_is_refused(operator: OperatorProcess) -> bool:
    player = operator.player("1")
    return operator.platform.change(player.data("BET", 10)).code == "OP_31" and player.balance == "1"


@check
def cents_are_exact(operator: OperatorProcess) -> bool:
    player = operator.player()
    return operator.platform.change(player.data("BET", 0.29)).balance == "99.71"


@check
def ids_have_twenty_digits(operator: OperatorProcess) -> bool:
    player = operator.player()
    longest = 99_999_999_999_999_999_999 - new_id() % 10**15
    bet = player.data("BET", 10, transaction_id=longest)
    operator.platform.change(bet)
    return operator.platform.status(bet).data.get("transaction_id") == longest


@check
def wrong_headers_are_403(operator: OperatorProcess) -> bool:
    body = operator.platform.body("balance", {})
    right = operator.platform.headers("balance")
    wrong = [
        {},
        {"X-Operator-Id": OPERATOR_ID},
        right | {"X-Operator-Id": "other"},
        right | {"X-Authorization": "0" * 40},
    ]
    answers = [httpx.post(f"{operator.platform.url}/balance", content=body, headers=headers) for headers in wrong]
    return [answer.status_code for answer in answers] == [403] * 4


@check
def a_wrong_hash_is_op20(operator: OperatorProcess) -> bool:
    player = operator.player()
    return operator.platform.call("authenticate", {"token": player.token}, hash="0" * 40).code == "OP_20"


@check
def answers_are_signed(operator: OperatorProcess) -> bool:
    player = operator.player()
    good = operator.platform.call("authenticate", {"token": player.token})
    bad = operator.platform.call("authenticate", {"token": "E" * 20})
    return good.signed and bad.signed


@check
def a_refund_gives_back(operator: OperatorProcess) -> bool:
    player = operator.player()
    bet = player.data("BET", 10)
    operator.platform.change(bet)
    operator.platform.change(bet | {"transaction_type": "REFUND", "transaction_id": new_id()})
    return player.balance == "100"


@check
def a_refund_gives_back_no_more_than_was_bet(operator: OperatorProcess) -> bool:
    player = operator.player()
    return operator.platform.change(player.data("REFUND", 10)).code == "OP_49" and player.balance == "100"


@check
def a_zero_win_is_taken(operator: OperatorProcess) -> bool:
    player = operator.player()
    return operator.platform.change(player.data("WIN", 0)).code == "OK"


@check
def a_pipe_is_refused(operator: OperatorProcess) -> bool:
    answer = operator.platform.call("authenticate", {"token": "F" * 20 + "|"})
    return answer.code == "OP_50" and answer.message.startswith("token")


@check
def a_late_win_is_taken(operator: OperatorProcess) -> bool:
    player = operator.player()
    bet = player.data("BET", 10, round_finished=True)
    operator.platform.change(bet)
    return operator.platform.change(bet | {"transaction_type": "WIN", "transaction_id": new_id()}).code == "OK"


@check
def status_tells_what_was_canceled_or_refused(operator: OperatorProcess) -> bool:
    player = operator.player()
    bet, poor = player.data("BET", 10), player.data("BET", 10)
    operator.platform.change(bet)
    operator.platform.cancel(bet)
    player.change(blocked=True)
    operator.platform.change(poor)
    canceled, refused = operator.platform.status(bet), operator.platform.status(poor)
    # A wallet that has forgotten the refusal (OP_41) is another check's matter.
    told = refused.data.get("transaction_status", "ERROR")
    return (canceled.data["transaction_status"], told) == ("CANCELED", "ERROR")


@check
def ping_is_200(operator: OperatorProcess) -> bool:
    return httpx.get(f"{operator.platform.url}/ping").status_code == 200


@check
def a_balance_in_another_currency_is_op30(operator: OperatorProcess) -> bool:
    player = operator.player()
    data = {"token": player.token, "user_id": player.id, "currency_code": "USD"}
    return operator.platform.call("balance", data).code == "OP_30"


@check
def a_bet_in_another_currency_is_op30(operator: OperatorProcess) -> bool:
    player = operator.player()
    return (
        operator.platform.change(player.data("BET", 10, currency_code="USD")).code == "OP_30"
        and player.balance == "100"
    )


@check
def a_free_spin_costs_nothing(operator: OperatorProcess) -> bool:
    player = operator.player()
    context = {"reason": "PROMO-FREESPIN", "campaign_code": "spring-1"}
    return operator.platform.change(player.data("BET", 10, context=context)).balance == "100"


@check
def refusals_are_http_200(operator: OperatorProcess) -> bool:
    answers = [
        operator.platform.call("authenticate", {"token": "G" * 20}),
        operator.platform.call("authenticate", {}),
        operator.platform.change(operator.player().data("BET", 1000)),
    ]
    return all(answer.http.status_code == 200 for answer in answers)


# defect -> the checks that must fail with it
BREAKS: dict[str, set[Check]] = {
    "no-replay-memory": {
        a_repeated_bet_debits_once, a_repetition_gets_the_first_answer, other_data_under_a_known_id_is_op40,
        the_same_at_once_debits_once,
    },
    "replay-wrong-balance": {a_repetition_gets_the_first_answer},
    "changed-replay-accepted": {other_data_under_a_known_id_is_op40},
    "concurrent-double-debit": {the_same_at_once_debits_once},
    "win-needs-token": {a_win_needs_no_token},
    "cancel-not-remembered": {a_bet_after_its_cancel_is_refused},
    "cancel-twice-pays-twice": {a_second_cancel_moves_nothing},
    "cancel-of-win-ignored": {a_canceled_win_is_taken_back},
    "refused-bet-later-accepted": {a_refused_bet_stays_refused},
    # Who lets everybody play on credit refuses nothing that could stay refused.
    "negative-balance-allowed": {a_bet_above_the_balance_is_refused, a_refused_bet_stays_refused},
    "float-money": {cents_are_exact},
    "64-bit-ids": {ids_have_twenty_digits},
    "no-header-check": {wrong_headers_are_403},
    "no-hash-check": {a_wrong_hash_is_op20},
    "wrong-response-hash": {answers_are_signed},
    "refund-adds-nothing": {a_refund_gives_back},
    "refund-unbounded": {a_refund_gives_back_no_more_than_was_bet},
    "zero-win-refused": {a_zero_win_is_taken},
    "pipe-accepted": {a_pipe_is_refused},
    "late-win-refused": {a_late_win_is_taken},
    "status-always-ok": {status_tells_what_was_canceled_or_refused},
    "ping-500": {ping_is_200},
    "balance-ignores-currency": {a_balance_in_another_currency_is_op30},
    "bet-ignores-currency": {a_bet_in_another_currency_is_op30},
    "free-spin-debited": {a_free_spin_costs_nothing},
    "refusals-as-http-400": {refusals_are_http_200},
}  # fmt: skip


def failing(operator: OperatorProcess) -> set[str]:
    return {name for name, passes in CHECKS.items() if not passes(operator)}


def test_a_sound_operator_passes_all(operator: OperatorProcess) -> None:
    assert failing(operator) == set()


def test_every_defect_has_its_line_here() -> None:
    assert set(BREAKS) == set(DEFECTS)
    assert set().union(*BREAKS.values()) == set(CHECKS.values())


@pytest.mark.parametrize("defect", BREAKS)
def test_a_defect_breaks_what_it_says_and_nothing_else(tmp_path: Path, defect: str) -> None:
    process = OperatorProcess(tmp_path / "books", "--defect", defect).start()
    try:
        assert failing(process) == {broken.__name__ for broken in BREAKS[defect]}
    finally:
        code = process.stop()
    assert code == 0
