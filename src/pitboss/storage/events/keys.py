"""The event store's idempotency keys: which events of a batch are new, which were said before, and which say something else."""

import asyncio
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from pitboss.domain.events.event import Event
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.packing import array_text, slices

_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


class Taken(NamedTuple):
    """Positions in a batch: of events whose keys are ours now, of repeats, and of conflicts."""

    mine: list[int]
    repeats: list[int]
    conflicts: list[int]


async def take_keys(conn: Connection, agent_id: int, events: Sequence[Event], received_at: datetime) -> Taken:
    """Take the keys of a batch in the open transaction; whoever takes one of them at the same time is waited for."""
    if not events:
        return Taken([], [], [])
    prints: list[int] = []
    for some in slices(events):
        prints.extend(fingerprints(some))
        await asyncio.sleep(0)
    ids = [event.unique_id for event in events]
    # Of those that are there twice the first one counts.
    first = dict(zip(reversed(ids), range(len(ids) - 1, -1, -1), strict=True))
    keys = sorted(first)
    columns = array_text(keys), array_text([prints[first[key]] for key in keys])
    ours = await conn.fetchval(statements.sql("events/take_keys"), agent_id, received_at, *columns)
    if ours is None and len(keys) == len(events):
        return Taken(list(range(len(events))), [], [])
    return await _sorted_out(conn, agent_id, events, prints, first, set(keys if ours is None else ours), received_at)


async def _sorted_out(
    conn: Connection,
    agent_id: int,
    events: Sequence[Event],
    prints: Sequence[int],
    first: Mapping[str, int],
    ours: set[str],
    received_at: datetime,
) -> Taken:
    known = await _known(conn, agent_id, [key for key in first if key not in ours])
    mine, repeats, conflicts = [], [], []
    for position, event in enumerate(events):
        key = event.unique_id
        here = first[key] == position
        if here and key in ours:
            mine.append(position)
            continue
        mark, at = (prints[first[key]], None) if key in ours else known[key]
        if mark != prints[position]:
            conflicts.append(position)
        elif not here or at != received_at:
            repeats.append(position)
    return Taken(mine, repeats, conflicts)


async def _known(conn: Connection, agent_id: int, keys: list[str]) -> dict[str, tuple[int, datetime]]:
    if not keys:
        return {}
    rows = await conn.fetch(statements.sql("events/known_keys"), agent_id, keys)
    return {row[0]: (row[1], row[2]) for row in rows}


def fingerprints(events: Sequence[Event]) -> tuple[int, ...]:
    """64 bits of all that each event says but its id: equal for a repeat, whatever its spelling, and other for other data."""
    kinds, _, *others = zip(*events, strict=True)
    said = map(_ENCODER.encode, zip(kinds, *others, strict=True))
    digests = [blake2b(each, digest_size=8).digest() for each in said]
    return struct.unpack(f">{len(digests)}q", b"".join(digests))
