"""Deals punto banco by the million, many coups at a time, to confirm the exact returns.

Six cards are drawn from the shoe for every coup, whether they are needed or not; coups in which one place of the shoe
came twice are dealt again, which leaves every draw without replacement equally likely. Statistics only, no money.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pitboss_studio.games.baccarat import rules
from pitboss_studio.games.comparison import Tally

BLOCK = 1 << 16
_VALUES = np.array([rules.value(card) for card in rules.SHOE], dtype=np.int8)
_RANKS = np.array([rules.RANKS.index(card[0]) for card in rules.SHOE], dtype=np.int8)
_NOBODY = 10
_DRAWS = np.array(
    [[rules.banker_draws(banker, third if third < _NOBODY else None) for third in range(11)] for banker in range(10)]
)
"""Whether the banker draws, by its points and the player's third card (10: the player stood)."""

Flags = NDArray[np.bool_]


def simulate(rounds: int, seed: int, progress: Callable[[int], None] = lambda done: None) -> dict[str, Tally]:
    """Each bet's tally over `rounds` coups, in twentieths of a stake."""
    rng = np.random.Generator(np.random.SFC64(seed))
    wins = dict.fromkeys(rules.BETS, 0)
    done = 0
    while done < rounds:
        size = min(BLOCK, rounds - done)
        for bet, won in play(draw(rng, size)).items():
            wins[bet] += int(np.count_nonzero(won))
        done += size
        progress(size)
    ties = wins[rules.TIE]
    return {bet: _tally(bet, rounds, wins[bet], ties) for bet in rules.BETS}


def draw(rng: np.random.Generator, size: int) -> NDArray[np.int16]:
    """Six different places of the shoe for each of `size` coups."""
    kept: list[NDArray[np.int16]] = []
    have = 0
    while have < size:
        places = rng.integers(0, len(rules.SHOE), size=(size - have, 6), dtype=np.int16)
        ordered = np.sort(places, axis=1)
        good = places[(ordered[:, 1:] != ordered[:, :-1]).all(axis=1)]
        kept.append(good)
        have += len(good)
    return np.concatenate(kept)


def play(places: NDArray[np.int16]) -> dict[str, Flags]:
    """Which bets won, for coups of six places of the shoe each: player, banker, player, banker, then the thirds."""
    values, ranks = _VALUES[places].T, _RANKS[places[:, :4]].T
    player, banker = (values[0] + values[2]) % 10, (values[1] + values[3]) % 10
    open_ = (player < 8) & (banker < 8)
    player_drew = open_ & (player <= 5)
    third = np.where(player_drew, values[4], _NOBODY)
    banker_drew = open_ & _DRAWS[banker, third]
    # The banker's third card is the fifth of the shoe when the player stood.
    banker_third = np.where(player_drew, values[5], values[4])
    player_end = (player + np.where(player_drew, values[4], 0)) % 10
    banker_end = (banker + np.where(banker_drew, banker_third, 0)) % 10
    return {
        rules.PLAYER: player_end > banker_end,
        rules.BANKER: banker_end > player_end,
        rules.TIE: player_end == banker_end,
        rules.PLAYER_PAIR: ranks[0] == ranks[2],
        rules.BANKER_PAIR: ranks[1] == ranks[3],
    }


def _tally(bet: str, rounds: int, wins: int, ties: int) -> Tally:
    pushed = ties if bet in (rules.PLAYER, rules.BANKER) else 0
    pay = rules.PAYS[bet]
    return Tally(
        stake=rules.PARTS,
        rounds=rounds,
        paid=wins * pay + pushed * rules.PARTS,
        squares=wins * pay * pay + pushed * rules.PARTS * rules.PARTS,
        hits=wins,
        best=pay if wins else rules.PARTS if pushed else 0,
    )
