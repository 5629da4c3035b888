"""What a process and its hub tell each other through the hub's one row."""

from pitboss.storage.database import Connection


async def next_process_number(conn: Connection) -> int:
    """A number no other process of this hub has had; the upper half of every number it gives out."""
    number: int = await conn.fetchval("UPDATE hub SET last_process = last_process + 1 RETURNING last_process")
    return number


async def record_public_url(conn: Connection, url: str) -> None:
    """Tell those who administer the hub by its database alone where it is reached; no trailing slash."""
    await conn.execute("UPDATE hub SET public_url = $1 WHERE public_url IS DISTINCT FROM $1", url)


async def recorded_public_url(conn: Connection) -> str | None:
    """Where the hub that was started last is reached; None before its first start."""
    url: str | None = await conn.fetchval("SELECT public_url FROM hub")
    return url
