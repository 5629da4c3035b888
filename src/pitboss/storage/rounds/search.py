"""Finds an agent's rounds by what a person knows of them, newest first, a page at a time (the back office, "rounds").

No index serves this alone, since each would cost every bet; so there are four ways, and what is asked for decides:

- a round id or the id of a transaction: looked up. A studio's own ids, its history ids and the hub's 32 hex digits are keys, or
  nearly. The hub's numbers (what operators are told) are not: messages are looked through from the newest of the time asked for
  on, MOST_FOR_A_NUMBER at a time; a player's, all of them;
- a player: what stood in his wallets, in their order;
- outcomes that are unknown: the list of calls that are under way, all of it; what was refused: one player's alone;
- else all of the agent's messages, in the order they arrived.

A walk through messages ends after MOST of them, and says how far it came when that was not enough to fill the page: `older` then
goes on from there. So a page takes as long over ten million transactions as over a thousand.

Each round stands where its lead does, the first of its messages that stood, which does not change: while new ones arrive, paging
forth and back gives every round once. A round whose first message waits for an operator has no lead yet: without a player it
is found by the state `unknown` alone, with one it is in `waiting`. A round whose every message was refused has none either: it is
found by the transaction's id, and with a player by `refused` or by its own id.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final, NamedTuple

from pitboss.domain.invalid import Invalid
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.rounds.ids import Stretch, rounds_of_id, rounds_of_number, rounds_of_transaction
from pitboss.storage.rounds.places import (
    CLOCKS_AGREE,
    FIRST_ID,
    LAST_ID,
    beside,
    first_id,
    first_version_since,
    read_place,
    time_of,
    write_place,
)
from pitboss.storage.rounds.rows import RoundKey, RoundRow, RoundState, read_rows
from pitboss.storage.rounds.walk import Filters, Seat, Walked, walk_time, walk_wallets

MOST: Final = 20_000
"""Messages looked through for one page."""
MOST_FOR_A_NUMBER: Final = 200_000
LARGEST_PAGE: Final = 200
_MOST_LISTED: Final = 10_000
_SETTLED_LATE: Final = timedelta(days=31)
"""A seamless agent's wallet may answer long after it was first asked."""


class WantedState(StrEnum):
    """What a search may ask for: the states of RoundRow (`open`, `finished`, `returned`); `unknown`: a message's outcome is not
    known yet; `refused`: a message was refused (of one player's rounds alone)."""

    OPEN = "open"
    FINISHED = "finished"
    RETURNED = "returned"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class RoundFilter(NamedTuple):
    """What to look for; None means all.

    `player`: username, player id, userInGame or the operator's id of him. `round`: the studio's id of it or the hub's number.
    `transaction`: any id of a message: the studio's, its history id, the hub's number, the 32 hex digits of its history item or of
    its wallet's transaction. `since`, `until`: when the round's first message arrived, [since, until). `in_bonus`: whether free
    stakes or bonus money played in it."""

    player: str | None = None
    round: str | None = None
    transaction: str | None = None
    game_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    state: WantedState | None = None
    in_bonus: bool | None = None


class RoundPage(NamedTuple):
    """Newest first. `older`, `newer`: the cursor of the next page in that direction; None: there is nothing. `looked_to`: how far
    back (or, towards newer ones, how far on) was looked where the page could not be filled. `waiting`: the player's rounds in which
    nothing stands yet because an operator's answer is not known. `nobody`: there is no such player."""

    rows: list[RoundRow]
    older: str | None = None
    newer: str | None = None
    looked_to: datetime | None = None
    waiting: Sequence[RoundRow] = ()
    nobody: bool = False


async def search(
    conn: Connection, agent_id: int, wanted: RoundFilter, cursor: str | None = None, size: int = 50
) -> RoundPage:
    """One page of at most `size` rounds (1 to LARGEST_PAGE) of the agent; `cursor` is one that the same search gave. Raises Invalid
    for a cursor that is none, and for `refused` without a player. Needs a transaction of the tenant, as the application's role."""
    size = min(max(size, 1), LARGEST_PAGE)
    wanted = wanted._replace(
        player=_text(wanted.player), round=_text(wanted.round), transaction=_text(wanted.transaction)
    )
    # A plan made for any filter would read every row; one made for these reaches rows by keys.
    await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    seats = None if wanted.player is None else await _seats(conn, agent_id, wanted)
    if seats == []:
        return RoundPage([], nobody=True)
    if wanted.round is not None or wanted.transaction is not None:
        return await _looked_up(conn, agent_id, wanted, _wallets(seats), cursor, size)
    if wanted.state in (WantedState.UNKNOWN, WantedState.REFUSED):
        rows = await read_rows(conn, agent_id, await _listed(conn, agent_id, wanted.state, _wallets(seats)))
        return _cut([row for row in rows if _fits(row, wanted)], cursor, size)
    if seats is None:
        return await _read(conn, agent_id, await walk_time(conn, agent_id, _filters(wanted), cursor, size, MOST))
    walked = await walk_wallets(conn, agent_id, seats, _filters(wanted), cursor, size, MOST)
    page = await _read(conn, agent_id, walked)
    return page._replace(waiting=await _waiting(conn, agent_id, wanted, _wallets(seats)))


def _text(given: str | None) -> str | None:
    """As a person pasted it; nothing asks for nothing. What no database holds, nothing is called."""
    text = (given or "").strip().encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text or None


async def _seats(conn: Connection, agent_id: int, wanted: RoundFilter) -> list[Seat]:
    """The player's wallets, with the versions that may be of the time asked for."""
    rows = await conn.fetch(statements.sql("rounds/wallets_of"), agent_id, wanted.player)
    seats = []
    for wallet_id, currency, version in rows:
        lowest, highest = 1, version + 1
        if wanted.since is not None:
            moment = _moved(wanted.since, -CLOCKS_AGREE)
            lowest = await first_version_since(conn, agent_id, wallet_id, version, moment)
        if wanted.until is not None:
            moment = _moved(wanted.until, _SETTLED_LATE)
            highest = await first_version_since(conn, agent_id, wallet_id, version, moment)
        seats.append(Seat(wallet_id, currency, lowest, highest))
    return seats


def _moved(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        return moment


def _wallets(seats: Sequence[Seat] | None) -> list[int] | None:
    return None if seats is None else [seat.wallet_id for seat in seats]


def _filters(wanted: RoundFilter) -> Filters:
    since = None if wanted.since is None else first_id(wanted.since)
    until = None if wanted.until is None else first_id(wanted.until)
    return Filters(wanted.game_id, wanted.state, wanted.in_bonus, since, until)


async def _read(conn: Connection, agent_id: int, walked: Walked) -> RoundPage:
    return RoundPage(await read_rows(conn, agent_id, walked.keys), walked.older, walked.newer, walked.looked_to)


async def _listed(conn: Connection, agent_id: int, state: WantedState, wallets: Sequence[int] | None) -> list[RoundKey]:
    if state is WantedState.REFUSED and wallets is None:
        raise Invalid("state", "what was refused is listed for one player: name one")
    rows = await conn.fetch(statements.sql(f"rounds/{state}"), agent_id, wallets, _MOST_LISTED)
    return [RoundKey(*row) for row in rows]


async def _waiting(
    conn: Connection, agent_id: int, wanted: RoundFilter, wallets: Sequence[int] | None
) -> list[RoundRow]:
    """The player's rounds under way in which nothing stands yet."""
    rows = await read_rows(conn, agent_id, await _listed(conn, agent_id, WantedState.UNKNOWN, wallets))
    wanted = wanted._replace(state=WantedState.UNKNOWN if wanted.state is None else wanted.state)
    return [row for row in rows if row.state is RoundState.NOTHING and _fits(row, wanted)]


async def _looked_up(
    conn: Connection, agent_id: int, wanted: RoundFilter, wallets: Sequence[int] | None, cursor: str | None, size: int
) -> RoundPage:
    if wanted.transaction is not None:
        keys = await rounds_of_transaction(conn, agent_id, wanted.transaction)
    else:
        keys = await rounds_of_id(conn, agent_id, wanted.round or "", wallets, _MOST_LISTED)
    if not keys:
        stretch = _stretch(wanted, cursor)
        text = wanted.transaction or wanted.round or ""
        keys, stop = await rounds_of_number(conn, agent_id, text, wallets, stretch)
        if stop is not None:
            return RoundPage([], write_place(False, stop), None, time_of(stop))
        if wallets is None:
            # The cursor was where to look from, not a place in what was found.
            cursor = None
    rows = [row for row in await read_rows(conn, agent_id, keys) if _fits(row, wanted)]
    if wallets is not None:
        rows = [row for row in rows if row.wallet_id in wallets]
    return _cut(rows, cursor, size)


def _stretch(wanted: RoundFilter, cursor: str | None) -> Stretch:
    """What to look through for a number: where the page before ended, or from the newest of the time asked for."""
    asked, filters = read_place(cursor), _filters(wanted)
    # The message may be one behind the round's first.
    latest = LAST_ID if wanted.until is None or wanted.transaction is not None else filters.until or LAST_ID
    return Stretch(asked.id if asked else latest, filters.since or FIRST_ID, MOST_FOR_A_NUMBER)


def _fits(row: RoundRow, wanted: RoundFilter) -> bool:
    """The same of rows as SQL does of leads; of time, to the round's opening."""
    if wanted.transaction is not None and wanted.round not in (None, row.round_id, str(row.number)):
        return False
    states = {WantedState.UNKNOWN: row.unknown, WantedState.REFUSED: True}
    return (
        (wanted.game_id is None or row.game_id == wanted.game_id)
        and (wanted.since is None or row.opened_at >= wanted.since)
        and (wanted.until is None or row.opened_at < wanted.until)
        and (wanted.state is None or states.get(wanted.state, row.state.value == wanted.state.value))
        and (wanted.in_bonus is None or row.in_bonus == wanted.in_bonus)
    )


def _cut(rows: Sequence[RoundRow], cursor: str | None, size: int) -> RoundPage:
    """A page of rows that were all found at once."""
    asked = read_place(cursor)
    placed = sorted(((_place(row), row) for row in rows), key=lambda each: each[0], reverse=True)
    if asked is None:
        first = 0
    elif asked.newer:
        first = max(0, sum(place > asked.id for place, _ in placed) - size)
    else:
        first = sum(place >= asked.id for place, _ in placed)
    shown, is_last = placed[first : first + size], first + size >= len(placed)
    older = None if is_last else write_place(False, shown[-1][0])
    newer = (
        write_place(True, shown[0][0] if shown else beside(LAST_ID if asked is None else asked.id, -1))
        if first
        else None
    )
    return RoundPage([row for _, row in shown], older, newer)


def _place(row: RoundRow) -> uuid.UUID:
    """Where a round stands among others: by its opening, else by its key."""
    digest = blake2b(f"{row.provider_id} {row.wallet_id} {row.round_id}".encode(), digest_size=8).digest()
    return uuid.UUID(int=first_id(row.opened_at).int | int.from_bytes(digest))
