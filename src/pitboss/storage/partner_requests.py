"""What the partner API answered to each requestId: claimed, filled and committed together with what the request did."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

from pitboss.storage import statements
from pitboss.storage.database import Connection, Database

UNANSWERED = 0
"""The status of an id that is claimed by a request whose answer is not known yet."""


class Answered(NamedTuple):
    """The first answer to a requestId. `said`: a digest of the request; `body` as it was sent."""

    said: bytes
    status: int
    body: bytes

    def open_to(self, said: bytes) -> bool:
        """Whether the id is this very request's and has no answer yet."""
        return self.status == UNANSWERED and self.said == said

    def __repr__(self) -> str:
        return f"Answered(status={self.status})"


async def find_answer(conn: Connection, agent_id: int, request_id: str) -> Answered | None:
    """What was answered, or None when the id is new."""
    row = await conn.fetchrow(statements.sql("partner/find_request"), agent_id, request_id)
    return None if row is None else Answered(*row)


async def lock_answer(conn: Connection, agent_id: int, request_id: str) -> Answered:
    """The same of an id that is claimed, once no other transaction is about to answer it."""
    row = await conn.fetchrow(statements.sql("partner/lock_request"), agent_id, request_id)
    assert row is not None, "a request that was claimed is there once it has committed"
    return Answered(*row)


async def claim_request(
    conn: Connection, agent_id: int, request_id: str, operation: str, said: bytes, now: datetime
) -> bool:
    """Take the id for this transaction. Waits for another that has it under way; False when that one has committed."""
    mine = await conn.fetchval(statements.sql("partner/claim_request"), agent_id, request_id, operation, said, now)
    return mine is not None


async def keep_answer(conn: Connection, agent_id: int, request_id: str, status: int, body: bytes) -> None:
    """Store the answer of a claimed id; what is committed without one was never answered."""
    await conn.execute(statements.sql("partner/keep_answer"), agent_id, request_id, status, body)


async def drop_old_requests(database: Database, before: datetime) -> bool:
    """Forget some of the ids that were claimed before an instant, with their answers; whether there may be more. For the worker."""
    async with database.anyone() as conn:
        agents = await conn.fetch(statements.sql("partner/agents_with_old"), before)
        dropped = [await conn.fetch(statements.sql("partner/drop_old"), row[0], before) for row in agents]
    return any(dropped)


@asynccontextmanager
async def undoable(conn: Connection) -> AsyncIterator[None]:
    """What the block wrote is undone when it raises, and the transaction goes on."""
    await conn.execute("SAVEPOINT act")
    try:
        yield
    except Exception:
        await conn.execute("ROLLBACK TO SAVEPOINT act")
        raise
