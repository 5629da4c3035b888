"""Baccarat: the third-card rules in full, its returns computed a second way, and rounds of it with a real operator."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from operator_peer import Fault, Operator
from signed_command import command, result
from studio_process import Player, StudioProcess, eventually, reconcile

from pitboss_studio.fairness import NumberStream
from pitboss_studio.games.baccarat import report, rules, simulation
from pitboss_studio.games.baccarat.game import Baccarat
from pitboss_studio.games.baccarat.theory import theory
from pitboss_studio.games.game import BadStake, Outcome
from pitboss_studio.recheck import redraw

BAND_999 = 3.2905  # half width of a 99.9 % interval, in standard errors

# As the rules are printed: the banker's points, then what it does when the player's third card is 0 to 9, and when the
# player stood. D draws, S stands.
PRINTED = {
    0: ("DDDDDDDDDD", "D"),
    1: ("DDDDDDDDDD", "D"),
    2: ("DDDDDDDDDD", "D"),
    3: ("DDDDDDDDSD", "D"),
    4: ("SSDDDDDDSS", "D"),
    5: ("SSSSDDDDSS", "D"),
    6: ("SSSSSSDDSS", "S"),
    7: ("SSSSSSSSSS", "S"),
}


def test_the_third_card_rules_are_the_printed_ones() -> None:
    for points, (after_a_card, after_standing) in PRINTED.items():
        for third, says in enumerate(after_a_card):
            assert rules.banker_draws(points, third) == (says == "D"), (points, third)
        assert rules.banker_draws(points, None) == (after_standing == "D"), points
    for player, banker in product(range(10), range(10)):
        assert rules.player_draws(player, banker) == (player in range(6) and banker not in (8, 9))


def numbers_for(cards: str) -> Callable[[int], int]:
    """The numbers under which these cards come, found with a shoe of the test's own."""
    shoe = [rank + suit for _ in range(8) for rank in "A23456789TJQK" for suit in "shdc"]
    coming = iter(cards.split())

    def below(bound: int) -> int:
        assert bound == len(shoe)
        place = shoe.index(next(coming))
        del shoe[place]
        return place

    return below


def play(cards: str, **bets: str) -> Outcome:
    """A round with these cards in the order they leave the shoe."""
    game = Baccarat()
    asked = [{"place": place, "amount": amount} for place, amount in bets.items()]
    return game.draw(game.read_stake("EUR", {"bets": asked}), numbers_for(cards))


ALL = {"player": "1", "banker": "1", "tie": "1", "player_pair": "1", "banker_pair": "1"}


@pytest.mark.parametrize(
    ("cards", "player", "banker", "winner", "bets", "win"),
    [
        # Naturals: nobody draws. Cards go player, banker, player, banker.
        ("4s Kh 5d 2c", 9, 2, "player", {"player": "10", "banker": "10"}, "20"),
        ("4s 3h 4d 6c", 8, 9, "banker", {"banker": "10"}, "19.5"),
        ("9s Kh Kd 9c", 9, 9, "tie", {"player": "10", "banker": "5", "tie": "1"}, "24"),
        # Player stands on six and seven; the banker then draws on five, not on six.
        ("6s 2h Kd 3c 4s", 6, 9, "banker", {"banker": "0.2"}, "0.39"),
        ("7s 6h Kd Qc", 7, 6, "player", {"player": "0.2"}, "0.4"),
        # Player draws an eight: a banker with three stands.
        ("2s 3h 3d Kc 8s", 3, 3, "tie", {"tie": "2"}, "18"),
        # Player draws a nine: a banker with three draws.
        ("2s 3h Kd Kc 9s 4d", 1, 7, "banker", {"player": "5"}, "0"),
        # Player draws a six: a banker with six draws; a five, and it stands.
        ("Ks 6h Qd Kc 6s 5d", 6, 1, "player", {"player": "1"}, "2"),
        ("Ks 6h Qd Kc 5s", 5, 6, "banker", {"banker": "20"}, "39"),
        # A banker with seven never draws.
        ("Ks 7h Ad Kc 4s", 5, 7, "banker", {"tie": "5"}, "0"),
        # Pairs count by rank, not by value: a king and a queen are none.
        ("Ks Qh Kd Kc 4s Ad", 4, 1, "player", {"player_pair": "1", "banker_pair": "1"}, "12"),
        ("5s 5h 5d 5h 7c 7d", 7, 7, "tie", ALL, "35"),
    ],
)
def test_rounds_worked_out_by_hand(
    cards: str, player: int, banker: int, winner: str, bets: dict[str, str], win: str
) -> None:
    (step,) = play(cards, **bets).steps
    view: Any = step.view
    assert (view["player"]["points"], view["banker"]["points"], view["winner"]) == (player, banker, winner)
    dealt = cards.split()
    assert len(view["player"]["cards"]) + len(view["banker"]["cards"]) == len(dealt)
    assert view["player"]["cards"][:2] + view["banker"]["cards"][:2] == [dealt[0], dealt[2], dealt[1], dealt[3]]
    assert step.win == Decimal(win)
    assert sum(Decimal(bet["win"]) for bet in view["bets"]) == Decimal(win)


def every_deal() -> dict[str, int]:
    """Who wins, by going through all ordered deals of six cards by value, drawn or not, with the printed table."""
    held = np.array([128] + [32] * 9)
    cards = [
        axis.reshape([-1 if at == place else 1 for at in range(6)]) for place, axis in enumerate([np.arange(10)] * 6)
    ]
    weight = np.ones((1,) * 6, dtype=np.int64)
    for place, card in enumerate(cards):
        taken = sum((card == earlier).astype(np.int64) for earlier in cards[:place]) if place else 0
        weight = weight * (held[card] - taken)
    player, banker = (cards[0] + cards[2]) % 10, (cards[1] + cards[3]) % 10
    draws = np.array([[says == "D" for says in PRINTED.get(points, ("S" * 10, "S"))[0]] for points in range(10)])
    natural = (player >= 8) | (banker >= 8)
    player_third = ~natural & (player <= 5)
    banker_third = ~natural & np.where(player_third, draws[banker, cards[4]], banker <= 5)
    player_end = (player + player_third * cards[4]) % 10
    banker_end = (banker + banker_third * np.where(player_third, cards[5], cards[4])) % 10
    return {
        "player": int((weight * (player_end > banker_end)).sum()),
        "banker": int((weight * (player_end < banker_end)).sum()),
        "tie": int((weight * (player_end == banker_end)).sum()),
    }


def test_the_exact_returns_are_what_all_deals_together_pay() -> None:
    ways = every_deal()
    total = 416 * 415 * 414 * 413 * 412 * 411
    assert sum(ways.values()) == total
    player, banker, tie = (Fraction(ways[name], total) for name in ("player", "banker", "tie"))
    exact = theory()
    assert (exact.player, exact.banker, exact.tie) == (player, banker, tie)
    pair = sum(Fraction(32, 416) * Fraction(31, 415) for _ in range(13))
    assert exact.returns == {
        "player": 2 * player + tie,
        "banker": Fraction(195, 100) * banker + tie,
        "tie": 9 * tie,
        "player_pair": 12 * pair,
        "banker_pair": 12 * pair,
    }
    assert Baccarat().rtp == "98.94"


def test_the_known_house_edges() -> None:
    """Four decimals of the edges that books print for eight decks."""
    edges = {bet: round(float(1 - share) * 100, 4) for bet, share in theory().returns.items()}
    assert edges == {
        "player": 1.2351, "banker": 1.0579, "tie": 14.3596, "player_pair": 10.3614, "banker_pair": 10.3614,
    }  # fmt: skip


def test_the_simulation_confirms_every_bet_and_finds_a_wrong_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = report.compare(10_000_000, 20_261_121, lambda done: None)
    assert seen.agrees
    for bet, tally in seen.seen.items():
        assert tally.rounds == 10_000_000
        assert abs(tally.rtp - float(theory().returns[bet])) <= BAND_999 * tally.margin / 1.959964, bet
    wrong = simulation._DRAWS.copy()
    wrong[5, :] = False  # a banker that stands on five
    monkeypatch.setattr(simulation, "_DRAWS", wrong)
    assert not report.compare(10_000_000, 20_261_121, lambda done: None).agrees


def test_the_simulation_plays_the_games_own_rules() -> None:
    places = simulation.draw(np.random.Generator(np.random.SFC64(9)), 3000)
    won = simulation.play(places)
    for at, row in enumerate(places):
        left = list(range(416))
        coming = iter(row.tolist())

        def below(_: int, left: list[int] = left, coming: Any = coming) -> int:
            place = left.index(next(coming))
            del left[place]
            return place

        coup = rules.deal(below)
        assert {bet for bet in rules.BETS if won[bet][at]} == coup.won, row


def is_fair(counts: list[int]) -> bool:
    """Chi-square of equally likely cells at the 0.01 % level, by Wilson and Hilferty's approximation of its quantile."""
    expected = sum(counts) / len(counts)
    statistic = sum((count - expected) ** 2 for count in counts) / expected
    freedom = len(counts) - 1
    limit = freedom * (1 - 2 / (9 * freedom) + 3.719 * (2 / (9 * freedom)) ** 0.5) ** 3
    return statistic < limit


def test_every_place_of_the_shoe_and_every_card_is_equally_likely() -> None:
    cards = [[0] * 52 for _ in range(4)]
    places = [0] * 416
    deck = {rank + suit: 4 * at + turn for at, rank in enumerate("A23456789TJQK") for turn, suit in enumerate("shdc")}
    for seed, nonce in product(range(50), range(600)):
        stream = NumberStream(f"server-{seed}", "client", nonce)
        drawn: list[int] = []

        def below(bound: int, stream: NumberStream = stream, drawn: list[int] = drawn) -> int:
            assert bound == 416 - len(drawn), "a card that was dealt is no longer in the shoe"
            drawn.append(stream.below(bound))
            return drawn[-1]

        coup = rules.deal(below)
        places[drawn[0]] += 1
        for place, card in enumerate((coup.player[0], coup.banker[0], coup.player[1], coup.banker[1])):
            cards[place][deck[card]] += 1
    assert is_fair(places)
    assert all(is_fair(each) for each in cards)


def test_the_chi_square_finds_a_modulo_bias() -> None:
    """Ten bits modulo 416 draw the first 192 places of the shoe half as often again as the others."""
    places = [0] * 416
    for seed, nonce in product(range(50), range(600)):
        digest = hmac.new(f"server-{seed}".encode(), f"client:{nonce}:0".encode(), hashlib.sha256).digest()
        places[(int.from_bytes(digest[:2], "big") & 1023) % 416] += 1
    assert not is_fair(places)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({}, "bets"),
        ({"bets": []}, "bets"),
        ({"bets": "player"}, "bets"),
        ({"bets": [7]}, "bets[0]"),
        ({"bets": [{"place": "dragon", "amount": "1"}]}, "bets[0].place"),
        ({"bets": [{"place": None, "amount": "1"}]}, "bets[0].place"),
        ({"bets": [{"place": "tie", "amount": "1"}, {"place": "tie", "amount": "1"}]}, "bets[1].place"),
        ({"bets": [{"place": "tie", "amount": 1}]}, "bets[0].amount"),
        ({"bets": [{"place": "tie", "amount": "0"}]}, "bets[0].amount"),
        ({"bets": [{"place": "tie", "amount": "-0.2"}]}, "bets[0].amount"),
        ({"bets": [{"place": "tie", "amount": "0.1"}]}, "bets[0].amount"),
        ({"bets": [{"place": "tie", "amount": "1e1"}]}, "bets[0].amount"),
        ({"bets": [{"place": "tie", "amount": "Infinity"}]}, "bets[0].amount"),
        ({"bets": [{"place": "tie", "amount": "10000.2"}]}, "bets[0].amount"),
        ({"bets": [{"place": "tie", "amount": "10000"}, {"place": "player", "amount": "0.2"}]}, "bets"),
        ({"bets": [{"place": "tie", "amount": "1"}] * 6}, "bets"),
    ],
)
def test_stakes_are_refused_by_field(request_: dict[str, Any], field: str) -> None:
    with pytest.raises(BadStake) as refused:
        Baccarat().read_stake("EUR", request_)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("currency", "scale"),
    [("EUR", 2), ("USD", 2), ("GBP", 2), ("THB", 2), ("KIDR", 2), ("JPY", 0), ("KWD", 3), ("BTC", 8)],
)
def test_the_commission_is_exact_in_every_currency(currency: str, scale: int) -> None:
    game = Baccarat()
    chips = game.bet_values(currency)
    assert list(chips) == sorted(set(chips))
    unit = Fraction(1, 10**scale)
    for chip in chips:
        assert chip % chips[0] == 0, "any sum of chips is a number of smallest chips"
        for factor in (Fraction(2), Fraction(195, 100), Fraction(9), Fraction(12)):
            assert (Fraction(chip) * factor / unit).denominator == 1, (chip, factor)


class Punter(Player):
    """A player at the baccarat table."""

    def __init__(self, studio: StudioProcess, mode: str = "real") -> None:
        super().__init__(studio, mode=mode, game_id=3)

    def bet(self, bets: list[dict[str, str]]) -> dict[str, Any]:
        answer = self.post("spin", {"spin_id": secrets.token_hex(8), "bets": bets})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


SOME = [
    {"place": "player", "amount": "5"},
    {"place": "banker", "amount": "0.2"},
    {"place": "tie", "amount": "1"},
    {"place": "banker_pair", "amount": "1"},
]


def due(view: dict[str, Any]) -> Decimal:
    """What SOME wins with these cards, from the cards alone."""
    values = {rank: at + 1 if at < 9 else 0 for at, rank in enumerate("A23456789TJQK")}
    player, banker = (sum(values[card[0]] for card in view[side]["cards"]) % 10 for side in ("player", "banker"))
    pair = 12 if view["banker"]["cards"][0][0] == view["banker"]["cards"][1][0] else 0
    if player == banker:
        return Decimal("5.2") + 9 + pair
    return (Decimal(10) if player > banker else Decimal("0.39")) + pair


def test_rounds_are_paid_and_agree_with_the_operator(studio: StudioProcess, operator: Operator) -> None:
    player = Punter(studio)
    for _ in range(20):
        answer = player.bet(SOME)
        (step,) = answer["round"]["steps"]
        assert Decimal(answer["round"]["win"]) == due(step["view"])
        assert answer["round"]["stake"] == "7.2"
        assert Decimal(answer["balance"]) == operator.balance(player.user)
    assert reconcile(player, operator) == {"settled": 20}
    assert {call.data["game_id"] for call in operator.calls("BET")} == {3}


def test_refused_cancelled_and_interrupted_rounds(studio: StudioProcess, operator: Operator) -> None:
    player = Punter(studio)
    wrong = player.post("spin", {"spin_id": "wrong-chip", "bets": [{"place": "tie", "amount": "0.1"}]})
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (400, "bets[0].amount")
    operator.refuse["BET"] = "OP_31"
    refused = player.bet(SOME)["round"]
    assert (refused["state"], refused["steps"]) == ("bet_refused", [])
    operator.refuse.clear()
    operator.fault = lambda kind, data: Fault.DROP_AFTER if kind == "BET" else None
    assert player.bet(SOME)["round"]["steps"] == []
    operator.behave()
    player.settle()
    operator.fault = lambda kind, data: Fault.HTTP_500 if kind == "WIN" else None
    shown = player.bet(SOME)["round"]
    assert shown["state"] == "win_sent"
    studio.kill()
    operator.behave()
    studio.start()
    player.launch()
    assert player.get("state")["round"]["steps"] == shown["steps"]
    eventually(lambda: studio.finished(player.user), "the win is paid")
    assert reconcile(player, operator) == {"bet_refused": 1, "canceled": 1, "settled": 1}


def test_fun_mode(studio: StudioProcess, operator: Operator) -> None:
    player = Punter(studio, mode="fun")
    before = Decimal(player.get("state")["balance"])
    answer = player.bet(SOME)
    assert Decimal(answer["balance"]) == before - Decimal("7.2") + Decimal(answer["round"]["win"])
    assert operator.seen == []


def test_the_log_is_hands_and_the_seeds_deal_them_again(studio: StudioProcess) -> None:
    player = Punter(studio)
    round_ = player.bet(SOME)["round"]
    view = round_["steps"][0]["view"]
    log = result(command(studio, "roundlog", {"user_id": player.user, "round_id": int(round_["id"])}))
    assert log["log_type"] == "hand"
    assert log["hands"] == [
        {"title": "Player", "cards": view["player"]["cards"], "result": str(view["player"]["points"])},
        {"title": "Banker", "cards": view["banker"]["cards"], "result": str(view["banker"]["points"])},
    ]
    player.post("seed", {"client_seed": "next"})
    facts = player.get(f"fairness/{round_['id']}")
    asked = '{"bets": [{"place": "tie", "amount": "1"}]}'
    seeds = (facts["server_seed"], facts["client_seed"], facts["nonce"])
    again: Any = redraw(Baccarat(), *seeds, asked, "EUR", facts["commitment"])
    assert again.commitment_matches
    assert again.steps[0]["view"]["player"] == view["player"]
    assert again.steps[0]["view"]["banker"] == view["banker"]
