"""SQL files, and their composition into one statement.

A file under `sql/` with `$1`-style parameters is used as it is. Files with `:name` parameters are pieces: `together` makes one
data-modifying statement of several, `alone` a statement of one, for engines that want them apart (Citus). Same SQL either way.
`joined` makes one of a beginning and an end that also go with others. An array of a piece (`:name::bigint[]`) is given as text
(`packing.array_text`): the driver takes five times as long over its elements.
"""

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)(::[a-z]+\[\])?")


class Statement(NamedTuple):
    """SQL text and the names of its parameters in order."""

    sql: str
    parameters: tuple[str, ...]


@cache
def sql(path: str) -> str:
    """The text of `sql/<path>.sql`."""
    return (files("pitboss.storage") / "sql" / f"{path}.sql").read_text("utf-8")


@cache
def together(*paths: str) -> Statement:
    """One statement that runs all pieces and returns, for each, how many rows it touched."""
    parts = [f"c{i} AS (\n{sql(path)})" for i, path in enumerate(paths)]
    counts = ", ".join(f"(SELECT count(*) FROM c{i})" for i in range(len(paths)))  # noqa: S608 - names of our own
    return _numbered(f"WITH {', '.join(parts)}\nSELECT {counts}")


@cache
def alone(path: str) -> Statement:
    """One piece as a statement of its own; it returns a row for each row it touched."""
    return _numbered(sql(path))


@cache
def joined(*paths: str) -> Statement:
    """Pieces put behind one another, as one statement."""
    return _numbered("".join(sql(path) for path in paths))


def _numbered(text: str) -> Statement:
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[1] not in names:
            names.append(match[1])
        place = f"${names.index(match[1]) + 1}"
        return f"{place}::text{match[2]}" if match[2] else place

    return Statement(_PARAMETER.sub(number, text), tuple(names))
