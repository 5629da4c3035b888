"""The hub's own activity in the event store: a reader of the journals that stores each happening as its agent's events, once
(the contract, "The event API"). `domain/events/own_play.py` says what becomes of play, `happenings.py` where the rest comes from.

Events and cursor are one transaction, and every unique_id is made from what it stands for: a crash repeats or loses nothing.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import structlog

from pitboss.domain.events.event import LOGIN, PLAYER, Event, microseconds
from pitboss.domain.events.own_play import ADJUSTMENT, TRANSFER, Teller, stakes_changed, told_of, win_undone
from pitboss.domain.reports.game_figures import is_promotional
from pitboss.domain.reports.quarters import Event as PlayEvent
from pitboss.domain.reports.quarters import Played
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.events.writing import make_partition, open_store, store_events
from pitboss.storage.play.journal import TRANSFERS, KeptLines, Line, Told, agents_with_unread, next_stretch
from pitboss.storage.reports.quarters import is_play, play_of, rounds_of

log = structlog.get_logger()

READER = "own_events"
MOST_EVENTS = 2_000
_OF_THE_AGENT = "agent-"
"""What the agent's own wallets are called by: they are no player's."""
_BY_ITSELF = frozenset({"bet", "win"})
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_LATE_US = 1_000_000
_teller_as = partial(tuple.__new__, Teller)


class _Apart(NamedTuple):
    """An event of play that the journal alone does not tell: `round_` where what it does to stakes needs it."""

    told: Told
    at: datetime
    play: PlayEvent
    round_: Sequence[Played]


_Key = tuple[int, str, bool]
"""Studio, its id of a transaction, and whether its cancel is meant."""


class _Transaction(NamedTuple):
    """`id`: 32 hex digits. Signed minor units; `free_value` of the free stakes it took, negative for those it gave back."""

    id: str
    at: datetime
    real: int
    bonus: int
    free_value: int
    reason: str | None
    campaign_code: str | None


class _Known(NamedTuple):
    """What the journal's events name, and the agent's events must tell; `operator_id` of players' alone."""

    operator_id: str
    games: Mapping[int, str]
    scales: Mapping[str, int]
    transactions: Mapping[_Key, _Transaction]


async def keep_up(conn: Connection, now: datetime, kept: KeptLines | None = None) -> list[int]:
    """One stretch of every agent's journal that goes on; the agents with more. `conn` is the worker's, `kept` what was read over
    it."""
    lines, more = kept or KeptLines(), []
    for agent_id in await agents_with_unread(conn, READER):
        await make_partition(conn, now.date())
        await open_store(conn, agent_id)
        async with next_stretch(conn, agent_id, READER, MOST_EVENTS) as stretch:
            if stretch is not None:
                await _store(conn, stretch.agent_id, await lines.read(conn, stretch), now)
                if stretch.more:
                    more.append(agent_id)
    return more


async def _store(conn: Connection, agent_id: int, lines: Sequence[Line], now: datetime) -> None:
    apart = await _those_apart(conn, agent_id, lines)
    known = await _look_up(conn, agent_id, lines, apart)
    events: list[Event] = []
    for place, line in enumerate(lines):
        events += _of_play(apart[place], known) if place in apart else _events(line.told, line.at, known)
    await store_own(conn, agent_id, events, now)


async def store_own(conn: Connection, agent_id: int, events: Sequence[Event], now: datetime) -> None:
    """Store events of the hub's own; what was stored before stays as it is."""
    if not events:
        return
    stored = await store_events(conn, agent_id, events, now)
    if stored.conflicts:
        ids = [events[position].unique_id for position in stored.conflicts[:10]]
        log.warning("own_event_differs", agent_id=agent_id, events=len(stored.conflicts), unique_ids=ids)


async def _those_apart(conn: Connection, agent_id: int, lines: Sequence[Line]) -> dict[int, _Apart]:
    """By their places in the stretch."""
    found: dict[int, _Apart] = {}
    for place in _places_apart(lines):
        line = lines[place]
        play = play_of(line.told, line.at)
        assert play is not None
        found[place] = _Apart(line.told, line.at, play, ())
    giving_back = [place for place, apart in found.items() if _gives_back(apart.play.played)]
    if giving_back:
        rounds = await rounds_of(conn, agent_id, [found[place].play for place in giving_back])
        for place, round_ in zip(giving_back, rounds, strict=True):
            version = found[place].play.played.version
            found[place] = found[place]._replace(round_=[each for each in round_ if each.version <= version])
    return found


def _places_apart(lines: Sequence[Line]) -> Iterator[int]:
    """Of what undoes or gives back, and of transactions that arrived well before they were told: a seamless agent's wallet was
    asked first, possibly for days."""
    at, told_us = _LONG_AGO, 0
    for place, line in enumerate(lines):
        said = line.told
        if line.at != at:
            at, told_us = line.at, microseconds(line.at)
        if is_play(said) and (said.kind not in _BY_ITSELF or abs(told_us - _arrived_us(said.id)) > _LATE_US):
            yield place


def _arrived_us(transaction_id: str) -> int:
    return int(transaction_id[:16], 16) // 1_000


def _gives_back(played: Played) -> bool:
    return played.kind == "refund" or (played.is_cancel and played.kind == "bet")


async def _look_up(conn: Connection, agent_id: int, lines: Sequence[Line], apart: Mapping[int, _Apart]) -> _Known:
    games = {line.told.game_id for line in lines}
    games |= {played.game_id for each in apart.values() for played in each.round_}
    currencies = {line.told.currency for line in lines}
    return _Known(
        await _operator(conn, agent_id) if any(line.told.kind == PLAYER for line in lines) else "",
        await _pairs(conn, "own/games_by_id", sorted(game_id for game_id in games if game_id is not None)),
        await _pairs(conn, "own/scales", sorted(currencies)),
        await _transactions(conn, agent_id, apart.values()),
    )


async def _operator(conn: Connection, agent_id: int) -> str:
    operator_id: str = await conn.fetchval("SELECT operator_id FROM agent WHERE id = $1", agent_id)
    return operator_id


async def _pairs(conn: Connection, path: str, keys: list[Any]) -> dict[Any, Any]:
    return {row[0]: row[1] for row in await conn.fetch(statements.sql(path), keys)}


async def _transactions(conn: Connection, agent_id: int, apart: Iterable[_Apart]) -> dict[_Key, _Transaction]:
    """They themselves, and all of the rounds of those that give back."""
    wanted: set[tuple[int, str]] = set()
    for each in apart:
        provider_id = each.play.provider_id
        wanted.add((provider_id, each.play.played.provider_tx_id))
        wanted.update((provider_id, played.provider_tx_id) for played in each.round_)
    if not wanted:
        return {}
    providers, tx_ids = zip(*sorted(wanted), strict=True)
    rows = await conn.fetch(statements.sql("own/transactions"), agent_id, providers, tx_ids)
    return {(row[0], row[1], row[2]): _Transaction(uuid.UUID(row[3]).hex, *tuple(row)[4:]) for row in rows}


def _events(said: Told, at: datetime, known: _Known) -> list[Event]:
    """Of what is told by the journal alone."""
    if said.kind == LOGIN:
        return [Event(LOGIN, said.id, at, said.player_id)]
    if said.kind == PLAYER:
        return [
            Event(PLAYER, said.id, at, said.player_id, changes=player_changes(said.changes or {}, known.operator_id))
        ]
    if said.kind in TRANSFERS:
        mine = said.user_in_game.startswith(_OF_THE_AGENT)
        method = TRANSFER if said.reason is None else ADJUSTMENT
        return [] if mine else [_teller(said, at, known).moved(said.real, method)]
    if not is_play(said):
        return []
    moved = said.real + said.bonus - said.free_value
    promotional = is_promotional(said.reason, said.campaign_code)
    return told_of(_teller(said, at, known), said.kind == "win", said.game_id, moved, said.bonus, promotional)


def player_changes(said: Mapping[str, object], operator_id: str) -> dict[str, object]:
    """What a player's event says; a new player's also whose it is."""
    return {**said, "operator": operator_id} if "registration_date" in said else dict(said)


def _of_play(apart: _Apart, known: _Known) -> list[Event]:
    play = apart.play
    played = play.played
    of_id = known.transactions.get((play.provider_id, played.provider_tx_id, played.is_cancel))
    at = apart.at if of_id is None else of_id.at
    if not (played.is_cancel or _gives_back(played)):
        return _events(apart.told, at, known)
    teller = _teller(apart.told, at, known)
    if _gives_back(played):

        def stored(each: Played) -> _Transaction:
            return known.transactions[play.provider_id, each.provider_tx_id, each.is_cancel]

        # Free stakes come back as free stakes, others as others.
        is_free = stored(played).free_value != 0
        round_ = [each for each in apart.round_ if (stored(each).free_value != 0) is is_free]
        with_value = [each._replace(moved=each.moved - stored(each).free_value) for each in round_]
        return stakes_changed(teller, with_value, lambda each: stored(each).id)
    win = known.transactions[play.provider_id, played.provider_tx_id, False]
    as_it_was = played._replace(
        is_cancel=False, moved=win.real + win.bonus, bonus=win.bonus, reason=win.reason, campaign_code=win.campaign_code
    )
    return win_undone(teller, as_it_was, win.id)


def _teller(said: Told, at: datetime, known: _Known) -> Teller:
    player_id = said.user_in_game.partition("-")[0]
    currency = said.currency
    return _teller_as((said.id, at, player_id, said.round_id or "", currency, known.scales[currency], known.games))
