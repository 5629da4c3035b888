"""Which rounds an id means: a round's own, or any id of a message in it."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.play.played import read_hex_id
from pitboss.storage.rounds.rows import RoundKey
from pitboss.storage.rounds.walk import look_for_number

_MARGIN_NS: Final = 1_000_000_000
_LARGEST_NUMBER: Final = 2**63 - 1


class Stretch(NamedTuple):
    """Of an agent's messages those from `bound` on and before `place`, and how many of them are looked through at most."""

    place: uuid.UUID
    bound: uuid.UUID
    most: int


async def rounds_of_transaction(conn: Connection, agent_id: int, text: str) -> list[RoundKey]:
    """By the studio's id of a message, its history id, or the hub's 32 hex digits of it or of its wallet's transaction."""
    rows = await conn.fetch(statements.sql("rounds/by_studio_tx"), agent_id, text, await _studios(conn))
    hex_id = read_hex_id(text)
    if hex_id is not None:
        moment = hex_id.int >> 64
        first = uuid.UUID(int=max(0, moment - _MARGIN_NS) << 64)
        last = uuid.UUID(int=min(2**64 - 1, moment + _MARGIN_NS) << 64 | 2**64 - 1)
        rows += await conn.fetch(statements.sql("rounds/by_hub_id"), agent_id, hex_id, first, last)
    return _once(RoundKey(*row) for row in rows)


async def rounds_of_id(
    conn: Connection, agent_id: int, text: str, wallets: Sequence[int] | None, most: int
) -> list[RoundKey]:
    """By the studio's id of the round: all players' parts of it, the newest `most`; with `wallets` theirs, and then those too in
    which nothing ever stood."""
    rows = await conn.fetch(statements.sql("rounds/by_round_id"), agent_id, text, await _studios(conn), wallets, most)
    keys = [RoundKey(*row) for row in rows]
    if wallets is not None:
        keys += [
            RoundKey(*row) for row in await conn.fetch(statements.sql("rounds/never_opened"), agent_id, text, wallets)
        ]
    return _once(keys)


async def rounds_of_number(
    conn: Connection, agent_id: int, text: str, wallets: Sequence[int] | None, stretch: Stretch
) -> tuple[list[RoundKey], uuid.UUID | None]:
    """By the hub's number of the round or of a message of it, which operators are told. It is no key: with `wallets` all that
    was said to them is read, without them a stretch of the agent's messages; then also how far that came, None for to its end."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 19 else 0
    if not 0 < number <= _LARGEST_NUMBER:
        return [], None
    if wallets is None:
        return await look_for_number(conn, agent_id, number, *stretch)
    statement = statements.sql("rounds/number_of_wallets")
    rows = await conn.fetch(statement, agent_id, number, wallets, await _studios(conn))
    return _once(RoundKey(*row) for row in rows), None


async def _studios(conn: Connection) -> list[int]:
    return [row[0] for row in await conn.fetch(statements.sql("rounds/studios"))]


def _once(keys: Iterable[RoundKey]) -> list[RoundKey]:
    """Each round once; a message that names none is one by itself."""
    found: dict[object, RoundKey] = {}
    for key in keys:
        found.setdefault(key[:3] if key.round_id is not None else key, key)
    return list(found.values())
