"""Time, in the one unit the studio stores: UNIX milliseconds, UTC."""

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """Now."""
    return time.time_ns() // 1_000_000


def as_datetime(milliseconds: int) -> datetime:
    """The instant as an aware UTC datetime, whole seconds."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC)
