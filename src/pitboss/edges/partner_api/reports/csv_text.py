"""A report as CSV (RFC 4180): quoted where it must be, and no cell a spreadsheet would take for a formula."""

import csv
import io
import re
from collections.abc import Mapping, Sequence

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(columns: Sequence[str], items: Sequence[Mapping[str, object]]) -> str:
    """A line of names, then one for each item; null is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(item.get(column)) for column in columns] for item in items)
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    # A number with a sign is one; any other text that begins like a formula is marked as text.
    return f"'{text}" if text.startswith(_FORMULA) and _NUMBER.fullmatch(text) is None else text
