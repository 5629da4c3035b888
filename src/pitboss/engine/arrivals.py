"""Names for what arrives: ids from clock and chance, numbers from the process's own range."""

import itertools
import random
import secrets
import time
from collections.abc import Callable

from pitboss.domain import ids


class Arrivals:
    """Gives out ids and numbers. `process` comes from storage, once a start, so that no two processes share a number."""

    def __init__(self, process: int, unix_ns: Callable[[], int] = time.time_ns) -> None:
        self._process = process
        self._counter = itertools.count()
        self._unix_ns = unix_ns
        self._last_ns = 0
        # Ids need be unique, not secret; a CSPRNG costs ten times as much. Tokens below are secret.
        self._random = random.Random(secrets.randbits(256))  # noqa: S311

    def id(self, after_ns: int = 0) -> str:
        """32 hex digits, greater than all before of this process, and than any of `after_ns`, even when the clock steps back."""
        self._last_ns = now = max(self._unix_ns(), self._last_ns + 1, after_ns + 1)
        return ids.time_ordered_id(now, self._random.getrandbits(64))

    def number(self) -> int:
        """An integer no other process gives out."""
        return ids.number(self._process, next(self._counter))

    def session_token(self, prefix: str) -> str:
        """A secret token that carries its agent."""
        return ids.session_token(prefix, secrets.randbits(256))

    def player_id(self, prefix: str) -> str:
        """A new playerId."""
        return ids.player_id(prefix, secrets.randbits(128))
