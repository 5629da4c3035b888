"""The schema's revision: read it, demand it, move it forward. There is no way back (ADR 0003).

SQLAlchemy and Alembic take most of a second to import, so they are touched only when something must be upgraded.
"""

import asyncio
import threading
from pathlib import Path
from typing import Any, Final, Protocol

import asyncpg

_MIGRATIONS = Path(__file__).parent / "migrations"

# A revision is named after its file; their numbers order them (a test holds Alembic's own chain against this).
REVISIONS: Final = tuple(sorted(file.stem for file in (_MIGRATIONS / "versions").glob("[0-9]*.py")))
HEAD: Final = REVISIONS[-1]

# Alembic keeps what it is doing in module globals: one upgrade at a time in a process.
_ALEMBIC = threading.Lock()

_ATTEMPTS = 6
# Roles belong to the whole server: two databases upgraded at once may collide over them whatever each of them locks.
_CLUSTER_WIDE_COLLISIONS = frozenset({"23505", "42710", "40P01", "XX000"})


class SchemaError(Exception):
    """The database's schema is not the one this program was written for; the message is one line."""


class SchemaTooOld(SchemaError):
    """The schema lacks revisions this program needs."""


class SchemaTooNew(SchemaError):
    """The schema has a revision this program does not know."""


class UpgradeFailed(SchemaError):
    """The database refused a statement of a migration; nothing was changed."""


class _Connection(Protocol):
    async def fetchval(self, query: str, /) -> Any: ...


async def current(url: str) -> str | None:
    """The revision of the database at an owner's `url`; None when it was never upgraded."""
    connection = await asyncpg.connect(url)
    try:
        return await _revision(connection)
    finally:
        await connection.close()


async def ensure_current(connection: _Connection) -> None:
    """Pass when the schema behind an asyncpg connection is HEAD, else raise SchemaTooOld or SchemaTooNew."""
    refuse_other(await _revision(connection))


async def upgrade(url: str) -> bool:
    """Bring the database at an owner's `url` to HEAD; true when there was something to do.

    All revisions are applied in one transaction, or none. Safe to run from many programs at once. Raises SchemaTooNew
    for a database that a newer program has upgraded, UpgradeFailed for what the database refuses, and OSError or
    asyncpg's errors when it cannot be reached.
    """
    revision = await current(url)
    refuse_unknown(revision)
    if revision == HEAD:
        return False
    for attempt in range(_ATTEMPTS):
        try:
            await asyncio.to_thread(_upgrade_alone, url)
            break
        except Exception as error:
            refusal = _refusal(error)
            if refusal is None:
                raise
            if attempt == _ATTEMPTS - 1 or refusal.sqlstate not in _CLUSTER_WIDE_COLLISIONS:
                raise UpgradeFailed(f"the upgrade failed and changed nothing: {refusal.args[0]}") from error
            await asyncio.sleep(0.05 * 2**attempt)
    return True


def refuse_other(revision: str | None) -> None:
    """Pass for HEAD, else raise SchemaTooOld or SchemaTooNew."""
    refuse_unknown(revision)
    if revision != HEAD:
        found = f"is at {revision}" if revision else "has no schema yet"
        raise SchemaTooOld(f"the database {found}, this program needs {HEAD}: run `pitboss db upgrade`")


def refuse_unknown(revision: str | None) -> None:
    """Raise SchemaTooNew for a revision this program does not know; None (no schema) passes."""
    if revision is not None and revision not in REVISIONS:
        raise SchemaTooNew(
            f"the database is at {revision}, which this program does not know (it ends at {HEAD}): install a newer one"
        )


def preload() -> None:
    """Import what an upgrade needs; worth starting in a thread while something else is waited for."""
    import alembic.command  # noqa: F401
    import sqlalchemy.dialects.postgresql.asyncpg
    import sqlalchemy.ext.asyncio  # noqa: F401


async def _revision(connection: _Connection) -> str | None:
    if await connection.fetchval("SELECT to_regclass('public.alembic_version')") is None:
        return None
    revision: str | None = await connection.fetchval("SELECT max(version_num) FROM public.alembic_version")
    return revision


def _upgrade_alone(url: str) -> None:
    # In a thread: importing takes longer than upgrading, and the caller's event loop has other work.
    preload()
    with _ALEMBIC:
        asyncio.run(_run_alembic(url))


async def _run_alembic(url: str) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    # asyncpg reads the address itself, so every address it understands works here too.
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url, timeout=30), poolclass=NullPool
    )
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade_to_head)
    finally:
        await engine.dispose()


def _upgrade_to_head(connection: Any) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refusal(error: BaseException) -> asyncpg.PostgresError | None:
    """What the database itself said, below SQLAlchemy's and its adapter's wrapping."""
    below: BaseException | None = error
    while below is not None and not isinstance(below, asyncpg.PostgresError):
        below = below.__cause__
    return below
