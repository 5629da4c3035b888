"""The slot's return, computed a second and a third way."""

import hashlib
import hmac
import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from pitboss_studio import money
from pitboss_studio.fairness import NumberStream, commitment
from pitboss_studio.games.game import BadStake, Stake
from pitboss_studio.games.registry import all_games
from pitboss_studio.games.slot import rules
from pitboss_studio.games.slot.game import Slot
from pitboss_studio.games.slot.report import Report
from pitboss_studio.games.slot.simulation import simulate, window_table
from pitboss_studio.games.slot.theory import Theory, theory

DOCUMENTED_RTP = "96.27"


@pytest.fixture(scope="module")
def every_window() -> tuple[int, int, Counter[int]]:
    """All 24.3 million windows, looked at one line at a time: their number, pays added up, windows by scatters.

    Written from the rules in words: a line pays for the symbol on reel one as far as it, or a wild, runs.
    """
    codes = {symbol: number for number, symbol in enumerate("WSDREBTAKQJ")}
    reels = [np.array([codes[symbol] for symbol in strip], dtype=np.int8) for strip in rules.REELS]
    shape = [len(strip) for strip in reels]
    pays = np.zeros((len(codes), 6), dtype=np.int32)
    for symbol, (three, four, five) in rules.LINE_PAYS.items():
        pays[codes[symbol], 3:] = three, four, five
    total, windows, by_scatters = 0, 0, Counter[int]()
    seen = [sum((np.roll(reel, -row) == codes["S"]).astype(np.int8) for row in range(3)) for reel in reels]
    for first in range(shape[0]):
        for rows in rules.LINES:
            symbol = reels[0][(first + rows[0]) % shape[0]]
            run = np.ones(shape[1:], dtype=np.int8)
            unbroken = np.ones(shape[1:], dtype=bool)
            for reel in range(1, 5):
                shown = np.roll(reels[reel], -rows[reel])
                same = (shown == symbol) | (shown == codes["W"])
                unbroken &= same.reshape([-1 if axis == reel - 1 else 1 for axis in range(4)])
                run += unbroken
            total += int(pays[symbol][run].sum())
        scatters = seen[0][first] + sum(
            seen[reel].reshape([-1 if axis == reel - 1 else 1 for axis in range(4)]) for reel in range(1, 5)
        )
        windows += scatters.size
        by_scatters.update(dict(enumerate(np.bincount(scatters.reshape(-1)).tolist())))
    for count, pay in rules.SCATTER_PAYS.items():
        total += by_scatters[count] * pay
    return windows, total, by_scatters


def test_the_exact_return_is_what_every_window_together_pays(every_window: tuple[int, int, Counter[int]]) -> None:
    windows, total, by_scatters = every_window
    assert windows == 30**5
    spin = Fraction(total, windows * 10)
    assert theory().lines + theory().scatters == spin
    chance = {count: Fraction(by_scatters[count], windows) for count in (3, 4, 5)}
    assert theory().trigger_chance == sum(chance.values())
    assert theory().rtp == spin + spin * 3 * free_spins_expected(chance)


def free_spins_expected(chance: dict[int, Fraction]) -> Fraction:
    """Free spins per base spin by walking forward through every state (left, awarded), capped at 60 awarded."""
    award = {3: 10, 4: 15, 5: 20}
    states: dict[tuple[int, int], Fraction] = {(award[count], award[count]): chance[count] for count in chance}
    played = Fraction(0)
    while states:
        following: dict[tuple[int, int], Fraction] = {}
        for (left, awarded), weight in states.items():
            played += weight
            moves = [(0, 1 - sum(chance.values()))] + [(award[count], chance[count]) for count in chance]
            for more, share in moves:
                got = min(more, 60 - awarded)
                if left - 1 + got:
                    key = (left - 1 + got, awarded + got)
                    following[key] = following.get(key, Fraction(0)) + weight * share
        states = following
    return played


def test_the_documented_figure() -> None:
    assert Slot().rtp == DOCUMENTED_RTP
    assert Fraction(94, 100) < theory().rtp < Fraction(97, 100)


def test_the_simulation_confirms_the_return_and_refutes_another() -> None:
    seen = simulate(20_000_000, seed=20_260_101)
    assert Report(theory(), seen, 0).agrees
    exact = theory()
    for wrong in (Fraction(2, 100), Fraction(-2, 100)):
        off = Theory(exact.lines + wrong, exact.scatters, exact.feature, exact.trigger_chance, exact.feature_spins)
        assert not Report(off, seen, 0).agrees


def test_the_table_the_simulation_reads_is_the_game() -> None:
    table = window_table()
    chance = random.Random(3)
    for _ in range(5000):
        stops = tuple(chance.randrange(30) for _ in range(5))
        pay = rules.evaluate(rules.window_at(stops))
        index = int(np.ravel_multi_index(stops, (30,) * 5))
        assert int(table[index]) & 0x3FFF == pay.total
        assert int(table[index]) >> 14 == max(0, pay.scatters - 2)


def test_pays_read_from_windows() -> None:
    cases = [
        # A K Q over wilds on the middle line: five of a kind, the wilds stand for the king.
        (("AKQ", "JWT", "JWT", "JWE", "JWE"), {0: ("K", 5, 80)}, 0),
        # Three diamonds on the top line, broken by a king.
        (("DAJ", "DKQ", "DTB", "KRE", "DEJ"), {1: ("D", 3, 50)}, 0),
        # A scatter breaks a line and is not replaced by a wild.
        (("SRE", "WAB", "KTQ", "QJD", "JQA"), {}, 1),
        # A line must begin on reel one.
        (("AJB", "KQT", "KQE", "KQD", "KQR"), {}, 0),
    ]
    for window, wins, scatters in cases:
        pay = rules.evaluate(window)
        assert {win.line: (win.symbol, win.count, win.pay) for win in pay.lines} == wins, window
        assert pay.scatters == scatters


def test_three_scatters_pay_twice_the_stake_and_ten_free_spins() -> None:
    pay = rules.evaluate(("SAK", "QSJ", "TBS", "REQ", "DKJ"))
    assert (pay.scatters, pay.scatter_pay) == (3, 20)
    assert rules.free_spins_won(3, 0) == 10
    assert rules.free_spins_won(5, 50) == 10, "no more than sixty a round"


@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP", "THB", "KIDR", "JPY", "XYZ"])
def test_every_win_is_exact_in_the_currency(currency: str) -> None:
    decimals = {"EUR": 2, "USD": 2, "GBP": 2, "THB": 2, "KIDR": 2}.get(currency, 0)
    game = Slot()
    for bet in game.bet_values(currency):
        line_bet = money.split(bet, 10)
        assert line_bet == round(line_bet, decimals), f"{bet} {currency} makes a line bet of {line_bet}"
        assert line_bet * 10 == bet


def test_a_stake_is_one_of_the_bet_values() -> None:
    assert Slot().read_stake("EUR", {"bet": "0.20"}).amount == Decimal("0.2")
    for bad in ("0.3", "-1", "1e0", "NaN", "Infinity", "", " 1", "1 ", "٣", 1, None, "1" * 40, "100000"):
        with pytest.raises(BadStake) as refused:
            Slot().read_stake("EUR", {"bet": bad})
        assert refused.value.field == "bet"


def test_the_drawn_round_adds_up() -> None:
    chance = random.Random(1)
    features = 0
    for _ in range(3000):
        outcome = Slot().draw(Stake(Decimal("0.2"), {}), chance.randrange)
        features += len(outcome.steps) > 1
        awarded = sum(step.view["free_spins_won"] for step in outcome.steps)  # type: ignore[misc]
        assert len(outcome.steps) == 1 + awarded
        for number, step in enumerate(outcome.steps):
            pay = rules.evaluate(tuple(step.view["window"]))  # type: ignore[arg-type]
            assert step.win == Decimal("0.02") * pay.total * (3 if number else 1)
    assert features > 5


def test_numbers_are_the_documented_ones() -> None:
    seed, client = "5eed" * 16, "lucky"
    words = []
    for counter in range(3):
        digest = hmac.new(seed.encode(), f"{client}:7:{counter}".encode(), hashlib.sha256).digest()
        words += [int.from_bytes(digest[at : at + 4], "big") for at in range(0, 32, 4)]
    stream = NumberStream(seed, client, 7)
    assert [stream.below(30) for _ in range(20)] == [word % 30 for word in words[:20] if word < 4294967280]
    bound = 3_000_000_000  # words from here on are thrown away, nearly a third of them
    stream = NumberStream(seed, client, 7)
    fair = [word for word in words if word < bound]
    assert len(fair) < len(words)
    assert [stream.below(bound) for _ in fair] == fair
    assert commitment(seed) == hashlib.sha256(seed.encode()).hexdigest()


def test_the_registry_finds_the_game() -> None:
    assert all_games()[1].name == "Aurora Facets"
