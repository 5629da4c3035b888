"""Ids for rounds and transactions: integers of 19 digits that grow with time and never repeat.

UNIX milliseconds, then six random digits. A fresh data directory cannot repeat ids an operator remembers, as a
counter would.
"""

import secrets
import threading

from pitboss_studio.clock import now_ms

_lock = threading.Lock()
_last = 0


def new_id() -> int:
    """The next id; larger than every one before it in this process."""
    global _last
    with _lock:
        _last = max(_last + 1, now_ms() * 1_000_000 + secrets.randbelow(1_000_000))
        return _last


def new_session_id() -> str:
    """256 random bits, safe in a URL path: whoever has it may play the session."""
    return secrets.token_urlsafe(32)
