"""What a measurement ends with."""

import json
from typing import NamedTuple


class BenchError(Exception):
    """A measurement that cannot be had, or whose answers were wrong; the message is one line."""


class Figure(NamedTuple):
    """`ours` against `peer` in `unit`; peer and ratio are None for bars that are absolute."""

    bar: str
    ours: float
    peer: float | None
    ratio: float | None
    unit: str

    def as_line(self) -> str:
        """The one line of `--json`."""
        rounded = {
            name: round(value, 4) if isinstance(value, float) else value for name, value in self._asdict().items()
        }
        return json.dumps(rounded)


def against(bar: str, ours: float, peer: float, unit: str) -> Figure:
    """A figure beside its peer's of the same run."""
    return Figure(bar, ours, peer, ours / peer if peer else None, unit)
