"""What each command does, case by case."""

from decimal import Decimal

import pytest

from operator_process import OperatorProcess, new_id


def test_authenticate_tells_who_plays(operator: OperatorProcess) -> None:
    player = operator.player("12.5", name="anna", display_name="Anna B", country="SE", group="vip")
    first, second = (operator.platform.call("authenticate", {"token": player.token}) for _ in range(2))
    assert first.data == second.data == {
        "user_id": player.id, "user_name": "anna", "display_name": "Anna B", "user_country": "SE", "group": "vip",
        "balance": Decimal("12.5"), "currency_code": "EUR",
    }  # fmt: skip


def test_authenticate_refuses(operator: OperatorProcess) -> None:
    player = operator.player()
    call = operator.platform.call
    assert call("authenticate", {"token": "A" * 20}).code == "OP_21"
    expired = operator.admin("POST", "tokens", {"user_id": player.id, "seconds": -1})["token"]
    assert call("authenticate", {"token": expired}).code == "OP_21"
    player.change(blocked=True)
    assert call("authenticate", {"token": player.token}).code == "OP_22"
    operator.admin("DELETE", f"tokens/{player.token}")
    assert call("authenticate", {"token": player.token}).code == "OP_21"


def test_balance(operator: OperatorProcess) -> None:
    player, other = operator.player("7"), operator.player()

    def ask(**members: str) -> str:
        data = {"token": player.token, "user_id": player.id, "currency_code": "EUR"} | members
        answer = operator.platform.call("balance", data)
        return answer.balance if answer.code == "OK" else answer.code

    assert ask() == "7"
    assert ask(currency_code="USD") == "OP_30"
    assert ask(token="B" * 20) == "OP_21"
    assert ask(token=other.token) == "OP_21"
    assert ask(user_id="nobody") == "OP_34"
    player.change(blocked=True)
    assert ask() == "OP_33"


# currency, opening, [(type, amount, balance after)]
BOOKED = [
    ("EUR", "100", [("BET", 0.29, "99.71"), ("WIN", "0.58", "100.29"), ("BET", 100.29, "0"), ("WIN", 0, "0")]),
    ("JPY", "5000", [("BET", 1234, "3766"), ("WIN", "1.0", "3767"), ("BET", 3767, "0")]),
    ("KWD", "1", [("BET", 0.001, "0.999"), ("WIN", "12.345", "13.344")]),
    ("BTC", "1", [("BET", "0.00000001", "0.99999999"), ("WIN", "999999999999999999", "999999999999999999.99999999")]),
]


@pytest.mark.parametrize(("currency", "opening", "calls"), BOOKED, ids=[row[0] for row in BOOKED])
def test_amounts_are_exact_in_each_currency(
    operator: OperatorProcess, currency: str, opening: str, calls: list[tuple[str, object, str]]
) -> None:
    player = operator.player(opening, currency=currency)
    for kind, amount, after in calls:
        data = player.data(kind, amount, currency_code=currency)
        answer = operator.platform.change(data)
        assert answer.http.content.endswith(f'"data":{{"balance":{after},"currency_code":"{currency}"}}}}}}'.encode())
    assert player.balance == calls[-1][2]


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "0.5"), ("KWD", "0.0001"), ("BTC", "0.000000001"), ("EUR", "0.001")]
)
def test_more_decimals_than_the_currency_has_are_op50(operator: OperatorProcess, currency: str, amount: str) -> None:
    player = operator.player("10", currency=currency)
    for kind in ("BET", "WIN", "REFUND"):
        answer = operator.platform.change(player.data(kind, amount, currency_code=currency))
        assert (answer.code, answer.message.split()[0]) == ("OP_50", "amount")
    assert player.balance == "10"


def test_a_bet_is_refused_for_its_reason_and_stays_refused(operator: OperatorProcess) -> None:
    cases: list[tuple[str, dict[str, object], dict[str, object]]] = [
        ("OP_31", {"amount": 100.01}, {}),
        ("OP_32", {"amount": 50}, {"bet_limit": "49.99"}),
        ("OP_33", {}, {"blocked": True}),
        ("OP_30", {"currency_code": "USD"}, {}),
        ("OP_35", {"game_id": 935}, {}),
    ]
    for code, members, change in cases:
        player = operator.player()
        player.change(**change)
        operator.admin("PUT", "disabled-games", [935])
        bet = player.data("BET", 10) | members
        first = operator.platform.change(bet)
        assert first.code == code
        assert operator.platform.status(bet).data["transaction_status"] == "ERROR"
        # All reasons go away, and the bet stays refused: the game told the player so.
        player.change(blocked=False, bet_limit="", credit="1000")
        operator.admin("PUT", "disabled-games", [])
        again = operator.platform.change(bet)
        assert (again.code, again.said) == (code, first.said)
        assert operator.platform.change(bet | {"amount": 1}).code == "OP_40"
        assert operator.platform.cancel(bet).data["transaction_status"] == "CANCELED"
        assert operator.platform.change(bet).code == code
        assert player.balance == "1100"
        assert operator.platform.change(bet | player.data("BET", 10)).code == "OK"


def test_what_is_no_verdict_is_not_remembered(operator: OperatorProcess) -> None:
    player = operator.player()
    bet = player.data("BET", 10)
    assert operator.platform.change(bet | {"token": "C" * 20}).code == "OP_21"
    assert operator.platform.change(bet | {"token": None}).code == "OP_21"
    assert operator.platform.change(bet | {"user_id": "nobody"}).code == "OP_34"
    assert operator.platform.change(bet | {"amount": 0.001}).code == "OP_50"
    assert operator.platform.call("changebalance", bet, hash="0").code == "OP_20"
    assert operator.platform.status(bet).code == "OP_41"
    assert operator.platform.change(bet).balance == "90"


def test_a_token_is_for_its_player_and_its_game(operator: OperatorProcess) -> None:
    player, other = operator.player(game_id=200), operator.player()
    assert operator.platform.change(player.data("BET", 1)).code == "OK"
    assert operator.platform.change(player.data("BET", 1, game_id=201)).code == "OP_21"
    assert operator.platform.change(player.data("BET", 1, token=other.token)).code == "OP_21"
    assert operator.platform.change(player.data("WIN", 1, game_id=201)).code == "OK"
    # From a lobby: any game.
    assert operator.platform.change(other.data("BET", 1, game_id=201)).code == "OK"


@pytest.mark.parametrize("kind", ["BET", "WIN", "REFUND"])
def test_the_same_again_gets_the_first_answer(operator: OperatorProcess, kind: str) -> None:
    player = operator.player()
    bet = player.data("BET", 10)
    operator.platform.change(bet)
    data = bet if kind == "BET" else bet | {"transaction_type": kind, "transaction_id": new_id()}
    first = operator.platform.change(data)
    # Much happens meanwhile; none of it changes what was said.
    operator.platform.change(player.data("WIN", 33))
    operator.admin("DELETE", f"tokens/{player.token}")
    player.change(blocked=True)
    before = player.balance
    for again in (data, data | {"token": None, "context": {"reason": "RETRY"}, "transaction_timestamp": None}):
        answer = operator.platform.change(again | {"round_finished": None})
        assert answer.said == first.said
        assert answer.signed
    assert player.balance == before


@pytest.mark.parametrize(
    "other",
    [
        {"amount": 10.01},
        {"round_id": 5},
        {"game_id": 5},
        {"transaction_type": "WIN"},
        {"currency_code": "USD"},
        {"user_id": "?"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_known_id_with_other_data_is_op40(operator: OperatorProcess, other: dict[str, object]) -> None:
    player, neighbour = operator.player(), operator.player()
    bet = player.data("BET", 10)
    operator.platform.change(bet)
    if "user_id" in other:
        other = {"user_id": neighbour.id, "token": neighbour.token}
    assert operator.platform.change(bet | other).code == "OP_40"
    assert operator.platform.change(bet).code == "OK"
    assert (player.balance, neighbour.balance) == ("90", "100")


def test_wins_and_refunds_need_no_session_and_no_open_round(operator: OperatorProcess) -> None:
    player = operator.player()
    bet = player.data("BET", 10, round_finished=True)
    operator.platform.change(bet)
    player.change(blocked=True)
    operator.admin("DELETE", f"tokens/{player.token}")
    operator.admin("PUT", "disabled-games", [200])
    win = bet | {"transaction_type": "WIN", "transaction_id": new_id(), "amount": 25}
    refund = bet | {"transaction_type": "REFUND", "transaction_id": new_id(), "token": None}
    assert operator.platform.change(win).balance == "115"
    assert operator.platform.change(refund).balance == "125"
    assert operator.platform.change(player.data("WIN", 5, token="D" * 30)).balance == "130"
    assert operator.platform.change(player.data("WIN", 0, token=None)).balance == "130"
    assert operator.platform.change(player.data("WIN", 1, user_id="nobody")).code == "OP_34"
    assert operator.platform.change(player.data("WIN", 1, currency_code="USD")).code == "OP_30"
    operator.admin("PUT", "disabled-games", [])


def test_refunds_give_back_what_was_bet_in_the_round_and_no_more(operator: OperatorProcess) -> None:
    player = operator.player()
    bet = player.data("BET", 10)

    def refund(amount: object, **members: object) -> tuple[dict[str, object], str]:
        data = bet | {"transaction_type": "REFUND", "transaction_id": new_id(), "amount": amount} | members
        return data, operator.platform.change(data).code

    early, code = refund(10)
    assert code == "OP_49"
    operator.platform.change(bet)
    assert operator.platform.change(early | {"amount": 4}).code == "OK", (
        "a refund that overtook its bet was not remembered"
    )
    assert refund(6.01)[1] == "OP_49"
    assert refund(6, round_id=new_id())[1] == "OP_49"
    last, code = refund(6)
    assert (code, player.balance) == ("OK", "100")
    assert operator.platform.cancel(bet).code == "OP_49", "the stake has come back already"
    assert operator.platform.cancel(last).code == "OK"
    assert player.balance == "94"
    assert refund(6)[1] == "OK"
    assert player.balance == "100"


@pytest.mark.parametrize(
    ("kind", "before", "after"), [("BET", "90", "100"), ("WIN", "110", "100"), ("REFUND", "100", "90")]
)
def test_cancel_moves_the_money_back_once(operator: OperatorProcess, kind: str, before: str, after: str) -> None:
    player = operator.player()
    data = player.data("BET", 10)
    if kind == "REFUND":
        operator.platform.change(data)
    data |= {"transaction_type": kind, "transaction_id": new_id()}
    operator.platform.change(data)
    assert player.balance == before
    for _ in range(3):
        told = operator.platform.cancel(data)
        wanted = {"user_id": player.id, "transaction_id": data["transaction_id"], "transaction_status": "CANCELED"}
        assert told.data == wanted
        assert list(told.data) == list(wanted)
    assert player.balance == after
    assert operator.platform.status(data).data["transaction_status"] == "CANCELED"
    assert operator.platform.change(data).code == "OP_49", "never its first OK"
    assert operator.platform.change(data | {"amount": 11}).code == "OP_40"
    assert player.balance == after


@pytest.mark.parametrize("kind", ["BET", "WIN", "REFUND"])
def test_a_transaction_after_its_own_cancel_is_op49(operator: OperatorProcess, kind: str) -> None:
    player, neighbour = operator.player(), operator.player()
    data = player.data(kind, 10)
    assert operator.platform.cancel(data).code == "OP_41"
    assert operator.platform.cancel(data).code == "OP_41"
    assert operator.platform.status(data).code == "OP_41"
    assert operator.platform.change(data).code == "OP_49"
    operator.admin("DELETE", f"tokens/{player.token}")
    assert operator.platform.change(data).code == "OP_49", "before the token is looked at"
    assert operator.platform.cancel(data).code == "OP_41"
    assert player.balance == "100"
    if kind != "REFUND":
        theirs = neighbour.data(kind, 10, transaction_id=data["transaction_id"])
        assert operator.platform.change(theirs).code == "OK", "it was another player's cancel"


def test_another_players_transaction_is_unknown_and_its_cancel_not_remembered(operator: OperatorProcess) -> None:
    player, thief = operator.player(), operator.player()
    bet = player.data("BET", 10)
    operator.platform.change(bet)
    assert operator.platform.status(bet, user_id=thief.id).code == "OP_41"
    assert operator.platform.cancel(bet, user_id=thief.id).code == "OP_41"
    assert operator.platform.finish(bet, user_id=thief.id).code == "OP_41"
    assert operator.platform.change(bet).code == "OK"
    for call in (operator.platform.status, operator.platform.cancel, operator.platform.finish):
        assert call(bet, user_id="nobody").code == "OP_34"
    assert (player.balance, thief.balance) == ("90", "100")


def test_a_win_that_is_spent_cannot_be_canceled(operator: OperatorProcess) -> None:
    player = operator.player("0")
    win = player.data("WIN", 10)
    operator.platform.change(win)
    bet = player.data("BET", 5)
    operator.platform.change(bet)
    assert operator.platform.cancel(win).code == "OP_49"
    assert operator.platform.status(win).data["transaction_status"] == "OK"
    operator.platform.cancel(bet)
    assert operator.platform.cancel(win).code == "OK"
    assert player.balance == "0"


def test_cancel_looks_at_player_and_id_alone(operator: OperatorProcess) -> None:
    player = operator.player()
    bet = player.data("BET", 10)
    operator.platform.change(bet)
    assert operator.platform.cancel(bet, round_id=1, game_id=1).code == "OK"
    assert player.balance == "100"


# (how a round is ended, whether a bet in it is refused then)
ENDINGS = {
    "bet true": ("BET", 1, True, True),
    "bet null": ("BET", 1, None, False),
    "win true": ("WIN", 5, True, True),
    "win null": ("WIN", 5, None, False),
    "zero win null": ("WIN", 0, None, True),
    "zero win false": ("WIN", 0, False, False),
    "cancel true": ("cancel", 0, True, True),
    "cancel null": ("cancel", 0, None, False),
    "finishround": ("finishround", 0, None, True),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_finished_round_takes_no_more_bets(operator: OperatorProcess, ending: str) -> None:
    what, amount, flag, finished = ENDINGS[ending]
    player = operator.player()
    bet = player.data("BET", 10)
    operator.platform.change(bet)
    if what == "cancel":
        operator.platform.cancel(bet, round_finished=flag)
    elif what == "finishround":
        first, second = operator.platform.finish(bet), operator.platform.finish(bet)
        assert first.data == second.data == {"round_id": bet["round_id"], "user_id": player.id, "game_id": 200}
    else:
        operator.platform.change(
            bet | {"transaction_type": what, "transaction_id": new_id(), "amount": amount, "round_finished": flag}
        )
    last = bet | {"transaction_id": new_id(), "amount": 1}
    assert operator.platform.change(last).code == ("OP_49" if finished else "OK")
    assert operator.platform.change(bet).code == ("OP_49" if what == "cancel" else "OK")


def test_finishround_of_an_unknown_round_is_op41(operator: OperatorProcess) -> None:
    player = operator.player()
    assert operator.platform.finish(player.data("BET", 1)).code == "OP_41"


def test_promotional_free_spins_are_not_paid_by_the_player(operator: OperatorProcess) -> None:
    player = operator.player("0")
    player.change(bet_limit="1")
    free = {"context": {"reason": "PROMO-FREESPIN", "campaign_code": "spring-1"}}
    bet = player.data("BET", 2, **free)
    assert operator.platform.change(bet).balance == "0"
    win = bet | {"transaction_type": "WIN", "transaction_id": new_id(), "amount": 7.5}
    assert operator.platform.change(win).balance == "7.5"
    assert operator.platform.change(bet).balance == "0"
    refund = bet | {"transaction_type": "REFUND", "transaction_id": new_id()}
    assert operator.platform.change(refund).balance == "7.5", "nothing was taken, nothing comes back"
    other = player.data("BET", 2, **free)
    operator.platform.change(other)
    assert operator.platform.cancel(other).code == "OK"
    assert operator.platform.cancel(win).code == "OK"
    assert player.balance == "0"
    row = operator.admin("GET", f"transactions?user_id={player.id}")[0]
    assert (row["promotional"], row["campaign_code"], row["amount"]) == (True, "spring-1", "2")


def test_ids_of_twenty_digits(operator: OperatorProcess) -> None:
    player = operator.player()
    longest = 99_999_999_999_999_999_999 - new_id() % 10**15 * 10
    # Equal in the lower 64 bits, and as doubles.
    close = [longest, longest - (1 << 64), longest - 1]
    for number in close:
        assert operator.platform.change(player.data("BET", 1, transaction_id=number, round_id=number)).code == "OK"
    assert player.balance == "97"
    for number in close:
        told = operator.platform.status(player.data("BET", 1, transaction_id=number, round_id=number))
        assert told.data["transaction_id"] == number
