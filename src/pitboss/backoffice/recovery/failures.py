"""Words, filters and cells for the log of failed exchanges."""

from typing import Final

from pitboss.backoffice.grid import Cell, Column, Filter, at
from pitboss.backoffice.times import time_field, time_of
from pitboss.backoffice.url import Url
from pitboss.backoffice.visit import Visit
from pitboss.domain.invalid import Invalid
from pitboss.storage.api_errors import ApiErrorRow, ErrorFilter

DIRECTIONS: Final = {"out": "we asked", "in": "we were asked"}
DIALECTS: Final = {
    "wallet": "wallet", "agent_api v1.3": "agent API 1.3", "agent_api v1.6": "agent API 1.6", "partner_api": "partner API",
    "platform": "platform",
}  # fmt: skip
COLUMNS: Final = (
    Column("at", "When"), Column("way", "Who asked"), Column("dialect", "Dialect"), Column("command", "Command"),
    Column("error", "What went wrong"), Column("status", "HTTP", right=True), Column("reference", "About"),
    Column("ms", "Took", right=True),
)  # fmt: skip


def wanted_of(visit: Visit) -> ErrorFilter:
    """What the address asks for. Raises Invalid."""
    return ErrorFilter(
        time_of(visit, "since"), time_of(visit, "until"), visit.url.one_of("direction", DIRECTIONS) or None,
        visit.url.one_of("dialect", DIALECTS) or None, text_of(visit.url, "command"), text_of(visit.url, "error"),
        text_of(visit.url, "reference"),
    )  # fmt: skip


def fields_of(visit: Visit) -> list[Filter]:
    """The fields of the filter over the list."""
    return [
        Filter("error", "What went wrong"), Filter("reference", "About"), Filter("command", "Command"),
        Filter("direction", "Who asked", DIRECTIONS), Filter("dialect", "Dialect", DIALECTS),
        time_field(visit, "since", "From"), time_field(visit, "until", "To"),
    ]  # fmt: skip


def text_of(url: Url, member: str) -> str | None:
    """What somebody looks for, without the white space around it. Raises Invalid."""
    text = url.get(member).strip()
    if len(text) > 128 or not text.isprintable():
        raise Invalid(member, "must have at most 128 characters that can be printed")
    return text or None


def line_of(visit: Visit, failed: ApiErrorRow) -> dict[str, Cell]:
    """One line of the list; its time leads to the whole of it."""
    status = "–" if failed.http_status is None else str(failed.http_status)
    return {
        "at": at(visit, failed.at, f"{visit.url.path}/{failed.id}"),
        "way": Cell(DIRECTIONS[failed.direction], tone="quiet"),
        "dialect": Cell(DIALECTS.get(failed.dialect, failed.dialect)),
        "command": Cell(failed.command, hint=failed.url),
        "error": Cell(failed.error, tone="bad"),
        "status": Cell(status, tone="quiet" if failed.http_status is None else ""),
        "reference": Cell(failed.reference, tone="mono"),
        "ms": Cell(f"{failed.duration_ms:,} ms"),
    }
