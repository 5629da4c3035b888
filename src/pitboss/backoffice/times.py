"""Times in addresses: entered by the person's own clock, kept in UTC, so that the address says the same to everybody."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from nicegui import ui

from pitboss.backoffice.grid import Filter
from pitboss.backoffice.visit import Visit
from pitboss.domain.invalid import Invalid


def time_of(visit: Visit, member: str) -> datetime | None:
    """The time (UTC) that a member of the address says, by the person's clock where it names no zone. Raises Invalid."""
    text = visit.url.get(member)
    return read_time(visit, member, text) if text else None


def read_time(visit: Visit, field: str, text: str) -> datetime:
    """The time (UTC) that was entered, by the person's clock where it names no zone. Raises Invalid."""
    try:
        said = datetime.fromisoformat(text)
        at = (said if said.tzinfo else said.replace(tzinfo=visit.zone)).astimezone(UTC)
        # In the person's zone it must be a time as well: on the first and last days that there are it may be none.
        at.astimezone(visit.zone)
    except (ValueError, OverflowError):
        raise Invalid(field, "must be a time such as 2026-01-31T12:00") from None
    return at


def in_utc(visit: Visit, *members: str) -> Visit:
    """The same visit, these members of its address in UTC; the browser's address follows. What is no time stays as it is."""
    url = visit.url
    for member in members:
        with suppress(Invalid):
            url = url.with_(**{member: _written(time_of(visit, member))})
    if url != visit.url:
        # Query encoding leaves nothing in it that could end the script.
        ui.add_body_html(f"<script>history.replaceState(history.state, '', {json.dumps(str(url))})</script>")
    return replace(visit, url=url)


def time_field(visit: Visit, member: str, label: str) -> Filter:
    """A filter's field for a time, which shows the person's own clock; empty where the address says no time."""
    at = None
    with suppress(Invalid):
        at = time_of(visit, member)
    shown = "" if at is None else f"{at.astimezone(visit.zone):%Y-%m-%dT%H:%M:%S}"
    return Filter(member, label, type="datetime-local", shown=shown)


def _written(at: datetime | None) -> str:
    return "" if at is None else at.isoformat().replace("+00:00", "Z")
