"""What all reports are asked with: a stretch of time in some time zone, a page of it, and JSON or CSV."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pitboss.edges.partner_api.call import ReadCall

PER_PAGE, MOST_PER_PAGE, _LAST_PAGE = 100, 1_000, 100_000_000
DEFAULT_STRETCH = timedelta(days=31)
_EARLIEST, _LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(9999, 12, 1, tzinfo=UTC)
"""All a hub knows lies between them."""
_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}:[0-9]{2})?")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")


class Page(NamedTuple):
    """Which page, from 1."""

    number: int
    per_page: int

    @property
    def offset(self) -> int:
        """How many rows come before it."""
        return (self.number - 1) * self.per_page


class Stretch(NamedTuple):
    """[since, until), UTC, and the zone it was asked in."""

    since: datetime
    until: datetime
    zone: tzinfo


class Table(NamedTuple):
    """A page of a report: rows by the names of their columns, which are the CSV's, and how many rows there are in all."""

    columns: tuple[str, ...]
    items: list[dict[str, object]]
    page: Page
    total: int

    @property
    def next(self) -> int | None:
        """The number of the next page, where there is one."""
        return self.page.number + 1 if self.page.offset + len(self.items) < self.total and self.items else None


def read_page(call: ReadCall) -> Page:
    """`page` and `perPage`. Checks `format` as well, so that a wrong one costs no work."""
    call.fields.choice("format", ("json", "csv"), "json")
    number = call.fields.whole_number("page", 1, 1, _LAST_PAGE)
    return Page(number, call.fields.whole_number("perPage", PER_PAGE, 1, MOST_PER_PAGE))


def read_stretch(call: ReadCall) -> Stretch:
    """`startDate` to before `endDate`: the last 31 days where nothing is said."""
    zone = read_zone(call)
    until = read_moment(call, "endDate", zone) or call.now
    since = read_moment(call, "startDate", zone) or max(until - DEFAULT_STRETCH, _EARLIEST)
    if since > until:
        raise call.fields.wrong("startDate", "must not be after endDate")
    return Stretch(since, until, zone)


def read_zone(call: ReadCall) -> tzinfo:
    """`timezone`: an IANA name."""
    name = call.fields.optional_text("timezone") or "UTC"
    # Names are looked up as files: nothing that is no name may get there.
    if _ZONE.fullmatch(name) is not None:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            pass
    raise call.fields.wrong("timezone", "must be an IANA name like Europe/Berlin")


def read_moment(call: ReadCall, name: str, zone: tzinfo) -> datetime | None:
    """RFC 3339, or a local time or day of the zone -> UTC; None when absent. What lies before or after all that can have happened
    is told as its edge, so that there is time left around it to calculate with."""
    text = call.fields.optional_text(name)
    if text is None or _LOCAL.fullmatch(text) is None:
        moment = call.fields.time(name)
        return None if moment is None else _possible(moment)
    try:
        return _possible(datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC))
    except (ValueError, OverflowError):
        raise call.fields.wrong(name, "is no such time") from None


def _possible(moment: datetime) -> datetime:
    return min(max(moment, _EARLIEST), _LATEST)
