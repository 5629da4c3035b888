"""The guard that keeps money off a database that may forget it."""

from typing import Any, Protocol


class DurabilityError(Exception):
    """The database may lose or damage what it confirmed; the message names the settings."""


class _Connection(Protocol):
    async def fetchrow(self, query: str, /) -> Any: ...


async def check_durability(connection: _Connection) -> None:
    """Raise DurabilityError when the server behind an asyncpg connection may lose a confirmed commit or hide damage.

    fsync, full_page_writes and data_checksums must be on, and synchronous_commit (of this connection) anything but off.
    """
    row = await connection.fetchrow(
        "SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,"
        " current_setting('synchronous_commit') AS synchronous_commit,"
        " current_setting('data_checksums') AS data_checksums"
    )
    off = [name for name, value in row.items() if value == "off"]
    if off:
        raise DurabilityError(f"the database may lose or damage confirmed money: {', '.join(off)} off")
