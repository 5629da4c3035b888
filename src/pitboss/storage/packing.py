"""Columns of many rows as one text each, for `::text::…[]` to take apart.

Arrays as parameters are looked through element by element by the driver, with more work for each than PostgreSQL has with it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

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
