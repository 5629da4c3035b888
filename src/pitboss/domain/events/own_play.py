"""What happens in the hub as events of its agent (the contract, "The event API"): each transaction of play once, under a unique_id
made from the transaction's own.

Real money, and what is bonus money or promotional, are events of their own. What is undone is the opposite event with `corrects`;
what is undone in part is a correction of the whole and an event for what is left. So the events of one transaction always add up to
what it moved, whether or not `corrects` is understood.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import NamedTuple

from pitboss.domain.events.event import DEPOSIT, GAMEROUND, WITHDRAW, Event
from pitboss.domain.money import format_minor
from pitboss.domain.reports.game_figures import is_promotional
from pitboss.domain.reports.quarters import Played, stakes_left

UNKNOWN_GAME = "unknown"
"""Stands for the game of a win that named none the hub knows: wins are paid all the same."""
TRANSFER, ADJUSTMENT = "transfer", "adjustment"
"""The method of deposits and withdrawals: the agent moves its players' money by its API, or the house puts a balance right."""

IdOf = Callable[[Played], str]
"""The hub's id of a transaction, 32 hex digits."""


_event_as = partial(tuple.__new__, Event)
_amount = lru_cache(maxsize=4_096)(format_minor)


class Teller(NamedTuple):
    """What the events of one transaction have in common. `id`: the transaction's, 32 hex digits. `scale`: the currency's decimals.
    `games`: the agents' ids of games by the hub's own."""

    id: str
    at: datetime
    player_id: str
    round_id: str
    currency: str
    scale: int
    games: Mapping[int, str]

    def played(
        self, unique_id: str, game_id: int | None, minor: int, is_win: bool, is_bonus: bool, corrects: str | None = None
    ) -> Event:
        """A gameround event; minor units, not negative."""
        game = UNKNOWN_GAME if game_id is None else self.games[game_id]
        return _event_as((
            GAMEROUND, unique_id, self.at, self.player_id, game, self.round_id, self.currency, _amount(minor, self.scale), None,
            is_win, is_bonus, None, corrects, None,
        ))  # fmt: skip

    def moved(self, minor: int, method: str) -> Event:
        """A deposit, or a withdrawal when negative."""
        kind = DEPOSIT if minor >= 0 else WITHDRAW
        amount = _amount(abs(minor), self.scale)
        return Event(kind, self.id, self.at, self.player_id, None, None, self.currency, amount, method=method)


class Part(NamedTuple):
    """What of a stake or win is one event: minor units, not negative. `suffix` tells the parts of one transaction apart."""

    suffix: str
    minor: int
    is_bonus: bool


class Standing(NamedTuple):
    """An event that was told of a stake and not corrected since."""

    unique_id: str
    game_id: int | None
    minor: int
    is_bonus: bool


def parts(played: Played) -> Sequence[Part]:
    """A bet's or win's events: one, or two where it is partly bonus money. One of nothing is told as well."""
    return _parts(abs(played.moved), abs(played.bonus), _is_promotional(played))


def _is_promotional(played: Played) -> bool:
    return is_promotional(played.reason, played.campaign_code)


@lru_cache(maxsize=4_096)
def _parts(moved: int, bonus: int, promotional: bool) -> Sequence[Part]:
    if promotional or not bonus:
        return (Part("", moved, promotional),)
    in_bonus = Part("b", bonus, True)
    return (Part("", moved - bonus, False), in_bonus) if moved > bonus else (in_bonus,)


def told(teller: Teller, played: Played) -> list[Event]:
    """The events of a bet or win as it happens."""
    promotional = _is_promotional(played)
    return told_of(teller, played.kind == "win", played.game_id, played.moved, played.bonus, promotional)


def told_of(
    teller: Teller, is_win: bool, game_id: int | None, moved: int, bonus: int, promotional: bool
) -> list[Event]:
    """The same of what of it is told; signed minor units."""
    return [
        teller.played(teller.id + part.suffix, game_id, part.minor, is_win, part.is_bonus)
        for part in _parts(abs(moved), abs(bonus), promotional)
    ]


def win_undone(teller: Teller, win: Played, win_id: str) -> list[Event]:
    """The events of a win's cancel."""
    return [
        teller.played(f"{teller.id}c{n}", win.game_id, part.minor, False, part.is_bonus, win_id + part.suffix)
        for n, part in enumerate(parts(win))
    ]


def stakes_changed(teller: Teller, round_: Sequence[Played], id_of: IdOf) -> list[Event]:
    """The events of a refund, or of the cancel of a bet or refund: the last of the round's transactions."""
    events: list[Event] = []
    for n, (before, after) in enumerate(_changes_of_last(round_, id_of)):
        if before is not None:
            events.append(
                teller.played(f"{teller.id}c{n}", before.game_id, before.minor, True, before.is_bonus, before.unique_id)
            )
        if after is not None:
            events.append(teller.played(after.unique_id, after.game_id, after.minor, False, after.is_bonus))
    return events


_Key = tuple[int, str]
"""A stake's version, and which part of it."""
_Change = tuple[Standing | None, Standing | None]
"""What stood, and what stands in its place."""


def _changes_of_last(round_: Sequence[Played], id_of: IdOf) -> list[_Change]:
    """What the last transaction of a round changes."""
    # Wins change no stake, and a stake changes no other: only what gives back needs to be gone through.
    order = sorted((played for played in round_ if played.kind != "win"), key=lambda played: played.version)
    standing: dict[_Key, Standing] = {}
    changes: list[_Change] = []
    for place, played in enumerate(order):
        if played.kind == "bet" and not played.is_cancel:
            for part in parts(played):
                key = played.version, part.suffix
                standing[key] = Standing(id_of(played) + part.suffix, played.game_id, part.minor, part.is_bonus)
        else:
            changes = _step(standing, _left(order[: place + 1]), id_of(played))
    return changes


def _left(order: Sequence[Played]) -> dict[_Key, tuple[int | None, Part]]:
    """The parts of stakes that are left, with their game."""
    return {
        (stake.played.version, part.suffix): (stake.played.game_id, part)
        for stake in stakes_left(order)
        if stake.left or not stake.played.moved
        for part in _parts(stake.left, stake.bonus_left, _is_promotional(stake.played))
    }


def _step(standing: dict[_Key, Standing], left: Mapping[_Key, tuple[int | None, Part]], by: str) -> list[_Change]:
    changes: list[_Change] = []
    for key in sorted({*standing, *left}):
        before, now = standing.pop(key, None), left.get(key)
        after = None
        if now is not None:
            game_id, part = now
            if before is not None and before.minor == part.minor:
                standing[key] = before
                continue
            after = standing[key] = Standing(f"{by}s{len(changes)}", game_id, part.minor, part.is_bonus)
        changes.append((before, after))
    return changes
