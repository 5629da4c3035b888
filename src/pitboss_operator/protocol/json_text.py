"""JSON without floats: numbers with a point stay the text they came as, amounts are written with their own digits."""

import json
from collections.abc import Mapping


class NumberText(str):
    """A JSON number with a point or an exponent, as it was written."""

    __slots__ = ()


class NotJson(ValueError):
    """The bytes are no JSON."""


def read(raw: bytes) -> object:
    """Decode. Raises NotJson, for NaN, Infinity and endless nesting too."""
    try:
        return json.loads(raw.decode("utf-8"), parse_float=NumberText, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(type(error).__name__)) from None


def write(value: object) -> str:
    """Encode texts, integers, booleans, null, NumberText, lists and mappings, in their order."""
    if isinstance(value, NumberText):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(name)}:{write(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(write, value)) + "]"
    if value is None or isinstance(value, str | bool | int):
        return json.dumps(value)
    raise TypeError(f"{type(value).__name__} is not written")


def _no_constant(name: str) -> object:
    raise ValueError(name)
