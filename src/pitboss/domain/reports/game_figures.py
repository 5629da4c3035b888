"""What was played in a game, added up from the journal's events: exact sums over rounds that are over.

A round is over when its studio says so, or when its player begins another one in the same game (studios may leave open what they
won); one that stays open for a day is taken as it is. What comes later (a late win, a cancel) counts as an observation of its own:
the sums stay exact, its square is a little too large, which only makes the band wider. Promotional stakes and their winnings are
counted apart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import NamedTuple

_PROMOTION = "PROMO-"


class PlayEvent(NamedTuple):
    """What the figures need of an event. `moved`: what the wallet gained, real and bonus money, signed minor units. `undoes`: the
    kind of what a cancel undid."""

    kind: str
    undoes: str | None
    user_in_game: str
    currency: str
    game_id: int
    round_id: str
    finished: bool
    moved: int
    promotional: bool
    at: datetime


@lru_cache(maxsize=1_024)
def is_promotional(reason: str | None, campaign_code: str | None) -> bool:
    """Whether a stake was not the player's own, or a win came of such a one."""
    return campaign_code is not None or (reason or "").upper().startswith(_PROMOTION)


class Seat(NamedTuple):
    """A player in a game: it is in one round at a time."""

    user_in_game: str
    game_id: int


class OpenRound(NamedTuple):
    """A round that is not over yet, as far as was read. Minor units."""

    currency: str
    round_id: str
    staked: int
    won: int
    at: datetime


_seat_as, _open_round_as = partial(tuple.__new__, Seat), partial(tuple.__new__, OpenRound)


@dataclass(slots=True)
class Sums:
    """Of one game in one currency; minor units and their squares. `staked` is turnover: what was neither cancelled nor refunded."""

    rounds: int = 0
    staked: int = 0
    won: int = 0
    staked_squares: int = 0
    won_squares: int = 0
    staked_by_won: int = 0
    promo_stakes: int = 0
    promo_won: int = 0

    def count(self, staked: int, won: int) -> None:
        """Add one round."""
        self.rounds += staked > 0
        self.staked += staked
        self.won += won
        self.staked_squares += staked * staked
        self.won_squares += won * won
        self.staked_by_won += staked * won


@dataclass(slots=True)
class Gathered:
    """What a stretch of the journal adds: sums by (game, currency), and the seats that changed (None: in no round any more)."""

    sums: dict[tuple[int, str], Sums] = field(default_factory=dict)
    seats: dict[Seat, OpenRound | None] = field(default_factory=dict)

    def of(self, game_id: int, currency: str) -> Sums:
        """The sums of a game in a currency."""
        key = game_id, currency
        found = self.sums.get(key)
        if found is None:
            found = self.sums[key] = Sums()
        return found


def gather(events: Iterable[PlayEvent], open_rounds: Mapping[Seat, OpenRound]) -> Gathered:
    """Walk through events in the journal's order, from the rounds that were open before them."""
    gathered = Gathered()
    for event in events:
        if event.promotional:
            _promotional(gathered.of(event.game_id, event.currency), event)
        else:
            _play(gathered, event, open_rounds)
    return gathered


def take_idle(rounds: Iterable[tuple[Seat, OpenRound]]) -> Gathered:
    """Rounds that nobody has finished for long count as they stand."""
    gathered = Gathered()
    for seat, round_ in rounds:
        _over(gathered, seat, round_)
    return gathered


def _promotional(sums: Sums, event: PlayEvent) -> None:
    if event.kind == "bet":
        sums.promo_stakes += 1
    elif event.kind == "cancel" and event.undoes == "bet":
        sums.promo_stakes -= 1
    if _is_win(event):
        sums.promo_won += event.moved


def _is_win(event: PlayEvent) -> bool:
    return (event.undoes if event.kind == "cancel" else event.kind) == "win"


def _play(gathered: Gathered, event: PlayEvent, open_rounds: Mapping[Seat, OpenRound]) -> None:
    seat = _seat_as((event.user_in_game, event.game_id))
    sitting = gathered.seats[seat] if seat in gathered.seats else open_rounds.get(seat)
    if sitting is not None and sitting.round_id != event.round_id:
        _over(gathered, seat, sitting)
        sitting = None
    staked, won = (0, event.moved) if _is_win(event) else (-event.moved, 0)
    if sitting is not None:
        staked, won = staked + sitting.staked, won + sitting.won
    now = _open_round_as((event.currency, event.round_id, staked, won, event.at))
    if event.finished:
        _over(gathered, seat, now)
    else:
        gathered.seats[seat] = now


def _over(gathered: Gathered, seat: Seat, round_: OpenRound) -> None:
    gathered.of(seat.game_id, round_.currency).count(round_.staked, round_.won)
    gathered.seats[seat] = None
