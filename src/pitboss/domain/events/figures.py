"""What a batch of events adds to the figures of players, of games, and of players in games.

Sums are integers of a billionth of the currency's major unit, the finest any currency has. A correction takes an event back as a
whole: its money and its count leave the side they were counted on, so that turnover is what stood.
"""

from collections.abc import Iterable
from datetime import datetime

from pitboss.domain.events.event import DEPOSIT, GAMEROUND, LOGIN, WITHDRAW, Event

DECIMALS = 9
_POWERS: tuple[int, ...] = tuple(10**power for power in range(DECIMALS, -1, -1))

NO_MONEY = ""
"""Stands for the currency of what has none."""


class Seen:
    """How many events, and when the first and the last of them happened (UTC)."""

    __slots__ = ("events", "first_seen", "last_seen")

    def __init__(self, at: datetime) -> None:
        self.events = 0
        self.first_seen = self.last_seen = at

    def see(self, at: datetime) -> None:
        """Count an event."""
        self.events += 1
        if at < self.first_seen:
            self.first_seen = at
        elif at > self.last_seen:
            self.last_seen = at


class Play(Seen):
    """Bets and wins of one player in one game. Money in billionths; of bonus events apart, their count with the others."""

    __slots__ = ("bets", "bonus_turnover", "bonus_winnings", "turnover", "winnings", "wins")

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.bets = self.turnover = self.wins = self.winnings = self.bonus_turnover = self.bonus_winnings = 0

    def count(self, is_win: bool | None, is_bonus: bool | None, money: int, events: int) -> None:
        """Add to the side it is on; both are negative where something is taken back."""
        if is_win:
            self.wins += events
            if is_bonus:
                self.bonus_winnings += money
            else:
                self.winnings += money
        else:
            self.bets += events
            if is_bonus:
                self.bonus_turnover += money
            else:
                self.turnover += money


class Payments(Seen):
    """What a player does outside of games, in one currency or under NO_MONEY. Money in billionths."""

    __slots__ = ("deposited", "deposits", "last_login", "withdrawals", "withdrawn")

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.last_login: datetime | None = None
        self.deposits = self.deposited = self.withdrawals = self.withdrawn = 0


class Added:
    """The sums over events that were not counted before. What players and games played is the sum over their plays.

    `plays` by (player, game, currency), `payments` by (player, currency), `games` by game: those that something was said of."""

    def __init__(self) -> None:
        self.plays: dict[tuple[str, str, str], Play] = {}
        self.payments: dict[tuple[str, str], Payments] = {}
        self.games: dict[str, Seen] = {}

    def add(self, events: Iterable[Event]) -> None:
        """Count some more."""
        plays = self.plays
        for event in events:
            kind, _, at, player_id, game_id, _, currency, amount, _, is_win, is_bonus, _, corrects, _ = event
            if kind != GAMEROUND:
                _count_other(self, event)
                continue
            assert player_id is not None and game_id is not None and currency is not None and amount is not None
            key = (player_id, game_id, currency)
            play = plays.get(key)
            if play is None:
                play = plays[key] = Play(at)
            play.see(at)
            if corrects is None:
                play.count(is_win, is_bonus, billionths(amount), 1)
            else:
                play.count(not is_win, is_bonus, -billionths(amount), -1)


def billionths(amount: str) -> int:
    """A plain decimal of at most nine decimals -> billionths."""
    point = amount.find(".")
    if point < 0:
        return int(amount) * _POWERS[0]
    return int(amount[:point] + amount[point + 1 :]) * _POWERS[len(amount) - point - 1]


def _count_other(added: Added, event: Event) -> None:
    if event.player_id is not None:
        key = (event.player_id, event.currency or NO_MONEY)
        row = added.payments.get(key)
        if row is None:
            row = added.payments[key] = Payments(event.at)
        row.see(event.at)
        _count_payment(row, event)
    elif event.game_id is not None:
        said = added.games.get(event.game_id)
        if said is None:
            said = added.games[event.game_id] = Seen(event.at)
        said.see(event.at)


def _count_payment(row: Payments, event: Event) -> None:
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
