"""The exact return of every bet, by going through all hands by the values of their cards.

The order of a hand's two first cards does not matter, so pairs of values are counted once with their number of ways;
third cards are taken from what is left. All counts are of ordered deals of six cards out of 416: a card that is not
drawn stays in the shoe, and the ways it could have come are counted as if it were.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from pitboss_studio.games.baccarat import rules

VALUES = range(10)
_HELD = [sum(rules.value(card) == value for card in rules.SHOE) for value in VALUES]


@dataclass(frozen=True)
class Theory:
    """Exact chances, and each bet's return as a share of its stake."""

    player: Fraction
    banker: Fraction
    tie: Fraction
    pair: Fraction

    @property
    def returns(self) -> dict[str, Fraction]:
        """Return to player by bet; what a tie gives back is part of it."""
        chances = {
            rules.PLAYER: self.player,
            rules.BANKER: self.banker,
            rules.TIE: self.tie,
            rules.PLAYER_PAIR: self.pair,
            rules.BANKER_PAIR: self.pair,
        }
        won = {bet: chance * Fraction(rules.PAYS[bet], rules.PARTS) for bet, chance in chances.items()}
        pushed = {bet: self.tie if bet in (rules.PLAYER, rules.BANKER) else Fraction(0) for bet in rules.BETS}
        return {bet: won[bet] + pushed[bet] for bet in rules.BETS}

    @property
    def rtp(self) -> Fraction:
        """The game's figure: that of its best bet, the banker."""
        return self.returns[rules.BANKER]


@cache
def theory() -> Theory:
    """All of it, computed once, in about half a second."""
    cards = len(rules.SHOE)
    ways = {rules.PLAYER: 0, rules.BANKER: 0, rules.TIE: 0}
    for player, player_ways, held in _pairs(_HELD):
        for banker, banker_ways, left in _pairs(held):
            for winner, third_ways in _endings(player, banker, left, cards - 4):
                ways[winner] += player_ways * banker_ways * third_ways
    total = 1
    for dealt in range(6):
        total *= cards - dealt
    # The second card of a hand has its first one's rank in all but one of that rank's cards.
    pair = Fraction(cards // len(rules.RANKS) - 1, cards - 1)
    player_chance, banker_chance, tie_chance = (Fraction(ways[bet], total) for bet in ways)
    return Theory(player_chance, banker_chance, tie_chance, pair)


def _pairs(held: list[int]) -> Iterator[tuple[int, int, list[int]]]:
    """Two cards by value: their points, the number of ordered ways, and what is left of each value."""
    for low in VALUES:
        for high in range(low, 10):
            ways = held[low] * (held[low] - 1) if low == high else 2 * held[low] * held[high]
            left = list(held)
            left[low] -= 1
            left[high] -= 1
            yield (low + high) % 10, ways, left


def _endings(player: int, banker: int, left: list[int], cards: int) -> Iterator[tuple[str, int]]:
    """Who wins from these points after two cards, in how many ways the next two cards of the shoe can come."""
    if max(player, banker) >= 8:
        yield _winner(player, banker), cards * (cards - 1)
    elif not rules.player_draws(player, banker):
        yield from _banker_draws(player, banker, None, left, cards - 1, cards)
    else:
        for third in VALUES:
            after = list(left)
            after[third] -= 1
            total = (player + third) % 10
            yield from _banker_draws(total, banker, third, after, left[third], cards - 1)


def _banker_draws(
    player: int, banker: int, third: int | None, left: list[int], ways: int, cards: int
) -> Iterator[tuple[str, int]]:
    """The banker's turn, reached in `ways` ways, with `cards` left to draw from."""
    if not rules.banker_draws(banker, third):
        yield _winner(player, banker), ways * cards
        return
    for value in VALUES:
        yield _winner(player, (banker + value) % 10), ways * left[value]


def _winner(player: int, banker: int) -> str:
    if player == banker:
        return rules.TIE
    return rules.PLAYER if player > banker else rules.BANKER
