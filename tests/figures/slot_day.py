"""A day of play of the house's slot, with its own strips or with one that somebody has tampered with. Counts line bets."""

from collections.abc import Iterator
from random import Random

from pitboss_studio.games.slot import rules

STAKE = rules.LINE_COUNT
"""Of every round, in line bets."""
A_DAY = 86_400
"""Rounds: one a second."""


def with_a_wild_more() -> tuple[str, ...]:
    """The strips, the second reel of them with one of its kings made wild."""
    second = rules.REELS[1].replace("K", rules.WILD, 1)
    return (rules.REELS[0], second, *rules.REELS[2:])


def with_a_wild_less() -> tuple[str, ...]:
    """The strips, the second reel of them without one of its wilds."""
    return (rules.REELS[0], rules.REELS[1].replace(rules.WILD, "J", 1), *rules.REELS[2:])


def rounds(reels: tuple[str, ...], seed: int) -> Iterator[int]:
    """What round after round pays, in line bets; free spins included."""
    chance = Random(seed)
    doubled = [strip + strip for strip in reels]
    while True:
        paid, awarded, left = _spin(reels, doubled, chance, 1, 0)
        while left:
            more, won, _ = _spin(reels, doubled, chance, rules.FREE_SPIN_MULTIPLIER, awarded)
            paid, awarded, left = paid + more, awarded + won, left + won - 1
        yield paid


def _spin(reels: tuple[str, ...], doubled: list[str], chance: Random, times: int, awarded: int) -> tuple[int, int, int]:
    window = []
    for strip, twice in zip(reels, doubled, strict=True):
        stop = int(chance.random() * len(strip))
        window.append(twice[stop : stop + rules.ROWS])
    pay = rules.evaluate(tuple(window))
    won = rules.free_spins_won(pay.scatters, awarded)
    return pay.total * times, won, won
