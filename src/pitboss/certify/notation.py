"""JSON as the battery writes and reads it: exact decimals, whole numbers of any length, and broken text where a case wants it."""

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

# Of an amount. The document has 18 digits; within these bounds every sum fits into the 28 that Decimal computes with.
_MOST_DIGITS: Final = 28
_MOST_WHOLE: Final = 18
_MOST_DECIMALS: Final = 9
# Of the exponent of a number that is written out: one with more would fill the memory.
_MOST_EXPONENT: Final = 400


@dataclass(frozen=True)
class Literal:
    """Text that goes into the JSON as it stands, be it JSON or not."""

    text: str


class Unreadable(Exception):
    """The bytes are not JSON; says why."""


def write(value: object) -> str:
    """JSON text of dicts, lists, strings, whole numbers, Decimals, booleans, None and `Literal`s."""
    if isinstance(value, Literal):
        return value.text
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) <= _MOST_EXPONENT else str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {write(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(write(member) for member in value) + "]"
    if value is None or isinstance(value, str | bool | int):
        return json.dumps(value)
    raise TypeError(f"no notation for {type(value).__name__}")


def read(raw: bytes) -> Any:
    """What JSON says, its fractions as Decimals.

    Raises Unreadable for anything else, NaN and Infinity included: they are in no JSON standard.
    """
    try:
        return json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8") from None
    except RecursionError:
        raise Unreadable("it is nested too deep") from None
    except (ValueError, InvalidOperation) as error:
        raise Unreadable(str(error)) from None


def _refuse(name: str) -> None:
    raise Unreadable(f"{name} is not a JSON number")


def as_decimal(value: object) -> Decimal | None:
    """An amount an answer holds, as a number or as a plain decimal string; None for anything else."""
    if isinstance(value, bool):
        return None
    if not isinstance(value, int | Decimal | str):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    if (
        not amount.is_finite()
        or len(amount.as_tuple().digits) > _MOST_DIGITS
        or abs(amount.adjusted()) > _MOST_EXPONENT
    ):
        return None
    amount = amount.normalize() if amount else Decimal(0)
    fits = amount.adjusted() < _MOST_WHOLE and amount == round(amount, _MOST_DECIMALS)
    return amount if fits else None


def same_text(left: object, right: object) -> bool:
    """Whether two JSON values are told alike, `113` and `"113"` included: the document's own examples take them for one."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_text(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_text, left, right))
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    numbers = as_decimal(left), as_decimal(right)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return type(left) is type(right) and left == right
