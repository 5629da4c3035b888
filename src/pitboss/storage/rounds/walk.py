"""Walks an agent's messages, or those that stood in a player's wallets, and takes of each round the lead (see `search`)."""

import heapq
import itertools
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.rounds.places import (
    FIRST_ID,
    LAST_ID,
    Versions,
    beside,
    read_place,
    read_versions,
    time_of,
    write_place,
    write_versions,
)
from pitboss.storage.rounds.rows import RoundKey

_LAST_VERSION: Final = 10**18


class Filters(NamedTuple):
    """Which leads; None means all. `since`, `until`: bounds of their ids, the end left out."""

    game_id: int | None
    state: str | None
    in_bonus: bool | None
    since: uuid.UUID | None
    until: uuid.UUID | None


class Seat(NamedTuple):
    """A wallet of the player; its versions of interest are [lowest, highest)."""

    wallet_id: int
    currency: str
    lowest: int
    highest: int


class Walked(NamedTuple):
    """See `search.RoundPage`."""

    keys: list[RoundKey]
    older: str | None
    newer: str | None
    looked_to: datetime | None


class _Stretch(NamedTuple):
    """The leads between two places, in the order they were walked: (place, key). `stop`: the place and the id of the message up to
    which was looked, where that was not to the end."""

    leads: list[tuple[Any, RoundKey]]
    more: bool
    stop: tuple[Any, uuid.UUID] | None


async def walk_time(
    conn: Connection, agent_id: int, filters: Filters, cursor: str | None, size: int, most: int
) -> Walked:
    """By arrival. Raises Invalid for a cursor that is none."""
    low, high = filters.since or FIRST_ID, filters.until or LAST_ID
    asked = read_place(cursor)
    newer = asked is not None and asked.newer
    if newer:
        place, bound = max(asked.id if asked else low, beside(low, -1)), high
    else:
        place, bound = min(asked.id if asked else high, high), low
    values = {"agent_id": agent_id, "place": place, "bound": bound, "most": most, "size": size + 1}
    stretch = await _stretch(conn, "in_time", newer, values | filters._asdict(), size)
    leads, stop = stretch.leads, stretch.stop and stretch.stop[1]
    onward = leads[-1][0] if stretch.more else stop
    back = leads[0][0] if leads else beside(place, 1 if newer else -1)
    ahead = None if onward is None else write_place(newer, onward)
    behind = None if asked is None else write_place(not newer, back)
    keys = [key for _, key in leads]
    looked_to = None if stop is None else time_of(stop)
    return Walked(keys[::-1], behind, ahead, looked_to) if newer else Walked(keys, ahead, behind, looked_to)


async def walk_wallets(
    conn: Connection, agent_id: int, seats: Sequence[Seat], filters: Filters, cursor: str | None, size: int, most: int
) -> Walked:
    """In each wallet's own order, which neither clocks nor ids keep; wallets beside one another by when messages arrived."""
    asked = read_versions(cursor)
    newer = asked is not None and asked.newer
    places: dict[str, int] = {}
    stretches: dict[str, _Stretch] = {}
    for seat in seats:
        if newer:
            place, bound = max(_version(asked, seat, 0), seat.lowest - 1), seat.highest
        else:
            # A wallet that a cursor does not know was opened since: all of it is newer.
            place, bound = min(_version(asked, seat, 0 if asked else _LAST_VERSION), seat.highest), seat.lowest
        values = {"agent_id": agent_id, "place": place, "bound": bound, "most": most, "size": size + 1}
        places[seat.currency] = place
        stretches[seat.currency] = await _stretch(
            conn, "of_wallet", newer, values | filters._asdict() | {"wallet_id": seat.wallet_id}, size, keep_all=True
        )
    return _merged(places, stretches, newer, asked is None, size)


def _version(asked: Versions | None, seat: Seat, otherwise: int) -> int:
    return asked.by_currency.get(seat.currency, otherwise) if asked else otherwise


def _merged(
    places: Mapping[str, int], stretches: Mapping[str, _Stretch], newer: bool, is_first: bool, size: int
) -> Walked:
    taken = _taken(stretches, newer, size)
    onward, back = dict(places), {code: place + (1 if newer else -1) for code, place in places.items()}
    counts = dict.fromkeys(places, 0)
    for code, version, _ in taken:
        if not counts[code]:
            back[code] = version
        onward[code] = version
        counts[code] += 1
    left = {code: len(found.leads) - counts[code] for code, found in stretches.items()}
    stops = {code: found.stop for code, found in stretches.items() if found.stop is not None and not left[code]}
    onward |= {code: stop[0] for code, stop in stops.items()}
    ahead = write_versions(newer, onward) if stops or any(left.values()) else None
    behind = None if is_first else write_versions(not newer, back)
    looked_to = None
    if len(taken) < size and stops:
        times = [time_of(stop[1]) for stop in stops.values()]
        looked_to = min(times) if newer else max(times)
    keys = [key for _, _, key in taken]
    return Walked(keys[::-1], behind, ahead, looked_to) if newer else Walked(keys, ahead, behind, looked_to)


def _taken(stretches: Mapping[str, _Stretch], newer: bool, size: int) -> list[tuple[str, int, RoundKey]]:
    """The page's leads (currency, version, key) of all wallets, merged; none from beyond where another wallet was not looked at."""
    lists = [[(code, version, key) for version, key in found.leads] for code, found in stretches.items()]
    merged = list(heapq.merge(*lists, key=lambda lead: _arrived(lead[2]), reverse=not newer))[:size]

    def is_seen(lead: tuple[str, int, RoundKey]) -> bool:
        ends = (found.stop[1] for code, found in stretches.items() if found.stop is not None and code != lead[0])
        return all((_arrived(lead[2]) < end) if newer else (_arrived(lead[2]) > end) for end in ends)

    taken = list(itertools.takewhile(is_seen, merged))
    is_stuck = not taken and all(found.leads for found in stretches.values() if found.stop is not None)
    return merged if is_stuck else taken


def _arrived(key: RoundKey) -> uuid.UUID:
    """The id of a lead, which every walk has."""
    assert key.lead is not None
    return key.lead


async def _stretch(
    conn: Connection, walk: str, newer: bool, values: dict[str, Any], size: int, *, keep_all: bool = False
) -> _Stretch:
    direction = "newer" if newer else "older"
    beginning = f"rounds/{walk}_{direction}"
    rows = await _fetch(conn, (beginning, "rounds/leads", f"rounds/{direction}"), values)
    leads = [(row[0], RoundKey(*tuple(row)[1:])) for row in rows]
    more, stop = len(leads) > size, None
    if not more:
        stops = await _fetch(conn, (beginning, "rounds/walked_to"), values)
        stop = tuple(stops[0]) if stops else None
    return _Stretch(leads if keep_all else leads[:size], more, stop)


async def _fetch(conn: Connection, pieces: tuple[str, ...], values: Mapping[str, Any]) -> list[Any]:
    statement = statements.joined(*pieces)
    return list(await conn.fetch(statement.sql, *(values[name] for name in statement.parameters)))


async def look_for_number(
    conn: Connection, agent_id: int, number: int, place: uuid.UUID, bound: uuid.UUID, most: int
) -> tuple[list[RoundKey], uuid.UUID | None]:
    """The round of the message with this number, or with this number of its own, among `most` messages before `place` and not
    before `bound`; and, where it was not there, how far was looked (None: to the end)."""
    values = {"agent_id": agent_id, "number": number, "place": place, "bound": bound, "most": most}
    rows = await _fetch(conn, ("rounds/in_time_older", "rounds/by_number"), values)
    if rows:
        return [RoundKey(*row) for row in rows], None
    stops = await _fetch(conn, ("rounds/in_time_older", "rounds/walked_to"), values)
    return [], stops[0][1] if stops else None
