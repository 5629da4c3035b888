"""How many events a tenant may send to one process in a second."""

import math
import time
from collections.abc import Callable


class EventRate:
    """Token buckets that hold one second's worth. A batch is let in while anything is left and charged when it has been counted, so
    a batch of any size passes once, and is paid for before the next."""

    def __init__(self, per_second: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._monotonic = monotonic
        self._buckets: dict[int, tuple[float, float]] = {}

    def wait(self, agent_id: int) -> int:
        """0 when a batch may come in, else after how many whole seconds."""
        left = self._left(agent_id)
        return 0 if left >= 1 else max(1, math.ceil((1 - left) / self._per_second))

    def charge(self, agent_id: int, events: int) -> None:
        """Take so many; what is left may be less than nothing."""
        self._buckets[agent_id] = (self._left(agent_id) - events, self._monotonic())

    def _left(self, agent_id: int) -> float:
        now = self._monotonic()
        left, then = self._buckets.get(agent_id, (float(self._per_second), now))
        return min(self._per_second, left + (now - then) * self._per_second)
