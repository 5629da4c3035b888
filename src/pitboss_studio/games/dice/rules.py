"""Tenfold Dice: a roll from 0.00 to 99.99, under or over a target. Pure integers; the only place that says what pays.

A roll is one of 10,000 numbers, counted in hundredths. The player chooses a chance, the number of rolls that win, and a
side: `under` wins on the lowest so many rolls, `over` on the highest. Everything returns exactly 99 %: a win pays
9900 ÷ chance times the stake. So that no pay is ever rounded, only chances are on offer that make this a whole number of
tenths, those that divide 99,000; every bet value is even in tenths. From 0.1 % (pays 990 times the stake) to 90 % (1.1 times).
"""

ROLLS = 10_000
SIDES = ("under", "over")

RETURN_IN_TENTHS = ROLLS * 99 // 100 * 10
"""Chance × pay of every offer, the pay in tenths of the stake: 99,000 of 100,000 is a return of 99 %."""

SMALLEST_CHANCE = 10
LARGEST_CHANCE = 9_000

CHANCES: tuple[int, ...] = tuple(
    chance for chance in range(SMALLEST_CHANCE, LARGEST_CHANCE + 1) if RETURN_IN_TENTHS % chance == 0
)
"""The chances on offer, ascending: 10, 11, 12, 15… 4950 (pays twice the stake)… 8250, 9000."""


def pay_in_tenths(chance: int) -> int:
    """What a win at this chance pays, in tenths of the stake, the stake included."""
    return RETURN_IN_TENTHS // chance


def winning_rolls(side: str, chance: int) -> range:
    """The rolls that win, in hundredths."""
    return range(chance) if side == "under" else range(ROLLS - chance, ROLLS)


def target(side: str, chance: int) -> int:
    """The number, in hundredths, that a winning roll is under, or over: `under` 4950, `over` 5049."""
    return chance if side == "under" else ROLLS - chance - 1


def chance_of(side: str, wanted: int) -> int | None:
    """The chance on offer with this target; None where there is none."""
    chance = wanted if side == "under" else ROLLS - wanted - 1
    return chance if chance in CHANCES else None


def hundredths(text: str) -> int | None:
    """A target as players write it, `49.5` or `49.50`, in hundredths; None when it is none."""
    whole, dot, fraction = text.partition(".")
    digits = whole + fraction
    if not (digits.isascii() and digits.isdigit()) or not 1 <= len(whole) <= 2 or len(fraction) > 2:
        return None
    if dot and not fraction:
        return None
    return int(whole) * 100 + int(fraction.ljust(2, "0"))


def shown(number: int) -> str:
    """A number in hundredths as players see it, `"49.50"`, `"07.00"`."""
    return f"{number // 100:02d}.{number % 100:02d}"


def digits(roll: int) -> list[str]:
    """What the four ten-sided dice show, from the tens to the hundredths."""
    return list(f"{roll:04d}")
