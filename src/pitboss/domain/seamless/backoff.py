"""When a call that failed is tried again (wallet protocol, "Backoff")."""

from datetime import timedelta

FIRST, SOON, LATE = timedelta(seconds=1), timedelta(seconds=15), timedelta(minutes=5)
SOON_FOR = timedelta(minutes=10)
_DOUBLINGS = 12


def pause_after(tries: int, age: timedelta, jitter: int) -> timedelta:
    """1 s doubling to 15 s in the first ten minutes, then doubling on to 5 minutes. `tries` so far, from 1; `age` since it was
    first asked; `jitter` from 0 to 100 takes off up to half of it."""
    longest = SOON if age < SOON_FOR else LATE
    doublings = min(max(tries, 1) - 1, _DOUBLINGS)
    pause = min(FIRST * (1 << doublings), longest)
    return pause - pause * jitter // 200
