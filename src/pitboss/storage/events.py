"""The event store, writing: a batch of one agent's events goes in once, whole, together with all figures that follow from it.

The order of a batch's transaction:

1. take the keys, sorted; whoever has taken one before us and is not finished is waited for, and a key that was taken is a repeat;
2. take sequence numbers: from here to the commit the agent's head is ours alone, so numbers are in commit order without a gap (a
   reader behind a cursor misses nothing), and profiles and figures are changed by one transaction at a time;
3. write the events, add to the figures, merge the profiles.

Whoever has events of the hub's own to store (a worker that reads an agent's journal) calls `store_events` in the transaction
that moves its cursor, with unique_ids made from what they stand for (never from a clock or chance): what a crash repeats is
then dropped as a repeat. What was undone is the opposite gameround event with `corrects` naming the unique_id it takes back as
a whole, see `domain/events/figures.py`; what was undone in part is a correction of the whole and an event for what is left.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from pitboss.domain.events.event import GAME, PLAYER, Event, fingerprint
from pitboss.domain.events.figures import DECIMALS, NO_MONEY, Added, Sums, added_by
from pitboss.domain.events.profiles import UNKNOWN, Profile, merged
from pitboss.domain.money import format_minor
from pitboss.storage import statements
from pitboss.storage.database import Connection

_JSON = msgspec.json.Decoder(dict[str, object])
_STAMPS = msgspec.json.Decoder(dict[str, tuple[int, str]])


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
    new, repeats, conflicts = await _take_keys(conn, agent_id, events, received_at)
    if new:
        last = await conn.fetchval(statements.sql("events/take_numbers"), agent_id, len(new))
        await _write(conn, agent_id, new, received_at, last - len(new))
        await _add_figures(conn, agent_id, added_by(new))
        await _merge(conn, agent_id, [event for event in new if event.kind == PLAYER], "player")
        await _merge(conn, agent_id, [event for event in new if event.kind == GAME], "game")
    return Stored(len(events) - len(repeats) - len(conflicts), repeats, conflicts)


async def _take_keys(
    conn: Connection, agent_id: int, events: Sequence[Event], received_at: datetime
) -> tuple[list[Event], list[int], list[int]]:
    """The events whose keys are ours now, and the positions of repeats and conflicts."""
    prints = [fingerprint(event) for event in events]
    first: dict[str, int] = {}
    for position, event in enumerate(events):
        first.setdefault(event.unique_id, position)
    keys = sorted(first)
    marks = [prints[first[key]] for key in keys]
    rows = await conn.fetch(statements.sql("events/take_keys"), agent_id, keys, marks, received_at)
    if len(rows) == len(events):
        return list(events), [], []
    ours = {row[0] for row in rows}
    known = await _known(conn, agent_id, [key for key in keys if key not in ours])
    new, repeats, conflicts = [], [], []
    for position, event in enumerate(events):
        key = event.unique_id
        here = first[key] == position
        if here and key in ours:
            new.append(event)
            continue
        mark, at = (prints[first[key]], None) if key in ours else known[key]
        if mark != prints[position]:
            conflicts.append(position)
        elif not here or at != received_at:
            repeats.append(position)
    return new, repeats, conflicts


async def _known(conn: Connection, agent_id: int, keys: list[str]) -> dict[str, tuple[int, datetime]]:
    if not keys:
        return {}
    rows = await conn.fetch(statements.sql("events/known_keys"), agent_id, keys)
    return {row[0]: (row[1], row[2]) for row in rows}


async def _write(conn: Connection, agent_id: int, events: list[Event], received_at: datetime, after: int) -> None:
    kind, unique_id, at, *columns, changes = zip(*events, strict=True)
    told = [None if said is None else msgspec.json.encode(said).decode() for said in changes]
    await conn.execute(
        statements.sql("events/write"), agent_id, received_at, after, kind, unique_id, at, *columns, told
    )


async def _add_figures(conn: Connection, agent_id: int, added: Added) -> None:
    new_players = await _add_plays(conn, agent_id, added)
    games = sorted(added.games)
    if games:
        rows = [added.games[key] for key in games]
        counts = [new_players.get(key, 0) for key in games]
        told = await conn.fetch(
            statements.sql("events/add_games"), agent_id, *_keys(games),
            *_column(rows, "events", "first_seen", "last_seen"), counts, *_played(rows),
        )  # fmt: skip
        await _stubs(conn, agent_id, "game", {row[0] for row in told if row[2] == added.games[row[0], row[1]].events})
    players = sorted(added.players)
    if players:
        rows = [added.players[key] for key in players]
        told = await conn.fetch(
            statements.sql("events/add_players"), agent_id, *_keys(players),
            *_column(rows, "events", "first_seen", "last_seen", "last_login"), *_played(rows),
            *_column(rows, "deposits"), _money(rows, "deposited"), *_column(rows, "withdrawals"), _money(rows, "withdrawn"),
        )  # fmt: skip
        await _stubs(
            conn, agent_id, "player", {row[0] for row in told if row[2] == added.players[row[0], row[1]].events}
        )


async def _add_plays(conn: Connection, agent_id: int, added: Added) -> dict[tuple[str, str], int]:
    """The players that are new to a game, by (game, currency), and under no currency those that are new to it at all."""
    plays = sorted(added.plays)
    if not plays:
        return {}
    rows = [added.plays[key] for key in plays]
    told = await conn.fetch(
        statements.sql("events/add_plays"), agent_id, *_keys(plays), *_column(rows, "events"), *_played(rows)
    )
    fresh = [(row[0], row[1], row[2]) for row in told if row[3] == added.plays[row[0], row[1], row[2]].events]
    new: dict[tuple[str, str], int] = {}
    pairs: dict[tuple[str, str], int] = {}
    for player_id, game_id, currency in fresh:
        new[game_id, currency] = new.get((game_id, currency), 0) + 1
        pairs[player_id, game_id] = pairs.get((player_id, game_id), 0) + 1
    if pairs:
        for row in await conn.fetch(statements.sql("events/play_currencies"), agent_id, *_keys(sorted(pairs))):
            if pairs[row[0], row[1]] == row[2]:
                at_all = (row[1], NO_MONEY)
                new[at_all] = new.get(at_all, 0) + 1
                _touch(added, row[1])
    return new


def _touch(added: Added, game_id: str) -> None:
    """There is a row for the game as such, to count its players in."""
    if (game_id, NO_MONEY) not in added.games:
        seen = [sums for (game, _), sums in added.games.items() if game == game_id]
        row = added.games[game_id, NO_MONEY] = Sums(min(sums.first_seen for sums in seen))
        row.last_seen = max(sums.last_seen for sums in seen)


def _keys(keys: Sequence[tuple[str, ...]]) -> list[list[str]]:
    return [list(column) for column in zip(*keys, strict=True)]


def _column(rows: Sequence[Sums], *names: str) -> list[list[object]]:
    return [[getattr(row, name) for row in rows] for name in names]


def _money(rows: Sequence[Sums], name: str) -> list[str]:
    return [format_minor(getattr(row, name), DECIMALS) for row in rows]


def _played(rows: Sequence[Sums]) -> list[Sequence[object]]:
    return [
        [row.bets for row in rows], _money(rows, "turnover"), [row.wins for row in rows], _money(rows, "winnings"),
        _money(rows, "bonus_turnover"), _money(rows, "bonus_winnings"),
    ]  # fmt: skip


async def _stubs(conn: Connection, agent_id: int, of: str, ids: set[str]) -> None:
    """Whoever has figures for the first time is known from now on, announced or not."""
    if ids:
        await conn.execute(statements.sql(f"events/stub_{of}s"), agent_id, sorted(ids))


async def _merge(conn: Connection, agent_id: int, events: list[Event], of: str) -> None:
    if not events:
        return
    subjects = sorted({_subject(event) for event in events})
    rows = await conn.fetch(statements.sql(f"events/read_{of}s"), agent_id, subjects)
    profiles = {row[0]: Profile(_JSON.decode(row[1]), _STAMPS.decode(row[2])) for row in rows}
    for event in events:
        profiles[_subject(event)] = merged(profiles.get(_subject(event), UNKNOWN), event)
    await conn.execute(
        statements.sql(f"events/keep_{of}s"), agent_id, subjects, _texts(profiles[subject].members for subject in subjects),
        _texts(profiles[subject].said for subject in subjects),
    )  # fmt: skip


def _subject(event: Event) -> str:
    subject = event.player_id if event.kind == PLAYER else event.game_id
    assert subject is not None
    return subject


def _texts(values: Iterable[Mapping[str, object]]) -> list[str]:
    return [msgspec.json.encode(value).decode() for value in values]
