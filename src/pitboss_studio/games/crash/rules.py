"""Crash: where a round crashes, how its multiplier rises, what a cash-out pays. Pure integers.

Multipliers are whole hundredths: 250 is 2.50. A round crashes at `c` when the multiplier would rise beyond it; whoever
has cashed out at `c` or below is paid. For every multiplier m from 1.01 to the ceiling, the chance that a round
reaches it is exactly 0.99 / m, so a cash-out at m returns m · 0.99 / m = 99 %, whichever m it is, and whether it was
set beforehand or done by hand. Rounds that do not reach 1.01 crash at 1.00, before anybody can cash out.

The crash point is ⌊99 / u⌋ hundredths for a uniform real u in (0, 1), of which 32 bits are drawn at a time until the
floor is the same for every u that begins with them. So the distribution is exact: nothing is rounded, no word is
mapped to a nearest value.
"""

from collections.abc import Callable

UNIT = 100
"""Hundredths in a multiplier of 1."""

RETURN_PARTS = 99
"""Hundredths of the stake that come back on average: a house edge of 1 %."""

LOWEST = 101
"""The lowest multiplier one can cash out at, in hundredths."""

CEILING = 100_000
"""1,000.00: a round that gets here is over, and whoever is still in it is paid this much."""

DOUBLING_MS = 8_000
"""The multiplier doubles every so many milliseconds."""

WORD = 1 << 32


def crash_point(numbers: Callable[[int], int]) -> int:
    """Where the round crashes, 100 to CEILING hundredths. `numbers(n)` gives a uniform integer in [0, n)."""
    drawn, span = 0, 1
    while True:
        drawn = drawn * WORD + numbers(WORD)
        span *= WORD
        # u lies between drawn / span and (drawn + 1) / span; the floor of 99 / u between these two.
        least = RETURN_PARTS * span // (drawn + 1)
        if least >= CEILING:
            return CEILING
        most = -(-RETURN_PARTS * span // drawn) - 1 if drawn else CEILING
        if least == most:
            return max(UNIT, least)


def multiplier_at(elapsed_ms: int) -> int:
    """The multiplier after so many milliseconds, in hundredths, 100 at 0, never falling, at most CEILING.

    It doubles every DOUBLING_MS. Within a doubling, a share f of its time has passed and the multiplier is
    1 + (2f + f²) / 3 times what it was: a parabola from 1 to 2 whose slope doubles too, so that the curve has no kink.
    """
    doublings, rest = divmod(max(0, elapsed_ms), DOUBLING_MS)
    if doublings >= CEILING.bit_length():
        return CEILING
    whole = 3 * DOUBLING_MS * DOUBLING_MS
    return min(CEILING, (UNIT << doublings) * (whole + rest * (2 * DOUBLING_MS + rest)) // whole)


def reaches_after(multiplier: int) -> int:
    """The first millisecond at which the multiplier is at least this much (up to CEILING)."""
    low, high = 0, DOUBLING_MS * CEILING.bit_length()
    while low < high:
        middle = (low + high) // 2
        if multiplier_at(middle) >= multiplier:
            high = middle
        else:
            low = middle + 1
    return low


def ends_after(crash: int, target: int) -> int:
    """When a round that nobody touches is over, in milliseconds: paid at its target, or crashed."""
    if crash >= target:
        return reaches_after(target)
    return 0 if crash < LOWEST else reaches_after(crash + 1)


def cash_out_at(crash: int, target: int, elapsed_ms: int) -> int | None:
    """What the player gets who asks for it at this time, in hundredths: 0 after a crash, None before LOWEST.

    A target that was reached by then counts, whatever comes later.
    """
    if elapsed_ms >= ends_after(crash, target):
        return target if crash >= target else 0
    now = multiplier_at(elapsed_ms)
    return now if now >= LOWEST else None
