"""Where in an agent's messages, or in a wallet's, a page begins; and the texts that say so in an address."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from pitboss.domain.invalid import Invalid
from pitboss.storage import statements
from pitboss.storage.database import Connection

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_NS: Final = 2**63 - 1
_PLACE: Final = re.compile(r"[on][0-9a-f]{32}")
_VERSIONS: Final = re.compile(r"[on]([A-Z0-9]{2,10}\.[0-9]{1,18}(~[A-Z0-9]{2,10}\.[0-9]{1,18})*)?")

CLOCKS_AGREE: Final = timedelta(hours=1)
"""Further apart the clocks of the hub's machines never are."""
FIRST_ID: Final = uuid.UUID(int=0)
LAST_ID: Final = uuid.UUID(int=2**128 - 1)


class Place(NamedTuple):
    """A page's end in the order of arrival. `newer`: what is behind it is asked for, else what is before it."""

    newer: bool
    id: uuid.UUID


class Versions(NamedTuple):
    """The same in the order of a player's wallets, by currency."""

    newer: bool
    by_currency: Mapping[str, int]


def time_of(message: uuid.UUID) -> datetime:
    """When a message arrived, by its id: to the microsecond."""
    return _EPOCH + timedelta(microseconds=(message.int >> 64) // 1000)


def first_id(moment: datetime) -> uuid.UUID:
    """No id of that moment or later is smaller. `moment` may be any there is."""
    nanoseconds = (moment - _EPOCH) // timedelta(microseconds=1) * 1000
    return uuid.UUID(int=min(max(nanoseconds, 0), _LAST_NS) << 64)


def beside(place: uuid.UUID, by: int) -> uuid.UUID:
    """The id that many behind (or before) it, within what ids there are."""
    return uuid.UUID(int=min(max(place.int + by, 0), LAST_ID.int))


def write_place(newer: bool, place: uuid.UUID) -> str:
    """As it stands in an address."""
    return ("n" if newer else "o") + place.hex


def read_place(cursor: str | None) -> Place | None:
    """Back from that. Raises Invalid."""
    if cursor is None:
        return None
    if _PLACE.fullmatch(cursor) is None:
        raise Invalid("page", "is no page of this search")
    return Place(cursor[0] == "n", uuid.UUID(cursor[1:]))


def write_versions(newer: bool, by_currency: Mapping[str, int]) -> str:
    """As it stands in an address."""
    return ("n" if newer else "o") + "~".join(f"{code}.{version}" for code, version in sorted(by_currency.items()))


def read_versions(cursor: str | None) -> Versions | None:
    """Back from that. Raises Invalid."""
    if cursor is None:
        return None
    if _VERSIONS.fullmatch(cursor) is None:
        raise Invalid("page", "is no page of this search")
    parts = (part.partition(".") for part in cursor[1:].split("~") if part)
    return Versions(cursor[0] == "n", {code: int(version) for code, _, version in parts})


async def first_version_since(
    conn: Connection, agent_id: int, wallet_id: int, last_version: int, moment: datetime
) -> int:
    """The first version of a wallet that something got at `moment` (UTC) or later; one more than the last where nothing did. A
    wallet's versions are in the order of time, as far as the clocks of the hub's machines agree."""
    low, high = 1, last_version + 1
    while low < high:
        middle = (low + high) // 2
        at = await conn.fetchval(statements.sql("rounds/first_from_version"), agent_id, wallet_id, middle)
        low, high = (middle + 1, high) if at is not None and at < moment else (low, middle)
    return low
