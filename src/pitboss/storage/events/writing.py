"""The event store, writing: a batch of one agent's events goes in once, whole, together with all figures that follow from it.

The order of a batch's transaction:

1. take the keys, sorted; whoever has taken one before us and is not finished is waited for, and a key that was taken is a repeat;
2. take sequence numbers: from here to the commit the agent's head is ours alone, so numbers are in commit order without a gap (a
   reader behind a cursor misses nothing), and profiles and figures are changed by one transaction at a time;
3. write the events, add to the figures, welcome who is new, merge the profiles.

Whoever has events of the hub's own to store (a worker that reads an agent's journal) calls `store_events` in the transaction
that moves its cursor, with unique_ids made from what they stand for (never from a clock or chance): what a crash repeats is
then dropped as a repeat. What was undone is the opposite gameround event with `corrects` naming the unique_id it takes back as
a whole, see `events/write.sql`; what was undone in part is a correction of the whole and an event for what is left.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from pitboss.domain.events.event import GAME, PLAYER, Event
from pitboss.domain.events.profiles import UNKNOWN, Profile, merged
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.events.figures import welcome
from pitboss.storage.events.keys import take_keys
from pitboss.storage.packing import array_text

_JSON = msgspec.json.Decoder(dict[str, object])
_STAMPS = msgspec.json.Decoder(dict[str, tuple[int, str]])
_OFTEN_ONE_VALUE = tuple(Event._fields.index(name) for name in ("kind", "currency", "is_bonus"))


class Stored(NamedTuple):
    """What became of a batch. `repeats` and `conflicts` hold positions in it: repeats say what was said before, conflicts say
    something else under a unique_id that was taken; neither is stored."""

    accepted: int
    repeats: list[int]
    conflicts: list[int]


async def make_partition(conn: Connection, month: date) -> None:
    """A place for events received in a month; nothing where there is one. Not within a tenant's transaction."""
    await conn.execute(statements.sql("events/make_partition"), month.replace(day=1))


async def open_store(conn: Connection, agent_id: int) -> None:
    """Once for an agent, before its first event; nothing where that was done. In a tenant's transaction of its own."""
    await conn.execute(statements.sql("events/open_head"), agent_id)


async def store_events(conn: Connection, agent_id: int, events: Sequence[Event], received_at: datetime) -> Stored:
    """Store a batch in the open transaction, as the app's or the worker's role; all of it is durable when that commits.

    `received_at` (UTC) must lie in a month with a partition (`make_partition`), the agent's store be open (`open_store`). It also
    names the attempt: a batch tried again with the same one, since nobody knows whether it was committed, is told as accepted.
    """
    offered = len(events)
    mine, repeats, conflicts = await take_keys(conn, agent_id, events, received_at)
    if mine:
        if len(mine) < len(events):
            events = [events[position] for position in mine]
        told = await conn.fetch(statements.sql("events/write"), agent_id, received_at, len(events), *_columns(events))
        await welcome(conn, agent_id, told)
        await _merge(conn, agent_id, [event for event in events if event.kind == PLAYER], "player")
        await _merge(conn, agent_id, [event for event in events if event.kind == GAME], "game")
    return Stored(offered - len(repeats) - len(conflicts), repeats, conflicts)


def _columns(events: Sequence[Event]) -> list[object]:
    """In the order of an event's members, none where no event has one; then the values of those that are often the same for all."""
    columns: list[Sequence[object] | None] = list(zip(*events, strict=True))
    changes = columns[-1]
    assert changes is not None
    columns[-1] = [None if each is None else _json(each) for each in changes]
    for place, column in enumerate(columns):
        columns[place] = None if column is None or _only(column, None) else column
    values: list[object] = []
    for place in _OFTEN_ONE_VALUE:
        column = columns[place]
        one = column is not None and _only(column, column[0])
        values.append(column[0] if column is not None and one else None)
        columns[place] = None if one else column
    return [None if column is None else array_text(column) for column in columns] + values


def _only(column: Sequence[object], value: object) -> bool:
    # Both ends tell most of those that are not.
    return column[0] == value and column[-1] == value and column.count(value) == len(column)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def _merge(conn: Connection, agent_id: int, events: list[Event], of: str) -> None:
    if not events:
        return
    subjects = sorted({_subject(event) for event in events})
    rows = await conn.fetch(statements.sql(f"events/read_{of}s"), agent_id, subjects)
    profiles = {row[0]: Profile(_JSON.decode(row[1]), _STAMPS.decode(row[2])) for row in rows}
    for event in events:
        profiles[_subject(event)] = merged(profiles.get(_subject(event), UNKNOWN), event)
    await conn.execute(
        statements.sql(f"events/keep_{of}s"), agent_id, subjects, [_json(profiles[subject].members) for subject in subjects],
        [_json(profiles[subject].said) for subject in subjects],
    )  # fmt: skip


def _subject(event: Event) -> str:
    subject = event.player_id if event.kind == PLAYER else event.game_id
    assert subject is not None
    return subject
