"""Moves committed batches from the outbox into each agent's journal, under numbers without a gap.

Those who read behind (event store, roll-ups, seal, feed) read the journal by number, so a late commit is never skipped. Run by
any number of workers: the head of an agent's journal is its lock.
"""

from pitboss.storage import statements
from pitboss.storage.database import Connection, Database

MAX_BATCHES = 500


class JournalRelay:
    """`database` must be open as the worker's role, which sees all tenants."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._more = False

    async def turn(self) -> bool:
        """Move once what waits; whether more than that was waiting."""
        self._more = False
        await self.move_all()
        return self._more

    async def move_all(self) -> int:
        """One turn over all agents that have something waiting; how many events were moved."""
        async with self._database.anyone() as connection:
            rows = await connection.fetch(statements.sql("relay/agents_with_events"))
            return sum([await self._move(connection, row[0]) for row in rows])

    async def behind(self) -> int:
        """How many agents have events that were not moved yet."""
        async with self._database.anyone() as connection:
            return len(await connection.fetch(statements.sql("relay/agents_with_events")))

    async def _move(self, connection: Connection, agent_id: int) -> int:
        await connection.execute(statements.sql("relay/open_head"), agent_id)
        async with connection.transaction():
            head = await connection.fetchval(statements.sql("relay/lock_head"), agent_id)
            if head is None:
                # Another worker is at it.
                return 0
            batches = await connection.fetch(statements.sql("relay/next_batches"), agent_id, MAX_BATCHES)
            ids = [row[0] for row in batches]
            if not ids:
                return 0
            self._more = self._more or len(ids) == MAX_BATCHES
            await connection.execute(statements.sql("relay/write_journal"), agent_id, ids, head)
            await connection.execute(statements.sql("relay/drop_batches"), agent_id, ids)
            moved: int = await connection.fetchval(statements.sql("relay/move_head"), agent_id) - head
            return moved
