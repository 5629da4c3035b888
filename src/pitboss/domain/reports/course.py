"""How two days of play went, by quarters of an hour: today as far as it is, beside yesterday. All sums are exact."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from pitboss.domain.reports.quarters import QUARTER, add_exact, quarter_of

_NOTHING = Decimal(0)


class Tally(NamedTuple):
    """What was played in a quarter in one currency: minor units, and the same in base currency (major units). `winnings` hold
    jackpots, as in `stats`."""

    quarter: datetime
    currency: str
    bets: int
    turnover: int
    winnings: int
    turnover_in_base: Decimal
    winnings_in_base: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of a stretch of time, in one currency or in several: then minor units mean nothing, and those in base currency count."""

    bets: int = 0
    turnover: int = 0
    winnings: int = 0
    turnover_in_base: Decimal = _NOTHING
    winnings_in_base: Decimal = _NOTHING

    @property
    def ggr(self) -> int:
        """Minor units."""
        return self.turnover - self.winnings

    @property
    def ggr_in_base(self) -> Decimal:
        """Major units of the base currency, exact."""
        return add_exact(self.turnover_in_base, self.winnings_in_base.copy_negate())

    def plus(self, other: "Tally | Totals") -> "Totals":
        """With what is played elsewhere as well, in the same currency or base currency."""
        return Totals(
            self.bets + other.bets,
            self.turnover + other.turnover,
            self.winnings + other.winnings,
            add_exact(self.turnover_in_base, other.turnover_in_base),
            add_exact(self.winnings_in_base, other.winnings_in_base),
        )


@dataclass(frozen=True, slots=True)
class Course:
    """`yesterday` and `today`: when those days began (UTC), in whatever zone; `now`: when it was read."""

    yesterday: datetime
    today: datetime
    now: datetime
    tallies: tuple[Tally, ...]

    @property
    def by_then(self) -> datetime:
        """As far into yesterday as today's quarters that are over."""
        return min(self.yesterday + (quarter_of(self.now) - self.today), self.today)

    @property
    def of_today(self) -> Totals:
        """As far as it is."""
        return _sum(self.between(self.today, None))

    @property
    def of_yesterday(self) -> Totals:
        """The whole day."""
        return _sum(self.between(self.yesterday, self.today))

    @property
    def of_yesterday_by_then(self) -> Totals:
        """As far as `by_then`."""
        return _sum(self.between(self.yesterday, self.by_then))

    def between(self, start: datetime, end: datetime | None) -> list[Tally]:
        """The tallies of quarters from `start` to before `end`."""
        return [t for t in self.tallies if t.quarter >= start and (end is None or t.quarter < end)]

    def by_currency(self, start: datetime, end: datetime | None) -> Mapping[str, Totals]:
        """The sums of each currency in which something was played."""
        found: dict[str, Totals] = {}
        for tally in self.between(start, end):
            found[tally.currency] = found.get(tally.currency, Totals()).plus(tally)
        return found

    def curve(self, start: datetime, end: datetime) -> list[Decimal]:
        """GGR since `start` in base currency: nothing then, and as it was at the end of each quarter that begins before `end`."""
        each: dict[datetime, Decimal] = {}
        for tally in self.between(start, end):
            ggr = add_exact(tally.turnover_in_base, tally.winnings_in_base.copy_negate())
            each[tally.quarter] = add_exact(each.get(tally.quarter, _NOTHING), ggr)
        total, points = _NOTHING, [_NOTHING]
        for quarter in _quarters(start, end):
            total = add_exact(total, each.get(quarter, _NOTHING))
            points.append(total)
        return points

    @property
    def of_late(self) -> datetime:
        """When the quarter before this one began: what is called of late is since then."""
        return of_late(self.now)

    @property
    def bets_of_late(self) -> int:
        """Bets since `of_late`."""
        return sum(tally.bets for tally in self.between(self.of_late, None))


def of_late(now: datetime) -> datetime:
    """When the quarter of an hour before the one of `now` began (UTC)."""
    return quarter_of(now) - QUARTER


def _sum(tallies: Iterable[Tally]) -> Totals:
    total = Totals()
    for tally in tallies:
        total = total.plus(tally)
    return total


def _quarters(start: datetime, end: datetime) -> Iterable[datetime]:
    while start < end:
        yield start
        start += QUARTER
