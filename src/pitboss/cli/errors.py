"""`pitboss errors`: exchanges with operators and studios that failed, in both directions."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from pitboss.cli.administration import HIGHEST_ID, AsJson, Desk, at_desk, show_rows
from pitboss.cli.connect import DatabaseUrl
from pitboss.domain.invalid import Invalid
from pitboss.storage.agents import agent_exists
from pitboss.storage.api_errors import KEPT, ApiErrorRow, read_errors

app = typer.Typer(no_args_is_help=True)

_AGO = re.compile(r"([0-9]{1,5})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SHOWN = 100


class Direction(StrEnum):
    """Who called whom."""

    IN = "in"
    OUT = "out"


@app.callback()
def _group() -> None:
    """Exchanges with operators and studios that failed; they are kept for a week."""


@app.command("list")
def list_(
    agent: Annotated[
        int, typer.Option(min=0, max=HIGHEST_ID, help="The agent's id; 0 for calls that cannot be attributed.")
    ],
    since: Annotated[
        str, typer.Option(help="How long ago (90s, 30m, 2h, 3d) or an ISO time; UTC where it says none.")
    ] = "1d",
    direction: Annotated[Direction | None, typer.Option(help="in: they called us; out: we called them.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest first.")] = _SHOWN,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """List failed exchanges, the newest first; with --json their requests and answers too. Secrets are masked.

    Example: pitboss errors list --agent 9 --since 2h --direction out
    """

    async def work(desk: Desk) -> list[ApiErrorRow]:
        if agent and not await agent_exists(desk.conn, agent):
            raise Invalid("agent", f"there is no agent {agent}")
        # Processes' clocks may be a little ahead of this one's.
        until = desk.now + timedelta(days=1)
        return await read_errors(desk.conn, agent, read_since(since, desk.now), until, direction, limit)

    rows = at_desk(work, database_url)
    show_rows([_whole(row) if as_json else _line(row) for row in rows], as_json)


def read_since(text: str, now: datetime) -> datetime:
    """`2h` before `now`, or the ISO time `text` is; not before what is kept. Raises Invalid."""
    ago = _AGO.fullmatch(text)
    try:
        at = now - timedelta(**{_UNITS[ago[2]]: int(ago[1])}) if ago else datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise Invalid("since", "must look like 90s, 30m, 2h, 3d or 2026-01-31T12:00:00") from None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(at, now - 2 * KEPT)


def _whole(row: ApiErrorRow) -> dict[str, object]:
    return row._asdict() | {"at": _told(row.at)}


def _line(row: ApiErrorRow) -> dict[str, object]:
    return {
        "at": _told(row.at),
        "way": f"{row.direction} {row.dialect}",
        "command": row.command,
        "reference": row.reference,
        "status": row.http_status,
        "error": row.error,
        "ms": row.duration_ms,
        "url": row.url,
    }


def _told(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
