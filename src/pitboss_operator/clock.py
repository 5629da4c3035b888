"""Time, in the two shapes the operator needs: UNIX milliseconds in the store, `Y-m-d H:i:s` on the wire. Both UTC."""

import time
from datetime import UTC, datetime

FORMAT = "%Y-%m-%d %H:%M:%S"


def now_ms() -> int:
    """Now, UNIX milliseconds."""
    return time.time_ns() // 1_000_000


def wire_time(ms: int) -> str:
    """UNIX milliseconds -> `Y-m-d H:i:s`."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime(FORMAT)


def read_wire_time(text: str) -> int:
    """`Y-m-d H:i:s` -> UNIX milliseconds. Raises ValueError."""
    return int(datetime.strptime(text, FORMAT).replace(tzinfo=UTC).timestamp()) * 1000
