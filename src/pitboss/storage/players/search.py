"""Players as one looks for them: by name, playerId or shown name, or the newest; filtered, a page at a time.

Pages are found by keys in an index. A filter no index serves looks at LOOKED_AT players of that order and tells where it stopped.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.players.support import WalletSeen

LOOKED_AT = 5_000
_MOST_ALSO = 20
_PAST_NAMES = "{"
"""The character that follows `z`."""
_PAST_ALL = "\U0010ffff"
_LATEST = (datetime(9999, 1, 1, tzinfo=UTC), "")


class Wanted(NamedTuple):
    """Filters; None takes all. `tag`: a tag's name. `currency`: one the player has a wallet in."""

    blocked: bool | None = None
    tag: str | None = None
    currency: str | None = None

    @property
    def any(self) -> bool:
        """Whether anything is filtered."""
        return self != Wanted()


class Found(NamedTuple):
    """One player of a list."""

    player_id: str
    username: str
    display_name: str | None
    country: str
    blocked: bool
    created_at: datetime


class Moment(NamedTuple):
    """A place in the order of coming: when, and the playerId of the one who stands there."""

    at: datetime
    player_id: str


class ByName(NamedTuple):
    """A page in the order of usernames; `onward`: the username the next one begins with, None at the end."""

    players: Sequence[Found]
    onward: str | None


class Newest(NamedTuple):
    """A page, newest first; `onward`: where the next one begins, None at the end."""

    players: Sequence[Found]
    onward: Moment | None


async def players_by_name(
    conn: Connection, agent_id: int, prefix: str, since: str | None, wanted: Wanted, most: int
) -> ByName:
    """Players whose username begins with `prefix`, from `since` on. Needs a transaction of the tenant, like all here."""
    bounds = (since or prefix, prefix + _PAST_NAMES)
    looked = LOOKED_AT if wanted.any else most + 1
    rows = await conn.fetch(statements.sql("players/by_name"), agent_id, *bounds, *wanted, looked, most + 1)
    players = [Found(*row) for row in rows]
    if len(players) > most:
        return ByName(players[:most], players[most].username)
    onward = wanted.any and await conn.fetchval(statements.sql("players/after_name"), agent_id, *bounds, looked)
    return ByName(players, onward or None)


async def newest_players(conn: Connection, agent_id: int, since: Moment | None, wanted: Wanted, most: int) -> Newest:
    """Players from `since` back, or from now."""
    bounds = since or _LATEST
    looked = LOOKED_AT if wanted.any else most + 1
    rows = await conn.fetch(statements.sql("players/newest"), agent_id, *bounds, *wanted, looked, most + 1)
    players = [Found(*row) for row in rows]
    if len(players) > most:
        return Newest(players[:most], Moment(players[most].created_at, players[most].player_id))
    row = await conn.fetchrow(statements.sql("players/before_time"), agent_id, *bounds, looked) if wanted.any else None
    return Newest(players, None if row is None else Moment(*row))


async def players_also_called(conn: Connection, agent_id: int, text: str, wanted: Wanted) -> Sequence[Found]:
    """Players whose playerId or shown name begins with `text`, a few of each."""
    player_id = text.lower()
    rows = await conn.fetch(
        statements.sql("players/also_called"), agent_id, player_id, player_id + _PAST_NAMES, *wanted, text, text + _PAST_ALL,
        _MOST_ALSO,
    )  # fmt: skip
    return [Found(*row) for row in rows]


async def wallets_of(conn: Connection, agent_id: int, players: Sequence[str]) -> Mapping[str, Sequence[WalletSeen]]:
    """The wallets of these players (their playerIds), in the order of currencies."""
    found: dict[str, list[WalletSeen]] = {player: [] for player in players}
    for player_id, *wallet in await conn.fetch(statements.sql("wallets/of_players"), agent_id, list(players)):
        found[player_id].append(WalletSeen(*wallet))
    return found
