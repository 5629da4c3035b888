"""What a process and its hub tell each other through the hub's one row."""

from pitboss.storage.database import Connection


async def next_process_number(conn: Connection) -> int:
    """A number no other process of this hub has had; the upper half of every number it gives out."""
    number: int = await conn.fetchval("UPDATE hub SET last_process = last_process + 1 RETURNING last_process")
    return number
