"""Dice: what wins by hand, the return computed a second way, every pay exact, and rounds with a real operator."""

import re
import secrets
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from operator_peer import Fault, Operator
from signed_command import command, result
from studio_process import Player, StudioProcess, reconcile

from pitboss_studio.games.dice import rules
from pitboss_studio.games.dice.game import Dice
from pitboss_studio.games.dice.simulation import compare
from pitboss_studio.games.dice.theory import offer_return, rtp
from pitboss_studio.games.game import BadStake

BAND_999 = 3.2905  # half width of a 99.9 % interval, in standard errors
SCALES = {"EUR": 2, "USD": 2, "GBP": 2, "THB": 2, "KIDR": 2, "JPY": 0}


def roll(number: int, side: str, target: str, bet: str = "1") -> Decimal:
    """What a bet wins when `number` hundredths are rolled."""
    game = Dice()

    def numbers(bound: int) -> int:
        assert bound == 10_000
        return number

    (step,) = game.draw(game.read_stake("EUR", {"bet": bet, "side": side, "target": target}), numbers).steps
    return step.win


@pytest.mark.parametrize(
    ("number", "side", "target", "win"),
    [
        (4949, "under", "49.50", "2"),
        (4950, "under", "49.50", "0"),  # the target itself loses
        (0, "under", "49.5", "2"),
        (5050, "over", "50.49", "2"),
        (5049, "over", "50.49", "0"),
        (9999, "over", "50.49", "2"),
        (8999, "under", "90.00", "1.1"),
        (9000, "under", "90.00", "0"),
        (1000, "over", "9.99", "1.1"),
        (999, "over", "09.99", "0"),
        (9, "under", "0.10", "990"),
        (10, "under", "0.10", "0"),
        (9990, "over", "99.89", "990"),
        (2474, "under", "24.75", "4"),
    ],
)
def test_what_wins(number: int, side: str, target: str, win: str) -> None:
    assert roll(number, side, target) == Decimal(win)


def test_the_return_is_99_percent_for_every_target_computed_another_way() -> None:
    """From what the page is told: a target and a multiplier in digits."""
    told = Dice().rules()
    assert told["rtp"] == "99.00"
    offers: Any = told["offers"]
    assert len(offers) == len(rules.CHANCES) == 79
    for offer in offers:
        multiplier = Fraction(offer["multiplier"])
        under = Fraction(offer["under"]) * 100  # rolls 0 to target - 0.01
        over = 9_999 - Fraction(offer["over"]) * 100  # rolls target + 0.01 to 99.99
        assert under == over == offer["chance"]
        assert under / 10_000 * multiplier == over / 10_000 * multiplier == Fraction(99, 100)
    assert rtp() == offer_return("over", 9_000) == Fraction(99, 100)


@pytest.mark.parametrize(
    ("side", "target"), [("under", "90.00"), ("over", "50.49"), ("under", "0.10"), ("over", "86.79")]
)
def test_all_ten_thousand_rolls_together_return_99_percent(side: str, target: str) -> None:
    assert sum(roll(number, side, target) for number in range(10_000)) == 9_900


def test_every_divisor_that_pays_in_tenths_is_on_offer() -> None:
    expected = [chance for chance in range(10, 9_001) if (Fraction(99, 100) * 10_000 / chance * 10).denominator == 1]
    assert list(rules.CHANCES) == expected


@pytest.mark.parametrize("currency", list(SCALES))
def test_every_win_is_exact_in_the_currency(currency: str) -> None:
    game = Dice()
    for bet in game.bet_values(currency):
        for chance in rules.CHANCES:
            win = bet * rules.pay_in_tenths(chance) / 10
            assert win == round(win, SCALES[currency]), (bet, chance)
    assert game.read_stake(currency, game.example(currency)).amount == game.bet_values(currency)[0]


def test_the_simulation_confirms_the_return_and_finds_a_wrong_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    report = compare(10_000_000, 7, lambda done: None)
    assert report.agrees
    for tally in (report.seen, *report.parts.values()):
        assert abs(tally.rtp - 0.99) <= BAND_999 * tally.margin / 1.959964
    # A tenth of the stake too much on every win.
    monkeypatch.setattr(rules, "pay_in_tenths", lambda chance: 99_000 // chance + 1)
    assert not compare(10_000_000, 7, lambda done: None).agrees


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bet": "0.3"}, "bet"),
        ({"bet": 1}, "bet"),
        ({"bet": "-1"}, "bet"),
        ({"bet": None}, "bet"),
        ({"side": "between"}, "side"),
        ({"side": None}, "side"),
        ({"side": ["under"]}, "side"),
        ({"target": 49.5}, "target"),
        ({"target": None}, "target"),
        ({"target": "49.51"}, "target"),
        ({"target": "50.49"}, "target"),  # an over's target
        ({"target": "0.00"}, "target"),
        ({"target": "100"}, "target"),
        ({"target": "4.950e1"}, "target"),
        ({"target": "-1"}, "target"),
        ({"target": "٤٩"}, "target"),
        ({"target": ""}, "target"),
    ],
)
def test_stakes_are_refused_by_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadStake) as refused:
        Dice().read_stake("EUR", {"bet": "1", "side": "under", "target": "49.50"} | change)
    assert refused.value.field == field


class Roller(Player):
    """A player at the dice."""

    def __init__(self, studio: StudioProcess, mode: str = "real") -> None:
        super().__init__(studio, mode=mode, game_id=4)

    def roll(self, side: str = "under", target: str = "49.50", bet: str = "0.4") -> dict[str, Any]:
        body = {"spin_id": secrets.token_hex(8), "bet": bet, "side": side, "target": target}
        answer = self.post("spin", body)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


def test_rounds_are_paid_and_agree_with_the_operator(studio: StudioProcess, operator: Operator) -> None:
    player = Roller(studio)
    for turn in range(30):
        side, target, pays = [("under", "49.50", "0.8"), ("over", "09.99", "0.44"), ("over", "33.99", "0.6")][turn % 3]
        answer = player.roll(side, target)
        (step,) = answer["round"]["steps"]
        rolled = Decimal(step["view"]["roll"])
        won = rolled < Decimal(target) if side == "under" else rolled > Decimal(target)
        assert Decimal(answer["round"]["win"]) == (Decimal(pays) if won else 0)
        assert Decimal(answer["balance"]) == operator.balance(player.user)
    assert reconcile(player, operator) == {"settled": 30}


def test_refused_cancelled_and_interrupted_rounds(studio: StudioProcess, operator: Operator) -> None:
    player = Roller(studio)
    operator.refuse["BET"] = "OP_32"
    refused = player.roll()["round"]
    assert (refused["state"], refused["steps"]) == ("bet_refused", [])
    assert "limit" in refused["message"]
    operator.refuse.clear()
    operator.fault = lambda kind, data: Fault.HTTP_500_AFTER if kind == "BET" else None
    assert player.roll()["round"]["steps"] == []
    operator.behave()
    player.settle()
    operator.fault = lambda kind, data: Fault.OP_47 if kind == "WIN" else None
    shown = player.roll()["round"]
    player.launch()
    resumed = player.get("state")["round"]
    assert (resumed["open"], resumed["steps"]) == (True, shown["steps"])
    operator.behave()
    player.settle()
    assert reconcile(player, operator) == {"bet_refused": 1, "canceled": 1, "settled": 1}


def test_the_log_has_the_dice(studio: StudioProcess) -> None:
    player = Roller(studio)
    round_ = player.roll(target="90.00")["round"]
    log = result(command(studio, "roundlog", {"user_id": player.user, "round_id": int(round_["id"])}))
    assert log["log_type"] == "dice"
    assert all(isinstance(digit, str) and len(digit) == 1 for digit in log["dices"])
    tens, ones, tenths, hundredths = log["dices"]
    assert f"{tens}{ones}.{tenths}{hundredths}" == round_["steps"][0]["view"]["roll"]
    rows = {row["key"]: row["value"] for row in log["rows"]}
    assert (rows["Chosen"], rows["Bet"], rows["Pays"]) == ("under 90.00", "0.4 EUR", "1.1 times the bet")


def test_the_documented_table_is_the_games() -> None:
    text = (Path(__file__).parents[2] / "docs/games.md").read_text("utf-8")
    told = {Decimal(chance): Decimal(pays) for chance, pays in re.findall(r"([0-9.]+) × ([0-9.]+) \|", text)}
    assert len(told) == 79
    for chance, pays in told.items():
        assert chance * pays == 99
        assert roll(int(chance * 100) - 1, "under", str(chance)) == pays
        assert roll(int(chance * 100), "under", str(chance)) == 0
