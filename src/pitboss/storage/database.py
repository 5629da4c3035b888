"""Connections to PostgreSQL, under a role that can do no more than its program needs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
else:
    Connection = asyncpg.pool.PoolConnectionProxy

DATABASE_ERRORS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""All that a call to the database may raise: refused, cut off (asyncpg then says InterfaceError, or, when the cut falls within a
message, InternalClientError), or too slow."""
APP_ROLE = "pitboss_app"
WORKER_ROLE = "pitboss_worker"

_SETTINGS = {"application_name": "pitboss", "timezone": "UTC", "jit": "off"}


class Database:
    """A pool of connections under one role. Tenant tables are reached through `tenant` alone."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    @classmethod
    async def open(cls, url: str, role: str | None, size: int = 10) -> "Database":
        """Connect to `url` (the owner's) and become `role`; None stays the owner. Raises OSError or asyncpg.PostgresError."""
        settings = dict(_SETTINGS)
        if role is not None:
            # The running hub reaches rows by whole keys alone. A plan made while a table was nearly empty would read all of it,
            # and be kept until the first ANALYZE, however many rows have come since.
            settings |= {"role": role, "enable_seqscan": "off"}
        pool = await asyncpg.create_pool(
            url, min_size=1, max_size=size, server_settings=settings, command_timeout=30, reset=_nothing_to_reset
        )
        return cls(pool)

    async def close(self) -> None:
        """Wait for what is under way, then close all connections."""
        await self.pool.close()

    @asynccontextmanager
    async def anyone(self) -> AsyncIterator[Connection]:
        """A connection for global tables, in no transaction; row-level security hides every tenant's rows from it."""
        async with self.pool.acquire() as connection:
            yield connection

    @asynccontextmanager
    async def tenant(self, agent_id: int) -> AsyncIterator[Connection]:
        """A transaction that sees one agent's rows; committed at the end, rolled back when the block raises."""
        async with self.pool.acquire() as connection:
            try:
                await connection.execute(begin_as(agent_id))
                yield connection
                await connection.execute("COMMIT")
            except BaseException as error:
                await _undo(connection, error)
                raise


async def _undo(connection: Connection, error: BaseException) -> None:
    """Roll back; a connection that may not answer, or whose transaction may still be open, is not for anybody any more."""
    if connection.is_closed():
        return
    if isinstance(error, TimeoutError | OSError | asyncio.CancelledError):
        connection.terminate()
        return
    try:
        await connection.execute("ROLLBACK")
    except DATABASE_ERRORS:
        connection.terminate()


async def _nothing_to_reset(_: asyncpg.Connection) -> None:
    """All settings here are SET LOCAL: they end with their transaction, and a reset would cost every batch a round trip."""


def begin_as(agent_id: int) -> str:
    """The one round trip that opens a tenant's transaction; the literal is validated, since SET takes no parameters."""
    return f"BEGIN; SET LOCAL app.agent_id = {int(agent_id)}"
