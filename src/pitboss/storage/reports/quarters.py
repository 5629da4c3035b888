"""The roll-ups reports are made of: kept up with the journal by a worker, exact, rebuildable; and what is behind them.

`player_quarter`, `game_quarter` and `revenue` are a function of the journal up to a generation's cursor. What follows the cursor
is added by whoever reads, so that reports are exact at any moment however far a worker is behind.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

from pitboss.domain.reports.quarters import (
    Changes,
    Event,
    Played,
    add_exact,
    add_up,
    changes_in_round,
    changes_of_all,
    needs_round,
    without_players,
)
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.packing import array_text
from pitboss.storage.play.journal import PLAY, KeptLines, Line, Stretch, Told, line_of, next_stretch

MOST_EVENTS: Final = 5_000
_FIRST_LOOK, _LOOK_FURTHER = 64, 16
# Without the constructors' own Python, which takes longer than all else: there is one of each for every event.
_played_as, _event_as = partial(tuple.__new__, Played), partial(tuple.__new__, Event)


class Behind(NamedTuple):
    """The generation of roll-ups that is read, and what its rows do not hold yet."""

    generation: int
    changes: Changes


def reader_of(generation: int) -> str:
    """The name of a generation's cursor in the journal."""
    return f"reports.{generation}"


async def keep_up(conn: Connection, kept: KeptLines | None = None) -> list[int]:
    """One stretch of every agent's journal that goes on; the agents with more. Roll-ups and cursor move together. `kept`: what
    was read over `conn`."""
    more = []
    for agent_id, generation in await conn.fetch(statements.sql("quarters/unread")):
        async with next_stretch(conn, agent_id, reader_of(generation), MOST_EVENTS) as stretch:
            # Since the cursor is ours: a rebuild may have replaced the generation a moment ago.
            if stretch is not None and (await _standing(conn, agent_id))[0] == generation:
                await add_stretch(conn, stretch, generation, kept)
                if stretch.more:
                    more.append(agent_id)
    return more


async def add_stretch(conn: Connection, stretch: Stretch, generation: int, kept: KeptLines | None = None) -> None:
    """Add a stretch of the journal to a generation of roll-ups, in the transaction that holds the stretch."""
    agent_id = stretch.agent_id
    changes = await _changes(conn, agent_id, await (kept or KeptLines()).read(conn, stretch))
    if not changes:
        return
    of_games = without_players(changes)
    head = (agent_id, reader_of(generation), generation)
    await conn.execute(statements.sql("quarters/add_to_player_quarter"), *head, *columns(changes))
    await conn.execute(statements.sql("quarters/add_to_game_quarter"), *head, *columns(of_games)[1:])
    await conn.execute(statements.sql("quarters/add_to_revenue"), *head, *zip(*revenue_of(of_games), strict=True))


async def read_behind(conn: Connection, agent_id: int, player_id: str | None = None) -> Behind:
    """What the roll-ups lack, of one player or of all. Needs a transaction of the tenant in one snapshot (`one_snapshot`)."""
    generation, last_seq = await _standing(conn, agent_id)
    mine = None if player_id is None else f"{player_id}-%"
    rows = await conn.fetch(statements.sql("quarters/tail"), agent_id, last_seq, mine)
    return Behind(generation, await _changes(conn, agent_id, [line_of(row[0], row[1]) for row in rows]))


async def one_snapshot(conn: Connection) -> None:
    """Let a transaction see one moment throughout; the first thing done in it."""
    await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def columns(changes: Changes) -> list[str]:
    """Buckets and figures as one text a column (`packing.array_text`), in the order of the tables' keys. None of nothing."""
    return list(
        map(array_text, zip(*((*bucket, *figures) for bucket, figures in sorted(changes.items())), strict=True))
    )


async def _standing(conn: Connection, agent_id: int) -> tuple[int, int]:
    row = await conn.fetchrow(statements.sql("quarters/standing"), agent_id)
    assert row is not None
    return row[0], row[1]


async def _changes(conn: Connection, agent_id: int, lines: Iterable[Line]) -> Changes:
    by_themselves: list[Event] = []
    apart: list[Event] = []
    for line in lines:
        event = play_of(line.told, line.at)
        if event is not None:
            (apart if needs_round(event) else by_themselves).append(event)
    changes = changes_of_all(by_themselves)
    if apart:
        for event, round_ in zip(apart, await rounds_of(conn, agent_id, apart), strict=True):
            add_up(changes, changes_in_round(event, round_))
    return changes


def is_play(told: Told) -> bool:
    """Whether an event of the journal is of play."""
    return told.kind in PLAY and told.round_id is not None and told.wallet_version is not None


def play_of(told: Told, at: datetime) -> Event | None:
    """An event of the journal, if it is of play; `at`: when it was stored."""
    if not is_play(told):
        return None
    played = _played_as((
        told.undoes or told.kind, told.undoes is not None, told.provider_tx_id, told.wallet_version, told.game_id,
        told.real + told.bonus, told.bonus, _rate(told.settle_rate), told.reason, told.campaign_code, at, 0,
    ))  # fmt: skip
    return _event_as((
        played, told.user_in_game, told.provider_id, told.round_id, told.round_bets, told.round_stands,
    ))  # fmt: skip


@lru_cache(maxsize=256)
def _rate(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


class _Search(NamedTuple):
    """Transactions of a round are looked for among the wallet's versions above `above` up to `upto`."""

    place: int
    user_in_game: str
    provider_id: int
    round_id: str
    above: int
    upto: int


async def rounds_of(conn: Connection, agent_id: int, events: Sequence[Event]) -> list[list[Played]]:
    """Each event's round, as far back as its stakes and what it undoes: a wallet's transactions are looked through from the event
    on backwards, in ever longer stretches, since most rounds are short."""
    found: list[list[Played]] = [[] for _ in events]
    searches = [
        _Search(
            place, e.user_in_game, e.provider_id, e.round_id, max(e.played.version - _FIRST_LOOK, 0), e.played.version
        )
        for place, e in enumerate(events)
    ]
    length = _FIRST_LOOK
    while searches:
        for row in await conn.fetch(statements.sql("quarters/rounds"), agent_id, *zip(*searches, strict=True)):
            found[row[0]].append(_played(row))
        length *= _LOOK_FURTHER
        searches = [
            search._replace(above=max(search.above - length, 0), upto=search.above)
            for search in searches
            if search.above > 0 and not _is_whole(events[search.place], found[search.place])
        ]
    return found


def _is_whole(event: Event, round_: Sequence[Played]) -> bool:
    if event.round_bets is None:
        return False
    stakes = sum(played.kind == "bet" and not played.is_cancel for played in round_)
    undone = any(p.provider_tx_id == event.played.provider_tx_id and not p.is_cancel for p in round_)
    return stakes >= event.round_bets and undone


def _played(row: Any) -> Played:
    _, kind, is_cancel, tx_id, version, game_id, real, bonus, rate, reason, campaign_code, at, free = row
    return Played(kind, is_cancel, tx_id, version, game_id, real + bonus, bonus, rate, reason, campaign_code, at, free)


def revenue_of(changes: Changes) -> list[tuple[str, Decimal, Decimal]]:
    """Gross gaming revenue by currency: with settle rates, and without."""
    settled: dict[str, Decimal] = {}
    unrated: dict[str, Decimal] = {}
    for bucket, figures in changes.items():
        if bucket.rated:
            settled[bucket.currency] = add_exact(settled.get(bucket.currency, Decimal(0)), figures.ggr_settled)
        else:
            minor = figures.turnover - figures.winnings - figures.jackpot_winnings
            unrated[bucket.currency] = add_exact(unrated.get(bucket.currency, Decimal(0)), Decimal(minor))
    currencies = sorted(settled.keys() | unrated.keys())
    return [(code, settled.get(code, Decimal(0)), unrated.get(code, Decimal(0))) for code in currencies]
