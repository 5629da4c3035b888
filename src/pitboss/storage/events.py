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
from pitboss.domain.events.figures import NO_MONEY, Added, Sums, added_by
from pitboss.domain.events.profiles import UNKNOWN, Profile, merged
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.packing import packed

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
    offered = len(events)
    times = [event.at.isoformat() for event in events]
    mine, repeats, conflicts = await _take_keys(conn, agent_id, events, times, received_at)
    if mine:
        if len(mine) < len(events):
            events, times = [events[position] for position in mine], [times[position] for position in mine]
        # What Python has to do is done before the agent's head is taken: nobody else's batch gets further while we hold it.
        columns, added = _columns(events, times), _prepared(added_by(events))
        last = await conn.fetchval(statements.sql("events/take_numbers"), agent_id, len(events))
        await conn.execute(statements.sql("events/write"), agent_id, received_at, last - len(events), *columns)
        await _add_figures(conn, agent_id, added)
        await _merge(conn, agent_id, [event for event in events if event.kind == PLAYER], "player")
        await _merge(conn, agent_id, [event for event in events if event.kind == GAME], "game")
    return Stored(offered - len(repeats) - len(conflicts), repeats, conflicts)


async def _take_keys(
    conn: Connection, agent_id: int, events: Sequence[Event], times: Sequence[str], received_at: datetime
) -> tuple[list[int], list[int], list[int]]:
    """The positions of events whose keys are ours now, of repeats, and of conflicts."""
    if not events:
        return [], [], []
    prints = [fingerprint(event, at) for event, at in zip(events, times, strict=True)]
    first = {event.unique_id: position for position, event in reversed(list(enumerate(events)))}
    keys = sorted(first)
    columns = packed([keys, [str(prints[first[key]]) for key in keys]])
    ours = await conn.fetchval(statements.sql("events/take_keys"), agent_id, received_at, *columns, len(events))
    if ours is None:
        return list(range(len(events))), [], []
    return await _sorted_out(conn, agent_id, events, prints, first, set(ours), received_at)


async def _sorted_out(
    conn: Connection,
    agent_id: int,
    events: Sequence[Event],
    prints: list[int],
    first: Mapping[str, int],
    ours: set[str],
    received_at: datetime,
) -> tuple[list[int], list[int], list[int]]:
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
    return mine, repeats, conflicts


async def _known(conn: Connection, agent_id: int, keys: list[str]) -> dict[str, tuple[int, datetime]]:
    if not keys:
        return {}
    rows = await conn.fetch(statements.sql("events/known_keys"), agent_id, keys)
    return {row[0]: (row[1], row[2]) for row in rows}


def _columns(events: Sequence[Event], times: Sequence[str]) -> list[str]:
    kinds, ids, _, players, games, rounds, currencies, amounts, euros, wins, bonuses, methods, corrects, changes = zip(
        *events, strict=True
    )
    columns = [
        kinds, ids, times, *(_texts(column) for column in (players, games, rounds, currencies, amounts, euros)),
        [_FLAG[flag] for flag in wins], [_FLAG[flag] for flag in bonuses], _texts(methods), _texts(corrects),
        ["" if said is None else _json(said) for said in changes],
    ]  # fmt: skip
    return packed(columns)


_FLAG = {None: "", False: "f", True: "t"}


def _texts(column: Sequence[str | None]) -> Sequence[str]:
    """NULL is the empty text: no member that may be NULL may be empty."""
    return [text or "" for text in column]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


class _Figures(NamedTuple):
    """What a batch adds, and as columns what of that does not depend on what is stored."""

    added: Added
    plays: list[str]
    players: list[str]


def _prepared(added: Added) -> _Figures:
    plays, players = sorted(added.plays), sorted(added.players)
    of_plays = [added.plays[key] for key in plays]
    of_players = [added.players[key] for key in players]
    return _Figures(
        added,
        packed([*zip(*plays, strict=True), _numbers(of_plays, "events"), *_played(of_plays)]) if plays else [],
        packed([
            *zip(*players, strict=True), _numbers(of_players, "events"), *_seen(of_players),
            [row.last_login.isoformat() if row.last_login else "" for row in of_players], *_played(of_players),
            *(_numbers(of_players, name) for name in ("deposits", "deposited", "withdrawals", "withdrawn")),
        ]) if players else [],
    )  # fmt: skip


async def _add_figures(conn: Connection, agent_id: int, figures: _Figures) -> None:
    added = figures.added
    new_players = await _add_plays(conn, agent_id, figures)
    if added.games:
        games = sorted(added.games)
        rows = [added.games[key] for key in games]
        columns = [
            *zip(*games, strict=True), _numbers(rows, "events"), *_seen(rows), [str(new_players.get(key, 0)) for key in games],
            *_played(rows),
        ]  # fmt: skip
        told = await conn.fetch(statements.sql("events/add_games"), agent_id, *packed(columns), _most(rows))
        await _stubs(conn, agent_id, "game", {row[0] for row in told if row[2] == added.games[row[0], row[1]].events})
    if added.players:
        most = _most(added.players.values())
        told = await conn.fetch(statements.sql("events/add_players"), agent_id, *figures.players, most)
        await _stubs(
            conn, agent_id, "player", {row[0] for row in told if row[2] == added.players[row[0], row[1]].events}
        )


async def _add_plays(conn: Connection, agent_id: int, figures: _Figures) -> dict[tuple[str, str], int]:
    """The players that are new to a game, by (game, currency), and under no currency those that are new to it at all."""
    added = figures.added
    if not added.plays:
        return {}
    most = _most(added.plays.values())
    told = await conn.fetch(statements.sql("events/add_plays"), agent_id, *figures.plays, most)
    fresh = [(row[0], row[1], row[2]) for row in told if row[3] == added.plays[row[0], row[1], row[2]].events]
    new: dict[tuple[str, str], int] = {}
    pairs: dict[tuple[str, str], int] = {}
    for player_id, game_id, currency in fresh:
        new[game_id, currency] = new.get((game_id, currency), 0) + 1
        pairs[player_id, game_id] = pairs.get((player_id, game_id), 0) + 1
    if pairs:
        of = [list(column) for column in zip(*pairs, strict=True)]
        for row in await conn.fetch(statements.sql("events/play_currencies"), agent_id, *of):
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


def _most(rows: Iterable[Sums]) -> int:
    return max(row.events for row in rows)


def _numbers(rows: Sequence[Sums], name: str) -> list[str]:
    return [str(getattr(row, name)) for row in rows]


def _seen(rows: Sequence[Sums]) -> tuple[list[str], list[str]]:
    return [row.first_seen.isoformat() for row in rows], [row.last_seen.isoformat() for row in rows]


def _played(rows: Sequence[Sums]) -> list[list[str]]:
    names = ("bets", "turnover", "wins", "winnings", "bonus_turnover", "bonus_winnings")
    return [_numbers(rows, name) for name in names]


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
        statements.sql(f"events/keep_{of}s"), agent_id, subjects, [_json(profiles[subject].members) for subject in subjects],
        [_json(profiles[subject].said) for subject in subjects],
    )  # fmt: skip


def _subject(event: Event) -> str:
    subject = event.player_id if event.kind == PLAYER else event.game_id
    assert subject is not None
    return subject
