"""Makes an agent's roll-ups anew from its journal, beside those that are read, and puts them in their place at once.

At work all the while: readers see the old generation or the new one, never half of one; a rebuild that dies leaves rows nobody
reads, which the next one drops.
"""

from collections.abc import Callable

from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.play.journal import next_stretch
from pitboss.storage.reports.quarters import MOST_EVENTS, add_stretch, reader_of

_PATIENCE = 3600.0
"""Seconds; millions of rows may have to go."""
_DROP_OTHERS = (
    "DELETE FROM player_quarter WHERE agent_id = $1 AND generation <> $2",
    "DELETE FROM game_quarter WHERE agent_id = $1 AND generation <> $2",
    "DELETE FROM revenue WHERE agent_id = $1 AND generation <> $2",
)


async def all_agents(conn: Connection) -> list[int]:
    """Whose roll-ups can be made anew. Needs the owner's connection, like all here."""
    return [row[0] for row in await conn.fetch("SELECT id FROM agent ORDER BY id")]


async def rebuild(conn: Connection, agent_id: int, said: Callable[[int], None] = lambda _: None) -> int:
    """The generation that is read from now on. `said` hears how many events were added each time some were."""
    generation = await _begin(conn, agent_id)
    while True:
        async with next_stretch(conn, agent_id, reader_of(generation), MOST_EVENTS) as stretch:
            if stretch is not None:
                await add_stretch(conn, stretch, generation)
                said(stretch.upto - stretch.after)
        if stretch is None:
            # What has come since is added by whoever reads.
            break
    await _put_in_place(conn, agent_id, generation)
    return generation


async def _begin(conn: Connection, agent_id: int) -> int:
    async with conn.transaction():
        await conn.execute("INSERT INTO report_generation VALUES ($1, 0) ON CONFLICT DO NOTHING", agent_id)
        # Rebuilds of one agent begin one after the other; two at work then share the new generation's cursor.
        current: int = await conn.fetchval(
            "SELECT generation FROM report_generation WHERE agent_id = $1 FOR UPDATE", agent_id
        )
        generation = current + 1
        await conn.execute(statements.sql("behind/open_cursor"), agent_id, reader_of(generation))
        await conn.execute(
            "SELECT 1 FROM journal_cursor WHERE agent_id = $1 AND reader = $2 FOR UPDATE",
            agent_id,
            reader_of(generation),
        )
        await _drop_others(conn, agent_id, current)
        await conn.execute(statements.sql("behind/move_cursor"), agent_id, reader_of(generation), 0)
    return generation


async def _put_in_place(conn: Connection, agent_id: int, generation: int) -> None:
    async with conn.transaction():
        await conn.execute(
            "UPDATE report_generation SET generation = $2 WHERE agent_id = $1 AND generation < $2", agent_id, generation
        )
    async with conn.transaction():
        current: int = await conn.fetchval(
            "SELECT generation FROM report_generation WHERE agent_id = $1 FOR UPDATE", agent_id
        )
        await _drop_others(conn, agent_id, current)
        await conn.execute(
            "DELETE FROM journal_cursor WHERE agent_id = $1 AND reader LIKE 'reports.%' AND reader <> ALL ($2::text[])",
            agent_id,
            [reader_of(current), reader_of(current + 1)],
        )


async def _drop_others(conn: Connection, agent_id: int, current: int) -> None:
    for statement in _DROP_OTHERS:
        await conn.execute(statement, agent_id, current, timeout=_PATIENCE)
