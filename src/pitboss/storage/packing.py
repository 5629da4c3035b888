"""Columns of many rows as one text each, for `string_to_array` or `::text::…[]` to take apart.

Arrays as parameters are looked through element by element by the driver, with more work for each than PostgreSQL has with it.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

_JOINTS = ("\x1f", "\x1e", "\x1d")
_encode = msgspec.json.Encoder().encode


def array_text(values: Sequence[Any]) -> str:
    """A column as PostgreSQL writes an array: integers, booleans, text, dates, times, None. JSON's spelling of these is the same,
    but for what it escapes in text; so an encoder in C does the work."""
    text = _encode(values)
    if b"\\" in text:
        return "{" + ",".join(_quoted(values)) + "}"
    return "{" + text[1:-1].decode() + "}"


def _quoted(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        else:
            yield _encode(value).decode()


def packed(columns: Sequence[Sequence[str]]) -> list[str]:
    """A joint that stands in no value, then each column joined by it; "" stands for NULL. Columns are equally long, not empty."""
    rows = len(columns[0])
    for joint in (*_JOINTS, f"\x1f{secrets.token_hex(16)}"):
        texts = [joint.join(column) for column in columns]
        if all(text.count(joint) == rows - 1 for text in texts):
            return [joint, *texts]
    raise AssertionError("a value held a joint made by chance")


def numbers(column: Iterable[int]) -> list[str]:
    """As texts."""
    return list(map(str, column))


def moments(column: Sequence[datetime]) -> list[str]:
    """ISO 8601 with offset, exact; not empty. All at once: a tenth of the time that isoformat takes for each."""
    return _encode(column)[2:-2].decode().split('","')
