"""How much of its limits a player has used: counters of one wallet, which begin again with each day, week and month (UTC).

A stake counts when it is taken and no longer when it is returned within the same period; the loss is what was staked less what was
won, and less than nothing for who is ahead. Play is the player's time from one stake to the next, taken or not, in whichever of its
wallets, where that is no longer than a pause; the wallet of the later stake counts it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pitboss.domain.limits.player_limits import LimitKind, Period, PlayerLimits, period_start

LONGEST_PAUSE = timedelta(minutes=15)
"""Who stakes nothing for longer was not playing meanwhile."""
_MICROSECOND = timedelta(microseconds=1)
_MINUTE_US = 60_000_000


class PeriodUse(NamedTuple):
    """One period's counters: minor units of the wallet's currency, and microseconds of play."""

    start: date
    deposited: int = 0
    staked: int = 0
    lost: int = 0
    played_us: int = 0


@dataclass(frozen=True, slots=True)
class Use:
    """A wallet's counters by period; one that is missing has counted nothing."""

    periods: Mapping[Period, PeriodUse] = field(default_factory=dict)
    last_stake_at: datetime | None = None

    def of(self, period: Period, now: datetime) -> PeriodUse:
        """The counters of the period `now` is in."""
        start = period_start(period, now)
        known = self.periods.get(period)
        # A clock that steps back over midnight does not empty the counters.
        return known if known is not None and known.start >= start else PeriodUse(start)

    def attempted(self, now: datetime, elsewhere: datetime | None = None) -> "Use":
        """After a stake was asked for, taken or not: the time since the player's last one is counted here. `elsewhere`: when that
        was in the player's other wallets."""
        since = _playing_since(_latest((self.last_stake_at, elsewhere)), now)
        periods = {}
        for period in Period:
            known = self.of(period, now)
            periods[period] = known._replace(played_us=known.played_us + _within(period, since, now))
        return Use(periods, now)

    def staked(self, amount: int, now: datetime) -> "Use":
        """After a stake was taken (its attempt counted by itself)."""
        return self._add(now, now, staked=amount, lost=amount)

    def won(self, amount: int, now: datetime) -> "Use":
        """After a win."""
        return self._add(now, now, lost=-amount)

    def won_back(self, amount: int, won_at: datetime, now: datetime) -> "Use":
        """After a win of `won_at` was canceled: it counts no longer in the periods it was made in."""
        return self._add(won_at, now, lost=amount)

    def returned(self, amount: int, staked_at: datetime, now: datetime) -> "Use":
        """After a stake of `staked_at` was refunded or canceled: it counts no longer in the periods it was made in. A refund that
        is canceled is one of less than nothing."""
        return self._add(staked_at, now, staked=-amount, lost=-amount)

    def deposited(self, amount: int, now: datetime) -> "Use":
        """After a deposit."""
        return self._add(now, now, deposited=amount)

    def _add(self, since: datetime, now: datetime, *, deposited: int = 0, staked: int = 0, lost: int = 0) -> "Use":
        periods = {}
        for period in Period:
            known = self.of(period, now)
            if period_start(period, since) >= known.start:
                known = known._replace(
                    deposited=known.deposited + deposited, staked=max(0, known.staked + staked), lost=known.lost + lost
                )
            periods[period] = known
        return Use(periods, self.last_stake_at)


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _playing_since(last: datetime | None, now: datetime) -> datetime:
    """Since when the player plays who staked at `last`; `now` itself for who does not."""
    return last if last is not None and timedelta() <= now - last <= LONGEST_PAUSE else now


def _within(period: Period, since: datetime, now: datetime) -> int:
    """Microseconds from `since` to `now`, as far as they are in the period `now` is in."""
    start = datetime.combine(period_start(period, now), datetime.min.time(), now.tzinfo)
    return (now - max(since, start)) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Standing:
    """A player's limits, what the wallet in question has used of them, and what the player's other wallets have."""

    limits: PlayerLimits
    currency: str
    use: Use
    others: tuple[Use, ...] = ()

    def may_deposit(self, amount: int, now: datetime) -> bool:
        """Whether a deposit of `amount` stays within the limits."""
        if self.limits.away(now):
            return False
        limits = self.limits.in_force(LimitKind.DEPOSIT, self.currency, now)
        return all(self.use.of(period, now).deposited + amount <= limit for period, limit in limits.items())

    def may_stake(self, amount: int, now: datetime) -> bool:
        """Whether a stake of `amount` stays within the limits; one of nothing may only come too late, or from one who is away."""
        if self.limits.away(now) or self._time_is_up(now):
            return False
        if not amount:
            return True
        wager = self.limits.in_force(LimitKind.WAGER, self.currency, now)
        loss = self.limits.in_force(LimitKind.LOSS, self.currency, now)
        return all(self.use.of(period, now).staked + amount <= limit for period, limit in wager.items()) and all(
            self.use.of(period, now).lost + amount <= limit for period, limit in loss.items()
        )

    def may_launch(self, now: datetime) -> bool:
        """Whether anything could be staked at all."""
        return self.may_stake(1, now)

    def _time_is_up(self, now: datetime) -> bool:
        limits = self.limits.in_force(LimitKind.SESSION_TIME, "", now)
        uses = (self.use, *self.others)
        return any(played_us(uses, period, now) >= limit * _MINUTE_US for period, limit in limits.items())

    @property
    def last_elsewhere(self) -> datetime | None:
        """When the player last staked with another wallet."""
        return _latest(use.last_stake_at for use in self.others)


def played_us(uses: Sequence[Use], period: Period, now: datetime) -> int:
    """Microseconds a player played in the period with all of its wallets, the time since its last stake included where that is no
    pause."""
    since = _playing_since(_latest(use.last_stake_at for use in uses), now)
    return sum(use.of(period, now).played_us for use in uses) + _within(period, since, now)


def used(uses: Sequence[Use], kind: LimitKind, period: Period, now: datetime) -> int:
    """What was used of a limit: minor units, or whole minutes, of the wallets given."""
    counted = [use.of(period, now) for use in uses]
    if kind is LimitKind.SESSION_TIME:
        return played_us(uses, period, now) // _MINUTE_US
    if kind is LimitKind.DEPOSIT:
        return sum(use.deposited for use in counted)
    return sum(use.staked if kind is LimitKind.WAGER else use.lost for use in counted)
