"""Roulette: its table by hand, its return computed a second way, and rounds of it with a real operator."""

import secrets
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import pytest
from operator_peer import Fault, Operator
from signed_command import command, result
from studio_process import Player, StudioProcess, eventually, reconcile

from pitboss_studio.games.game import BadStake, Outcome
from pitboss_studio.games.roulette import rules
from pitboss_studio.games.roulette.game import Roulette
from pitboss_studio.games.roulette.simulation import compare
from pitboss_studio.games.roulette.theory import place_return, rtp

# What European roulette pays, from any book of rules.
BOOK = {1: 35, 2: 17, 3: 11, 4: 8, 6: 5, 12: 2, 18: 1}
RED = {1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36}
BAND_999 = 3.2905  # half width of a 99.9 % interval, in standard errors


def play(pocket: int, **bets: str) -> Outcome:
    """A round in which this pocket is drawn; `split_17_20="1"` puts 1 on `split-17-20`."""
    asked = [{"place": place.replace("_", "-"), "amount": amount} for place, amount in bets.items()]
    game = Roulette()

    def numbers(bound: int) -> int:
        assert bound == 37
        return pocket

    return game.draw(game.read_stake("EUR", {"bets": asked}), numbers)


@pytest.mark.parametrize(
    ("pocket", "bets", "win"),
    [
        (17, {"straight_17": "1"}, "36"),
        (16, {"straight_17": "1"}, "0"),
        (20, {"split_17_20": "5"}, "90"),
        (0, {"split_0_3": "1"}, "18"),
        (33, {"street_31_32_33": "1"}, "12"),
        (0, {"trio_0_2_3": "1"}, "12"),
        (1, {"trio_0_2_3": "1"}, "0"),
        (5, {"corner_1_2_4_5": "0.2"}, "1.8"),
        (2, {"dozen_1": "1", "column_2": "1", "even": "1", "low": "1", "black": "1"}, "12"),
        (0, {"dozen_1": "1", "column_2": "1", "even": "1", "low": "1", "black": "1", "odd": "1", "red": "1"}, "0"),
        (36, {"red": "1", "even": "2", "high": "3", "column_3": "4", "dozen_3": "5"}, "39"),
        (10, {"red": "1", "black": "1"}, "2"),
        (28, {"red": "1", "black": "1"}, "2"),
        (19, {"straight_19": "0.2", "split_19_20": "0.2", "split_16_19": "0.2", "odd": "100"}, "214.4"),
    ],
)
def test_what_bets_win(pocket: int, bets: dict[str, str], win: str) -> None:
    (step,) = play(pocket, **bets).steps
    assert step.win == Decimal(win)
    assert sum(Decimal(bet["win"]) for bet in step.view["bets"]) == Decimal(win)  # type: ignore[attr-defined]


def test_first_four_and_six_line_have_names_with_an_underscore() -> None:
    asked = {"bets": [{"place": "first_four-0-1-2-3", "amount": "1"}, {"place": "six_line-1-2-3-4-5-6", "amount": "1"}]}
    game = Roulette()
    (step,) = game.draw(game.read_stake("EUR", asked), lambda bound: 3).steps
    assert step.win == 9 + 6


def test_the_table_is_the_printed_one() -> None:
    """Every place from the layout alone: which numbers touch on a table of twelve rows of three."""
    where = {number: divmod(number - 1, 3) for number in range(1, 37)}
    sets = {frozenset({number}) for number in range(37)}
    sets |= {
        frozenset({a, b})
        for a, b in combinations(range(1, 37), 2)
        if abs(where[a][0] - where[b][0]) + abs(where[a][1] - where[b][1]) == 1
    }
    rows = [frozenset(number for number in where if where[number][0] == row) for row in range(12)]
    sets |= set(rows) | {upper | lower for upper, lower in pairwise(rows)}
    for row in range(11):
        for column in range(2):
            sets.add(frozenset(n for n, (r, c) in where.items() if r in (row, row + 1) and c in (column, column + 1)))
    sets |= {frozenset(numbers) for numbers in ((0, 1), (0, 2), (0, 3), (0, 1, 2), (0, 2, 3), (0, 1, 2, 3))}
    sets |= {frozenset(n for n in where if where[n][1] == column) for column in range(3)}
    sets |= {frozenset(range(first, first + 12)) for first in (1, 13, 25)}
    everything = set(range(1, 37))
    evens = {number for number in everything if number % 2 == 0}
    sets |= {frozenset(half) for half in (RED, everything - RED, evens, everything - evens)}
    sets |= {frozenset(range(1, 19)), frozenset(range(19, 37))}
    assert {frozenset(place.numbers) for place in rules.PLACES.values()} == sets
    assert len(rules.PLACES) == len(sets) == 157
    assert sorted(rules.WHEEL) == list(range(37))
    for left, right in pairwise(rules.WHEEL[1:]):
        assert (left in RED) != (right in RED), "colours alternate round the wheel"


def test_the_return_is_36_of_37_computed_three_ways() -> None:
    assert rtp() == Fraction(36, 37)
    for place in rules.PLACES.values():
        by_book = Fraction((BOOK[len(place.numbers)] + 1) * len(place.numbers), 37)
        assert place_return(place.name) == by_book == Fraction(36, 37), place.name
    game = Roulette()
    everywhere = {"bets": [{"place": name, "amount": "0.2"} for name in rules.PLACES]}
    stake = game.read_stake("EUR", everywhere)
    won = sum(game.draw(stake, lambda bound, drawn=pocket: drawn).steps[0].win for pocket in range(37))  # type: ignore[misc]
    assert Fraction(won) / (37 * Fraction(stake.amount)) == Fraction(36, 37)
    assert game.rtp == "97.30"


def test_the_simulation_confirms_the_return_and_finds_a_wrong_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    report = compare(10_000_000, 20_261_120, lambda done: None)
    assert report.agrees
    assert report.seen.rounds == 10_000_000
    for tally in (report.seen, *report.parts.values()):
        assert abs(tally.rtp - 36 / 37) <= BAND_999 * tally.margin / 1.959964
    monkeypatch.setitem(rules.PAYS, "straight", 34)
    assert not compare(10_000_000, 20_261_120, lambda done: None).agrees


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({}, "bets"),
        ({"bets": []}, "bets"),
        ({"bets": {"place": "red", "amount": "1"}}, "bets"),
        ({"bets": ["red"]}, "bets[0]"),
        ({"bets": [{"place": "purple", "amount": "1"}]}, "bets[0].place"),
        ({"bets": [{"place": ["red"], "amount": "1"}]}, "bets[0].place"),
        ({"bets": [{"place": "split-1-3", "amount": "1"}]}, "bets[0].place"),
        ({"bets": [{"place": "red", "amount": "1"}, {"place": "red", "amount": "1"}]}, "bets[1].place"),
        ({"bets": [{"place": "red", "amount": 1}]}, "bets[0].amount"),
        ({"bets": [{"place": "red", "amount": "0"}]}, "bets[0].amount"),
        ({"bets": [{"place": "red", "amount": "-1"}]}, "bets[0].amount"),
        ({"bets": [{"place": "red", "amount": "1e2"}]}, "bets[0].amount"),
        ({"bets": [{"place": "red", "amount": "NaN"}]}, "bets[0].amount"),
        ({"bets": [{"place": "red", "amount": "0.3"}]}, "bets[0].amount"),
        ({"bets": [{"place": "red", "amount": "10000.2"}]}, "bets[0].amount"),
        ({"bets": [{"place": "red", "amount": "9" * 30}]}, "bets[0].amount"),
        ({"bets": [{"place": "red", "amount": "10000"}, {"place": "odd", "amount": "0.2"}]}, "bets"),
        ({"bets": [{"place": "red", "amount": "1"}] * 200}, "bets"),
    ],
)
def test_stakes_are_refused_by_field(request_: dict[str, Any], field: str) -> None:
    with pytest.raises(BadStake) as refused:
        Roulette().read_stake("EUR", request_)
    assert refused.value.field == field


@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP", "THB", "KIDR", "JPY"])
def test_chips_are_whole_smallest_chips_and_exact(currency: str) -> None:
    chips = Roulette().bet_values(currency)
    assert list(chips) == sorted(set(chips))
    for chip in chips:
        assert chip % chips[0] == 0
        assert chip == round(chip, 0 if currency == "JPY" else 2)
    stake = Roulette().read_stake(currency, Roulette().example(currency))
    assert stake.amount == chips[0]


class Gambler(Player):
    """A player at the roulette table."""

    def __init__(self, studio: StudioProcess, mode: str = "real") -> None:
        super().__init__(studio, mode=mode, game_id=2)

    def bet(self, bets: list[dict[str, str]], spin_id: str | None = None) -> dict[str, Any]:
        answer = self.post("spin", {"spin_id": spin_id or secrets.token_hex(8), "bets": bets})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


SOME = [{"place": "red", "amount": "5"}, {"place": "straight-17", "amount": "1"}, {"place": "dozen-2", "amount": "0.4"}]


def test_rounds_are_paid_and_agree_with_the_operator(studio: StudioProcess, operator: Operator) -> None:
    player = Gambler(studio)
    for _ in range(20):
        answer = player.bet(SOME)
        (step,) = answer["round"]["steps"]
        pocket = step["view"]["pocket"]
        due = 10 * (pocket in RED) + 36 * (pocket == 17) + Decimal("1.2") * (13 <= pocket <= 24)
        assert Decimal(answer["round"]["win"]) == due
        assert answer["round"]["stake"] == "6.4"
        assert Decimal(answer["balance"]) == operator.balance(player.user)
    assert reconcile(player, operator) == {"settled": 20}
    assert {call.data["game_id"] for call in operator.calls("BET")} == {2}


def test_the_same_spin_again_is_the_same_round_and_bad_ones_take_nothing(
    studio: StudioProcess, operator: Operator
) -> None:
    player = Gambler(studio)
    assert player.bet(SOME, "once-only")["round"] == player.bet(SOME, "once-only")["round"]
    refused = player.post("spin", {"spin_id": "wrong-chip", "bets": [{"place": "red", "amount": "0.1"}]})
    assert refused.status_code == 400
    assert refused.json()["error"]["field"] == "bets[0].amount"
    assert len(operator.calls("BET")) == 1


def test_refused_cancelled_and_interrupted_rounds(studio: StudioProcess, operator: Operator) -> None:
    player = Gambler(studio)
    operator.refuse["BET"] = "OP_31"
    refused = player.bet(SOME)["round"]
    assert (refused["state"], refused["steps"]) == ("bet_refused", [])
    operator.refuse.clear()
    operator.fault = lambda kind, data: Fault.DROP_AFTER if kind == "BET" else None
    unknown = player.bet(SOME)["round"]
    assert unknown["state"] in ("canceled", "canceling")
    assert unknown["steps"] == []
    operator.behave()
    player.settle()
    operator.fault = lambda kind, data: Fault.HTTP_500 if kind == "WIN" else None
    shown = player.bet(SOME)["round"]
    assert shown["state"] == "win_sent"
    player.launch()
    resumed = player.get("state")["round"]
    assert resumed["open"] is True
    assert resumed["steps"] == shown["steps"]
    operator.behave()
    player.settle()
    assert reconcile(player, operator) == {"bet_refused": 1, "canceled": 1, "settled": 1}


def test_a_studio_killed_before_the_win_pays_it(studio: StudioProcess, operator: Operator) -> None:
    player = Gambler(studio)
    operator.fault = lambda kind, data: Fault.HTTP_500 if kind == "WIN" else None
    player.bet(SOME)
    studio.kill()
    operator.behave()
    studio.start()
    eventually(lambda: studio.finished(player.user), "the win is paid")
    assert reconcile(player, operator) == {"settled": 1}


def test_fun_mode(studio: StudioProcess, operator: Operator) -> None:
    player = Gambler(studio, mode="fun")
    before = Decimal(player.get("state")["balance"])
    answer = player.bet(SOME)
    assert Decimal(answer["balance"]) == before - Decimal("6.4") + Decimal(answer["round"]["win"])
    assert operator.seen == []


def test_the_log_is_a_pocket(studio: StudioProcess) -> None:
    player = Gambler(studio)
    round_ = player.bet(SOME)["round"]
    view = round_["steps"][0]["view"]
    log = result(command(studio, "roundlog", {"user_id": player.user, "round_id": int(round_["id"])}))
    number = view["pocket"]
    color = "green" if number == 0 else "red" if number in RED else "black"
    even_odd = "zero" if number == 0 else ("even", "odd")[number % 2]
    assert log["log_type"] == "roulette"
    assert log["pockets"] == [{"number": str(number), "color": color, "evenOdd": even_odd}]
    rows = {row["key"]: row["value"] for row in log["rows"]}
    assert rows["Bet"] == "6.4 EUR"
    assert rows["straight-17"] == f"1, won {36 * (number == 17)}"
