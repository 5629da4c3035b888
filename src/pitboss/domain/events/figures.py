"""What a batch of events adds to the figures of players, of games, and of players in games.

Sums are integers of a billionth of the currency's major unit, the finest any currency has. A correction takes an event back as a
whole: its money and its count leave the side they were counted on, so that turnover is what stood.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from pitboss.domain.events.event import DEPOSIT, GAMEROUND, LOGIN, WITHDRAW, Event

Key = TypeVar("Key")

DECIMALS = 9
_POWERS: tuple[int, ...] = tuple(10**power for power in range(DECIMALS, -1, -1))

NO_MONEY = ""
"""Stands for the currency of what has none."""


class Sums:
    """What is added to one row. Money in billionths; `deposits` and what follows is for players alone."""

    __slots__ = (
        "bets", "bonus_turnover", "bonus_winnings", "deposited", "deposits", "events", "first_seen", "last_login", "last_seen",
        "turnover", "winnings", "wins", "withdrawals", "withdrawn",
    )  # fmt: skip

    def __init__(self, at: datetime) -> None:
        self.events = 0
        self.first_seen = self.last_seen = at
        self.last_login: datetime | None = None
        self.bets = self.turnover = self.wins = self.winnings = self.bonus_turnover = self.bonus_winnings = 0
        self.deposits = self.deposited = self.withdrawals = self.withdrawn = 0


class Added:
    """`players` by (player, currency), `games` by (game, currency), `plays` by (player, game, currency)."""

    def __init__(self) -> None:
        self.players: dict[tuple[str, str], Sums] = {}
        self.games: dict[tuple[str, str], Sums] = {}
        self.plays: dict[tuple[str, str, str], Sums] = {}


def billionths(amount: str) -> int:
    """A plain decimal of at most nine decimals -> billionths."""
    whole, _, fraction = amount.partition(".")
    return int(whole + fraction) * _POWERS[len(fraction)]


def added_by(events: Iterable[Event]) -> Added:
    """The sums over events that were not counted before."""
    added = Added()
    for event in events:
        if event.kind == GAMEROUND:
            _play(added, event)
        elif event.player_id is not None:
            row = _row(added.players, (event.player_id, event.currency or NO_MONEY), event.at)
            _count_payment(row, event)
        elif event.game_id is not None:
            _row(added.games, (event.game_id, NO_MONEY), event.at)
    return added


def _play(added: Added, event: Event) -> None:
    player_id, game_id, currency, amount = event.player_id, event.game_id, event.currency, event.amount
    assert player_id is not None and game_id is not None and currency is not None and amount is not None
    money, count = billionths(amount), 1
    is_win = event.is_win
    if event.corrects is not None:
        money, count, is_win = -money, -1, not is_win
    at, is_bonus = event.at, event.is_bonus
    for row in (
        _row(added.players, (player_id, currency), at),
        _row(added.games, (game_id, currency), at),
        _row(added.plays, (player_id, game_id, currency), at),
    ):
        if is_win:
            row.wins += count
            if is_bonus:
                row.bonus_winnings += money
            else:
                row.winnings += money
        else:
            row.bets += count
            if is_bonus:
                row.bonus_turnover += money
            else:
                row.turnover += money


def _row(rows: dict[Key, Sums], key: Key, at: datetime) -> Sums:
    row = rows.get(key)
    if row is None:
        row = rows[key] = Sums(at)
    elif at < row.first_seen:
        row.first_seen = at
    elif at > row.last_seen:
        row.last_seen = at
    row.events += 1
    return row


def _count_payment(row: Sums, event: Event) -> None:
    if event.kind == DEPOSIT:
        assert event.amount is not None
        row.deposits += 1
        row.deposited += billionths(event.amount)
    elif event.kind == WITHDRAW:
        assert event.amount is not None
        row.withdrawals += 1
        row.withdrawn += billionths(event.amount)
    elif event.kind == LOGIN and (row.last_login is None or event.at > row.last_login):
        row.last_login = event.at
