"""European roulette: the wheel, the places to bet on, and what they pay. The only place that says so.

One zero. Zero belongs to no outside bet; the French rules for even money (en prison, la partage) do not apply. A place
that covers n numbers returns 36 ÷ n times its stake when one of them is drawn, the stake itself included.
"""

from collections.abc import Iterator
from dataclasses import dataclass

POCKETS = 37
WHEEL = (
    0, 32, 15, 19, 4, 21, 2, 25, 17, 34, 6, 27, 13, 36, 11, 30, 8, 23, 10,
    5, 24, 16, 33, 1, 20, 14, 31, 9, 22, 18, 29, 7, 28, 12, 35, 3, 26,
)  # fmt: skip
"""The pockets clockwise."""

RED = frozenset({1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36})

PAYS: dict[str, int] = {
    "straight": 35,
    "split": 17,
    "street": 11,
    "trio": 11,
    "corner": 8,
    "first_four": 8,
    "six_line": 5,
    "dozen": 2,
    "column": 2,
    "even_money": 1,
}
"""What each kind of bet pays, to one."""


@dataclass(frozen=True)
class Place:
    """A place on the table: its name in requests, its kind (a key of PAYS), and the numbers it wins on."""

    name: str
    kind: str
    numbers: tuple[int, ...]


def color(pocket: int) -> str:
    """`red`, `black`, or `green` for zero."""
    if pocket == 0:
        return "green"
    return "red" if pocket in RED else "black"


def even_odd(pocket: int) -> str:
    """`even`, `odd`, or `zero`, which is neither."""
    if pocket == 0:
        return "zero"
    return "odd" if pocket % 2 else "even"


def returned(place: Place, pocket: int) -> int:
    """How many times its stake a bet on this place gets back when this pocket is drawn, the stake included; 0 if lost."""
    return PAYS[place.kind] + 1 if pocket in place.numbers else 0


def _inside() -> Iterator[tuple[str, tuple[int, ...]]]:
    """The table has twelve rows of three, 1-2-3 to 34-35-36, and zero before the first."""
    yield from (("straight", (number,)) for number in range(POCKETS))
    yield from (("split", (0, number)) for number in (1, 2, 3))
    yield from (("trio", numbers) for numbers in ((0, 1, 2), (0, 2, 3)))
    yield "first_four", (0, 1, 2, 3)
    for first in range(1, 37, 3):
        row = (first, first + 1, first + 2)
        yield "street", row
        yield "split", row[:2]
        yield "split", row[1:]
        if first < 34:
            yield from (("split", (number, number + 3)) for number in row)
            yield from (("corner", (number, number + 1, number + 3, number + 4)) for number in row[:2])
            yield "six_line", tuple(range(first, first + 6))


def _outside() -> Iterator[tuple[str, str, tuple[int, ...]]]:
    numbers = range(1, POCKETS)
    for part in (1, 2, 3):
        yield f"dozen-{part}", "dozen", tuple(numbers[12 * part - 12 : 12 * part])
        yield f"column-{part}", "column", tuple(numbers[part - 1 :: 3])
    yield "low", "even_money", tuple(numbers[:18])
    yield "high", "even_money", tuple(numbers[18:])
    yield "even", "even_money", tuple(numbers[1::2])
    yield "odd", "even_money", tuple(numbers[0::2])
    yield "red", "even_money", tuple(sorted(RED))
    yield "black", "even_money", tuple(number for number in numbers if number not in RED)


def _places() -> Iterator[Place]:
    for kind, numbers in _inside():
        yield Place("-".join((kind, *map(str, numbers))), kind, numbers)
    for name, kind, numbers in _outside():
        yield Place(name, kind, numbers)


PLACES: dict[str, Place] = {place.name: place for place in _places()}
"""Every place by its name: `straight-17`, `split-17-20`, `street-1-2-3`, `dozen-2`, `column-1`, `red`…"""
