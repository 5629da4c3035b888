"""Rows of the event table as PostgreSQL's own COPY writes and reads them, past the store: for measurements to compare with.

Needs the owner's connection: row-level security refuses COPY to the narrow roles.
"""

from io import BytesIO

from pitboss.storage import statements
from pitboss.storage.database import Connection


async def rows_as_text(conn: Connection, from_agent: int, to_agent: int, most: int) -> list[bytes]:
    """Lines of COPY's text format with an agent's events, as if they were another's."""
    target = BytesIO()
    await conn.copy_from_query(statements.sql("events/copy_out"), from_agent, to_agent, most, output=target)
    return target.getvalue().splitlines(keepends=True)


async def copy_in(conn: Connection, lines: list[bytes]) -> None:
    """One COPY into the event table, and its commit."""
    await conn.copy_to_table("event", source=BytesIO(b"".join(lines)))


async def forget(conn: Connection, agent_id: int) -> None:
    """Take an agent's copied rows away again, and what they leave behind: else it is swept up while something else is measured."""
    await conn.execute(statements.sql("events/forget"), agent_id)
    await conn.execute("VACUUM event")


async def newest_rows(conn: Connection, agent_id: int) -> int:
    """How many events an agent has had."""
    count: int = await conn.fetchval(statements.sql("events/last_number"), agent_id)
    return count
