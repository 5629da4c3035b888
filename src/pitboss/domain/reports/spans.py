"""Days and hours of a time zone, as stretches of whole quarters of an hour."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from pitboss.domain.reports.quarters import QUARTER, quarter_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def quarters_between(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The quarters from `start` to before `end` (UTC): one that has begun counts whole, at either end."""
    first, last = quarter_of(start), quarter_of(end)
    return first, last if last == end else last + QUARTER


def day_starts(start: datetime, end: datetime, zone: tzinfo) -> list[datetime]:
    """When the zone's days begin (UTC) that have something between `start` and `end`."""
    day = start.astimezone(zone).date()
    found: list[datetime] = []
    while True:
        midnight = _first_instant(datetime(day.year, day.month, day.day, tzinfo=zone))
        if midnight >= end:
            return found
        found.append(midnight)
        day += DAY


def _first_instant(midnight: datetime) -> datetime:
    at = midnight.astimezone(UTC)
    # Where clocks go forward at midnight, the day begins an hour later by its own clock: at the same instant.
    return quarter_of(at)


def hour_starts(start: datetime, end: datetime, zone: tzinfo) -> list[datetime]:
    """When the zone's hours begin (UTC) that have something between `start` and `end`. An hour that clocks repeat is two."""
    return list(_hours(start, end, zone))


def _hours(start: datetime, end: datetime, zone: tzinfo) -> Iterator[datetime]:
    hour = _hour_of(quarter_of(start), zone)
    while hour < end:
        yield hour
        following = hour + HOUR
        if _hour_of(following, zone) != following:
            # The offset changes by less than an hour in some places.
            following = next(at for at in (hour + n * QUARTER for n in range(1, 9)) if _hour_of(at, zone) != hour)
        hour = following


def _hour_of(at: datetime, zone: tzinfo) -> datetime:
    """The beginning of the local hour an instant is in: no earlier than the last change of the offset."""
    local = at.astimezone(zone)
    begin = at - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    while begin.astimezone(zone).utcoffset() != local.utcoffset():
        begin += QUARTER
    return begin
