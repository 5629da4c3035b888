"""How many calls one key, and one tenant, may make of one process."""

import math
import time
from collections.abc import Callable, Hashable


class RateLimit:
    """Token buckets that hold one second's worth of calls. As many as there are names (keys, agents), which are known ones only."""

    def __init__(self, per_second: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._monotonic = monotonic
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def wait(self, name: Hashable) -> int:
        """0 when the call may pass, else after how many whole seconds it would."""
        now = self._monotonic()
        left, then = self._buckets.get(name, (float(self._per_second), now))
        left = min(self._per_second, left + (now - then) * self._per_second)
        if left < 1:
            self._buckets[name] = (left, now)
            return max(1, math.ceil((1 - left) / self._per_second))
        self._buckets[name] = (left - 1, now)
        return 0
