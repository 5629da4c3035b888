"""Feeds as workers see them: taken under a lease, read behind their cursor, moved on (docs/feed.md).

Whoever has taken a feed is named in its row, and every change names who makes it: a worker that was stopped for longer than its
lease changes nothing any more. `conn` is the worker's.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg
import msgspec

from pitboss.domain.events.event import Event
from pitboss.storage import statements
from pitboss.storage.database import Connection

_MEMBERS = msgspec.json.Decoder(dict[str, object])
_ENDLESS = 2**63 - 1


class Feed(NamedTuple):
    """A feed that is ours for now. `holder`: who has it, 32 hex digits."""

    agent_id: int
    name: str
    holder: str
    url: str
    sealed_key: bytes

    def __repr__(self) -> str:
        return f"Feed({self.agent_id}, {self.name})"


class Place(NamedTuple):
    """How far a feed has come; `upto` the end of the batch that is tried again, None for a new one."""

    last_seq: int
    upto: int | None
    tries: int


class Queued(NamedTuple):
    """An event to be delivered, with its number in the store; `is_dead` when it was set aside before."""

    seq: int
    event: Event
    is_dead: bool


class Lost(Exception):
    """The feed is not ours any more: paused, removed, or taken by another worker."""


def key_context(agent_id: int, name: str) -> bytes:
    """What a consumer's key is sealed for."""
    return f"feed:{agent_id}:{name}".encode()


async def feeds_due(conn: Connection, now: datetime, most: int) -> list[tuple[int, str]]:
    """Agent and name of feeds with something to deliver that nobody is at."""
    return [(row[0], row[1]) for row in await conn.fetch(statements.sql("feed/due"), now, most)]


async def take_feed(
    conn: Connection, agent_id: int, name: str, holder: str, now: datetime, until: datetime
) -> Feed | None:
    """The feed, ours until then; None when somebody else was quicker."""
    row = await conn.fetchrow(statements.sql("feed/take"), agent_id, name, holder, now, until)
    return None if row is None else Feed(agent_id, name, holder, row[0], row[1])


async def hold(conn: Connection, feed: Feed, now: datetime, until: datetime) -> Place:
    """The feed is ours until then; how far it has come. Raises Lost."""
    row = await conn.fetchrow(statements.sql("feed/hold"), *feed[:3], now, until)
    if row is None:
        raise Lost
    return Place(*row)


async def release(conn: Connection, feed: Feed) -> None:
    """Nobody is at it."""
    await conn.execute(statements.sql("feed/release"), *feed[:3])


async def next_events(conn: Connection, feed: Feed, place: Place, most: int) -> list[Queued]:
    """The events behind the cursor, in order, those set aside among them; at most the batch that is tried again."""
    upto = _ENDLESS if place.upto is None else place.upto
    rows = await conn.fetch(statements.sql("feed/next_events"), *feed[:2], place.last_seq, upto, most)
    return [_queued(row) for row in rows]


async def events_once_more(conn: Connection, feed: Feed, most: int) -> list[Queued]:
    """Events that were set aside and are to be tried again, in order."""
    rows = await conn.fetch(statements.sql("feed/dead_again"), *feed[:2], most)
    if not rows:
        await conn.execute(statements.sql("feed/forget_again"), *feed[:2])
    return [_queued(row) for row in rows]


async def move(conn: Connection, feed: Feed, last_seq: int, delivered: int, now: datetime) -> None:
    """The consumer has all up to `last_seq`. Raises Lost."""
    if await conn.fetchval(statements.sql("feed/moved"), *feed[:3], last_seq, delivered, now) is None:
        raise Lost


async def revive(conn: Connection, feed: Feed, seqs: Sequence[int]) -> None:
    """The consumer has taken these after all."""
    await conn.execute(statements.sql("feed/revived"), *feed[:2], seqs)


async def set_aside(conn: Connection, feed: Feed, problems: Sequence[tuple[int, str]], now: datetime) -> None:
    """The consumer will not take these events, for what it said."""
    seqs, texts = zip(*problems, strict=True)
    await conn.execute(statements.sql("feed/set_aside"), *feed[:2], now, seqs, texts)


async def try_later(conn: Connection, feed: Feed, due: datetime, upto: int | None, error: str) -> None:
    """The same batch (up to `upto`) once more at `due`; the feed is nobody's until then."""
    await conn.execute(statements.sql("feed/try_later"), *feed[:3], due, upto, error)


async def stop(conn: Connection, feed: Feed, reason: str) -> None:
    """Pause the feed until a person has looked at it."""
    await conn.execute(statements.sql("feed/stop"), *feed[:3], reason)


class FeedFigures(NamedTuple):
    """`behind`: events not delivered yet, the first of them received at `oldest`; `dead`: set aside."""

    agent_id: int
    name: str
    paused: bool
    behind: int
    oldest: datetime | None
    dead: int
    delivered: int


async def feed_figures(conn: Connection) -> list[FeedFigures]:
    """Of all agents' feeds; any role may ask."""
    return [FeedFigures(*row) for row in await conn.fetch(statements.sql("feed/figures"))]


def _queued(row: asyncpg.Record) -> Queued:
    seq, *said, changes, dead = row
    return Queued(seq, Event._make([*said, None if changes is None else _MEMBERS.decode(changes)]), dead)
