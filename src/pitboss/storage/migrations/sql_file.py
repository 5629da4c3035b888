"""Run a migration's SQL file: one statement per execute, with places for tables where Citus is.

A statement ends at a `;` at a line's end that is followed by a blank line, a `-- place` line, or the end of the file;
so the body of a DO block holds no blank line behind a `;`. `-- place: t` distributes a tenant table by agent_id,
`-- place reference: t` copies a global table to every node.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic import op
from sqlalchemy import Connection

_PLACE = re.compile(r"^-- place( reference)?: (\w+)$")


@dataclass(frozen=True)
class Statement:
    """One SQL statement, with the comments before it."""

    sql: str


@dataclass(frozen=True)
class Place:
    """Where a table lives on Citus: distributed by agent_id, or a reference table on every node."""

    table: str
    reference: bool


def run_sql_file(revision_file: str) -> None:
    """Run the .sql file that lies beside a revision's .py file; any database error ends the migration."""
    connection = op.get_bind()
    on_citus = has_citus(connection)
    for step in parse(Path(revision_file).with_suffix(".sql").read_text(encoding="utf-8")):
        if isinstance(step, Statement):
            connection.exec_driver_sql(step.sql)
        elif on_citus:
            place(connection, step)


def parse(text: str) -> Iterator[Statement | Place]:
    """Split a migration's text into its steps, in order. ValueError for a place inside of a statement or a rest."""
    pending: list[str] = []
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        found = _PLACE.match(line.strip())
        if found:
            if _has_code(pending):
                raise ValueError(f"'{line}' stands inside of a statement")
            yield Place(table=found[2], reference=found[1] is not None)
            continue
        pending.append(line)
        if line.rstrip().endswith(";") and _is_code(line) and (not following.strip() or _PLACE.match(following)):
            yield Statement("\n".join(pending).strip())
            pending = []
    if _has_code(pending):
        raise ValueError("the last statement does not end with ';' at a line's end")


def has_citus(connection: Connection) -> bool:
    """Whether the database's tables can be spread over nodes."""
    return bool(connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'citus'").scalar())


def place(connection: Connection, where: Place) -> None:
    """Distribute a table on Citus, or make it a reference table."""
    if where.reference:
        connection.exec_driver_sql(f"SELECT create_reference_table('{where.table}')")
    else:
        connection.exec_driver_sql(f"SELECT create_distributed_table('{where.table}', 'agent_id')")


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("--")


def _has_code(lines: list[str]) -> bool:
    return any(_is_code(line) for line in lines)
