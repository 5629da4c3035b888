"""What a player may deposit, stake, lose and play in a day, week or month, and for how long it stays away (the partner API,
"setPlayerLimits").

A stricter limit holds at once, a looser one a day later. Periods are those of UTC; weeks begin on Monday. Money is in minor units.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T", int, datetime)

RAISING_WAITS = timedelta(hours=24)


class LimitKind(StrEnum):
    """What is limited. `sessionTime` counts whole minutes of play, the others money of one currency."""

    DEPOSIT = "deposit"
    WAGER = "wager"
    LOSS = "loss"
    SESSION_TIME = "sessionTime"


class Period(StrEnum):
    """How long a counter runs before it begins again."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def period_start(period: Period, at: datetime) -> date:
    """The first day (UTC) of the period a moment is in."""
    day = at.astimezone(UTC).date()
    if period is Period.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period is Period.MONTH else day


class LimitName(NamedTuple):
    """Which limit it is. `currency` is empty for session time, which counts all of a player's currencies together."""

    kind: LimitKind
    period: Period
    currency: str


@dataclass(frozen=True, slots=True)
class Pending(Generic[T]):
    """A looser value that holds from `since` on; None is none at all."""

    value: T | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Held(Generic[T]):
    """A limit: the value in force when it was written, None for none, and what it becomes later."""

    value: T | None = None
    pending: Pending[T] | None = None

    @property
    def empty(self) -> bool:
        """Whether there is no limit, now or later."""
        return self.value is None and self.pending is None

    def at(self, now: datetime) -> "Held[T]":
        """The same, a pending value that is due taken as in force."""
        if self.pending is None or self.pending.since > now:
            return self
        return Held(self.pending.value)


def change(held: Held[T], asked: T | None, now: datetime, looser: Callable[[T, T], bool]) -> Held[T]:
    """The limit after `asked` was asked for. `looser(a, b)`: whether a leaves more room than b. What is as strict as the value in
    force, or stricter, holds now and ends what was pending; asking for what is pending already does not begin the wait anew."""
    known = held.at(now)
    if known.value is None or (asked is not None and not looser(asked, known.value)):
        return Held(asked)
    if known.pending is not None and known.pending.value == asked:
        return known
    return Held(known.value, Pending(asked, now + RAISING_WAITS))


def higher(asked: int, known: int) -> bool:
    """Looser for amounts and minutes."""
    return asked > known


def earlier(asked: datetime, known: datetime) -> bool:
    """Looser for the end of a time away."""
    return asked < known


@dataclass(frozen=True, slots=True)
class PlayerLimits:
    """All that limits one player."""

    limits: Mapping[LimitName, Held[int]] = field(default_factory=dict)
    cool_off_until: Held[datetime] = field(default_factory=Held)
    self_excluded_until: Held[datetime] = field(default_factory=Held)

    def in_force(self, kind: LimitKind, currency: str, now: datetime) -> Mapping[Period, int]:
        """The limits of a kind that hold now, by period."""
        found = {}
        for period in Period:
            held = self.limits.get(LimitName(kind, period, currency))
            value = held.at(now).value if held is not None else None
            if value is not None:
                found[period] = value
        return found

    def away(self, now: datetime) -> bool:
        """Whether the player cools off or has excluded itself."""
        ends = (self.cool_off_until.at(now).value, self.self_excluded_until.at(now).value)
        return any(end is not None and now < end for end in ends)

    def set_limit(self, name: LimitName, asked: int | None, now: datetime) -> "PlayerLimits":
        """With one limit asked for anew; None asks for no such limit."""
        held = change(self.limits.get(name, Held()), asked, now, higher)
        limits = {known: value for known, value in self.limits.items() if known != name}
        if not held.empty:
            limits[name] = held
        return PlayerLimits(limits, self.cool_off_until, self.self_excluded_until)

    def set_cool_off(self, until: datetime | None, now: datetime) -> "PlayerLimits":
        """With another end of the cool-off; None asks for none."""
        return PlayerLimits(self.limits, _away_until(self.cool_off_until, until, now), self.self_excluded_until)

    def set_self_exclusion(self, until: datetime | None, now: datetime) -> "PlayerLimits":
        """With another end of the self-exclusion; None asks for none."""
        return PlayerLimits(self.limits, self.cool_off_until, _away_until(self.self_excluded_until, until, now))


def _away_until(held: Held[datetime], until: datetime | None, now: datetime) -> Held[datetime]:
    known = held.at(now)
    # What is over limits nobody: a new one is not measured by it.
    over = known.value is not None and known.value <= now
    return change(Held() if over else held, until, now, earlier)
