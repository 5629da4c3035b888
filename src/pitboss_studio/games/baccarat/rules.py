"""Punto banco: the shoe, the third-card rules and what each bet pays. Pure integers.

Eight decks, shuffled afresh for every round: each card is taken from those that are left, all equally likely. Player
and banker get two cards each in turn. A hand is worth the last digit of its cards' sum; tens and pictures count
nothing. With eight or nine in either hand nobody draws; else the player draws on five or less, and the banker by
`banker_draws`.

Pays are in twentieths of the stake, stake included, because the banker's commission of 5 % is one twentieth. Every bet
is even in twentieths, so no win ever needs rounding.
"""

from collections.abc import Callable
from dataclasses import dataclass

RANKS = "A23456789TJQK"
SUITS = "shdc"
DECKS = 8
SHOE: tuple[str, ...] = tuple(rank + suit for rank in RANKS for suit in SUITS) * DECKS
"""The unshuffled shoe, ace to king in each suit (spades, hearts, diamonds, clubs), deck after deck."""

PARTS = 20
"""A pay of PARTS is the stake itself."""

PLAYER, BANKER, TIE = "player", "banker", "tie"
PLAYER_PAIR, BANKER_PAIR = "player_pair", "banker_pair"
BETS = (PLAYER, BANKER, TIE, PLAYER_PAIR, BANKER_PAIR)

PAYS: dict[str, int] = {
    PLAYER: 2 * PARTS,
    BANKER: 2 * PARTS - 1,
    TIE: 9 * PARTS,
    PLAYER_PAIR: 12 * PARTS,
    BANKER_PAIR: 12 * PARTS,
}
"""Twentieths of the stake that a won bet returns, the stake included: 1:1, 0.95:1, 8:1 and 11:1."""


@dataclass(frozen=True)
class Coup:
    """A round as it was dealt: two or three cards each (`"Ts"` is the ten of spades), in the order they came."""

    player: tuple[str, ...]
    banker: tuple[str, ...]

    @property
    def winner(self) -> str:
        """PLAYER, BANKER or TIE."""
        player, banker = points(self.player), points(self.banker)
        if player == banker:
            return TIE
        return PLAYER if player > banker else BANKER

    @property
    def won(self) -> frozenset[str]:
        """Every bet that this round wins."""
        pairs = ((PLAYER_PAIR, self.player), (BANKER_PAIR, self.banker))
        return frozenset({self.winner, *(bet for bet, hand in pairs if hand[0][0] == hand[1][0])})


def value(card: str) -> int:
    """What a card counts: ace 1, two to nine their number, the others nothing."""
    place = RANKS.index(card[0]) + 1
    return place if place < 10 else 0


def points(cards: tuple[str, ...]) -> int:
    """What a hand is worth, 0 to 9."""
    return sum(value(card) for card in cards) % 10


def player_draws(player: int, banker: int) -> bool:
    """Whether the player takes a third card, from both hands' points after two cards."""
    return player <= 5 and banker < 8


def banker_draws(banker: int, player_third: int | None) -> bool:
    """Whether the banker takes a third card, when nobody has a natural.

    `player_third` is the value of the player's third card, None when the player stood.
    """
    if player_third is None:
        return banker <= 5
    if banker <= 2:
        return True
    if banker == 3:
        return player_third != 8
    first = {4: 2, 5: 4, 6: 6}.get(banker)
    return first is not None and first <= player_third <= 7


def deal(numbers: Callable[[int], int]) -> Coup:
    """Deal a round from a fresh shoe. `numbers(n)` gives a uniform integer in [0, n): the place in what is left."""
    shoe = list(SHOE)

    def card() -> str:
        return shoe.pop(numbers(len(shoe)))

    first, second, third, fourth = card(), card(), card(), card()
    player: tuple[str, ...] = (first, third)
    banker: tuple[str, ...] = (second, fourth)
    start = points(player), points(banker)
    if max(start) >= 8:
        return Coup(player, banker)
    drawn: int | None = None
    if player_draws(*start):
        player = (*player, card())
        drawn = value(player[2])
    if banker_draws(start[1], drawn):
        banker = (*banker, card())
    return Coup(player, banker)


def pay(bet: str, coup: Coup) -> int:
    """Twentieths of its stake that a bet returns, stake included; on a tie, player and banker bets are returned."""
    if bet in coup.won:
        return PAYS[bet]
    return PARTS if coup.winner == TIE and bet in (PLAYER, BANKER) else 0
