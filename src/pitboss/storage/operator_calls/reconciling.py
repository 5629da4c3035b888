"""What a reconciliation reads: BETs, WINs and REFUNDs of a seamless agent in the order of their ids, each as it is now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pitboss.domain import ids
from pitboss.domain.seamless.call import CallKind, Phase
from pitboss.domain.seamless.reconcile import Held
from pitboss.storage import statements
from pitboss.storage.database import Connection

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_LAST_NS = (1 << 64) - 1
Key = tuple[int, str]
"""A provider and its own id of a transaction."""


class Span(NamedTuple):
    """Ids from `after` to `before`, both left out; 32 hex digits whose first half is a time."""

    after: str
    before: str


class Page(NamedTuple):
    """`keys` in order; `last`: the id behind which the next page begins."""

    keys: list[Key]
    last: str


def span(begin: datetime, end: datetime) -> Span:
    """What arrived from `begin` on and before `end` (UTC)."""
    return Span(_first_id(begin), _first_id(end))


def _first_id(at: datetime) -> str:
    # Ids begin in 1970 and end in 2554; days do not.
    return ids.time_ordered_id(min(max((at - _EPOCH) // timedelta(microseconds=1) * 1_000, 0), _LAST_NS), 0)


async def count(conn: Connection, agent_id: int, within: Span) -> int:
    """How many there are."""
    found: int = await conn.fetchval(statements.sql("reconcile/count"), agent_id, *within)
    return found


async def page(conn: Connection, agent_id: int, within: Span, most: int) -> Page:
    """The first `most` of them."""
    rows = await conn.fetch(statements.sql("reconcile/page"), agent_id, *within, most)
    return Page([(row[0], row[1]) for row in rows], rows[-1][2] if rows else within.before)


async def read(conn: Connection, agent_id: int, keys: Sequence[Key]) -> list[Held]:
    """Each as it is now, in the order of `keys`; one that was never sent may be gone since."""
    columns = [key[0] for key in keys], [key[1] for key in keys]
    return [_held(tuple(row)) for row in await conn.fetch(statements.sql("reconcile/read"), agent_id, *columns)]


def _held(row: tuple[object, ...]) -> Held:
    held = Held(*row)  # type: ignore[arg-type]
    return held._replace(
        kind=CallKind(held.kind),
        call=None if held.call is None else Phase(held.call),
        undo=None if held.undo is None else Phase(held.undo),
    )
