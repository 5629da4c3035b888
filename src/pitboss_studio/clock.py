"""Time, in the one unit the studio stores: UNIX milliseconds, UTC."""

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """Now."""
    return time.time_ns() // 1_000_000


_ANCHOR = time.time_ns() - time.monotonic_ns()


def steady_ms() -> int:
    """Now, for measuring how long ago something was: UNIX milliseconds that no change of the clock moves meanwhile.

    It agrees with `now_ms` when the process starts, so that what an earlier process has noted down can be measured too.
    """
    return (_ANCHOR + time.monotonic_ns()) // 1_000_000


def as_datetime(milliseconds: int) -> datetime:
    """The instant as an aware UTC datetime, whole seconds."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC)
