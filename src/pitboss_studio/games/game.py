"""What every game is to the rest of the studio: a catalogue entry, a stake reader and a pure draw.

A round is drawn whole, before its bet is sent: a list of steps (a spin, a hand, a free spin…) that are shown one after
another. Only the first step is shown when the bet is accepted; the player asks for the others. So a round that was
interrupted anywhere can be resumed, or finished without the player, from what is stored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol, runtime_checkable

Json = dict[str, object]
Numbers = Callable[[int], int]
"""`numbers(bound)` gives a uniform integer in [0, bound)."""


class BadStake(ValueError):
    """The player's stake is not one this game takes; `field` names the offending member."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Stake:
    """What is staked: the total amount in the currency's units, and the game's own selection (empty for a slot)."""

    amount: Decimal
    selection: Json


@dataclass(frozen=True)
class Step:
    """One thing the player sees happen: what the page draws, and the amount it won (currency units)."""

    view: Json
    win: Decimal


@dataclass(frozen=True)
class Outcome:
    """A whole round, drawn: its steps in order, at least one.

    `secret` is None but for a live game: what was drawn, hidden until the round is over; the one step is its opening.
    """

    steps: tuple[Step, ...]
    secret: Json | None = field(default=None, repr=False)


class Game(Protocol):
    """One game. A folder under `games/` with a module-level `GAME` that satisfies this is in the catalogue."""

    @property
    def game_id(self) -> int:
        """The studio's own integer, in launch URLs and wallet calls; never reused."""

    @property
    def slug(self) -> str:
        """Name of the game's folder under `pages/`."""

    @property
    def name(self) -> str:
        """The name players see."""

    @property
    def category(self) -> str:
        """Catalogue category, `slot` for example."""

    @property
    def has_free_round(self) -> bool:
        """Whether an operator may give free rounds of it."""

    @property
    def rtp(self) -> str:
        """Theoretical return to player in percent, two decimals."""

    def bet_values(self, currency: str) -> tuple[Decimal, ...]:
        """The stakes on offer in this currency, ascending."""

    def read_stake(self, currency: str, request: Mapping[str, object]) -> Stake:
        """The stake in a page's request; raises BadStake naming the member."""

    def example(self, currency: str) -> Json:
        """Members of a request that `read_stake` takes, for tools that draw a round without a player."""

    def draw(self, stake: Stake, numbers: Numbers) -> Outcome:
        """Play a whole round on these random numbers: pure, deterministic."""

    def rules(self) -> Json:
        """What the page needs to explain itself: paytable, lines, figures."""

    def round_log(self, steps: list[Json]) -> Json:
        """A round's steps for a support person (studio protocol, `roundlog`): `log_type` and its members.

        `rows` (`{"key": …, "value": …}`) may be there whatever the type; the round's money is put before them.
        """


@runtime_checkable
class LiveRules(Protocol):
    """What a live game offers besides `Game`. Pure: time is handed in, in ms since the bet was accepted."""

    def lasts(self, stake: Stake, secret: Json) -> int:
        """After how many ms the round is over when the player does nothing."""

    def decide(self, stake: Stake, secret: Json, elapsed_ms: int, action: str | None) -> Step | None:
        """The round as it ended at this time, by itself or by the player's action; None when it goes on.

        Raises BadStake naming `action` for one the game does not have. Every member of the view may be shown.
        """


def untouched(game: Game, stake: Stake, outcome: Outcome) -> Outcome:
    """The whole round as it ends when the player does nothing but bet; only a live game's is not that already."""
    if outcome.secret is None:
        return outcome
    assert isinstance(game, LiveRules)
    last = game.decide(stake, outcome.secret, game.lasts(stake, outcome.secret), None)
    assert last is not None
    return Outcome((last,))
