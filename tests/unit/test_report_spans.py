"""Days and hours of time zones: a table of what calendars say."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pitboss.domain.reports.spans import day_starts, hour_starts, quarters_between


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


# Clocks go back in Berlin on October 25 and forward on March 29; Kathmandu is at +05:45; Lord Howe moves by half an hour.
@pytest.mark.parametrize(
    ("zone", "start", "end", "days"),
    [
        ("UTC", "03-01T00:00", "03-03T00:00", ["03-01T00:00", "03-02T00:00"]),
        ("UTC", "03-01T23:45", "03-02T00:15", ["03-01T00:00", "03-02T00:00"]),
        ("Europe/Berlin", "10-24T22:00", "10-26T23:00", ["10-24T22:00", "10-25T23:00"]),
        ("Europe/Berlin", "03-28T23:00", "03-30T22:00", ["03-28T23:00", "03-29T22:00"]),
        ("Asia/Kathmandu", "03-01T18:00", "03-01T18:30", ["02-28T18:15", "03-01T18:15"]),
        ("America/New_York", "03-01T00:00", "03-01T06:00", ["02-28T05:00", "03-01T05:00"]),
    ],
)
def test_days(zone: str, start: str, end: str, days: list[str]) -> None:
    assert day_starts(utc(start), utc(end), ZoneInfo(zone)) == [utc(day) for day in days]


@pytest.mark.parametrize(
    ("zone", "start", "end", "hours"),
    [
        ("UTC", "03-01T10:15", "03-01T12:00", ["03-01T10:00", "03-01T11:00"]),
        ("Asia/Kolkata", "03-01T10:15", "03-01T11:45", ["03-01T09:30", "03-01T10:30", "03-01T11:30"]),
        # Two o'clock comes twice; and not at all.
        ("Europe/Berlin", "10-25T00:00", "10-25T02:00", ["10-25T00:00", "10-25T01:00"]),
        ("Europe/Berlin", "03-29T00:30", "03-29T01:30", ["03-29T00:00", "03-29T01:00"]),
        # At two in the morning it is half past one again (15:00 UTC): the hour of one is cut in two.
        ("Australia/Lord_Howe", "04-04T13:00", "04-04T16:30", ["04-04T13:00", "04-04T14:00", "04-04T15:00", "04-04T15:30"]),
    ],
)  # fmt: skip
def test_hours(zone: str, start: str, end: str, hours: list[str]) -> None:
    assert hour_starts(utc(start), utc(end), ZoneInfo(zone)) == [utc(hour) for hour in hours]


def test_a_quarter_that_has_begun_counts() -> None:
    assert quarters_between(utc("03-01T10:14:59"), utc("03-01T11:00")) == (utc("03-01T10:00"), utc("03-01T11:00"))
    assert quarters_between(utc("03-01T10:15"), utc("03-01T11:00:01")) == (utc("03-01T10:15"), utc("03-01T11:15"))
