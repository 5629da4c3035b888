"""The hub's own activity in the event store: a reader of the journals that stores each happening as its agent's events, once
(the contract, "The event API"). `domain/events/own_play.py` says what becomes of play, `happenings.py` where the rest comes from.

Events and cursor are one transaction, and every unique_id is made from what it stands for: a crash repeats or loses nothing.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import structlog

from pitboss.domain.events.event import LOGIN, PLAYER, Event
from pitboss.domain.events.own_play import Teller, stakes_changed, told, win_undone
from pitboss.domain.reports.quarters import Event as PlayEvent
from pitboss.domain.reports.quarters import Played
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.events import make_partition, open_store, store_events
from pitboss.storage.journal import Stretch, agents_with_unread, next_stretch, read_events
from pitboss.storage.quarters import Told, play_of, rounds_of

log = structlog.get_logger()

READER = "own_events"
MOST_EVENTS = 2_000
_OF_THE_AGENT = "agent-"
"""What the agent's own wallets are called by: they are no player's."""
_MOVES = frozenset({"deposit", "withdraw"})
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_LATE_US = 1_000_000


class _Told(Told, frozen=True, gc=False, kw_only=True):
    id: str
    currency: str
    free_value: int = 0
    player_id: str | None = None
    changes: dict[str, object] | None = None


_DECODER = msgspec.json.Decoder(_Told)


class _Happening(NamedTuple):
    """One event of the journal; `play` and `round_` where it is of play, the round where what it does to stakes needs it."""

    told: _Told
    at: datetime
    play: PlayEvent | None
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
    """What the journal's events name, and the agent's events must tell."""

    operator_id: str
    games: Mapping[int, str]
    scales: Mapping[str, int]
    transactions: Mapping[_Key, _Transaction]


async def keep_up(conn: Connection, now: datetime) -> list[int]:
    """One stretch of every agent's journal that goes on; the agents with more. `conn` is the worker's."""
    more = []
    for agent_id in await agents_with_unread(conn, READER):
        await make_partition(conn, now.date())
        await open_store(conn, agent_id)
        async with next_stretch(conn, agent_id, READER, MOST_EVENTS) as stretch:
            if stretch is not None:
                await _store_stretch(conn, stretch, now)
                if stretch.more:
                    more.append(agent_id)
    return more


async def _store_stretch(conn: Connection, stretch: Stretch, now: datetime) -> None:
    happenings = await _read(conn, stretch)
    known = await _look_up(conn, stretch.agent_id, happenings)
    events = [event for happening in happenings for event in _events(happening, known)]
    await store_own(conn, stretch.agent_id, events, now)


async def store_own(conn: Connection, agent_id: int, events: Sequence[Event], now: datetime) -> None:
    """Store events of the hub's own; what was stored before stays as it is."""
    if not events:
        return
    stored = await store_events(conn, agent_id, events, now)
    if stored.conflicts:
        ids = [events[position].unique_id for position in stored.conflicts[:10]]
        log.warning("own_event_differs", agent_id=agent_id, events=len(stored.conflicts), unique_ids=ids)


async def _read(conn: Connection, stretch: Stretch) -> list[_Happening]:
    found = []
    for text, at in await read_events(conn, stretch):
        said = _DECODER.decode(text)
        found.append(_Happening(said, at, play_of(said, at), ()))
    places = [place for place, happening in enumerate(found) if happening.play and _gives_back(happening.play.played)]
    plays = [play for place in places if (play := found[place].play)]
    if plays:
        for place, play, round_ in zip(places, plays, await rounds_of(conn, stretch.agent_id, plays), strict=True):
            version = play.played.version
            found[place] = found[place]._replace(round_=[each for each in round_ if each.version <= version])
    return found


def _gives_back(played: Played) -> bool:
    return played.kind == "refund" or (played.is_cancel and played.kind == "bet")


async def _look_up(conn: Connection, agent_id: int, happenings: Sequence[_Happening]) -> _Known:
    operator_id = await conn.fetchval("SELECT operator_id FROM agent WHERE id = $1", agent_id)
    games = {happening.told.game_id for happening in happenings if happening.told.game_id is not None}
    games |= {played.game_id for happening in happenings for played in happening.round_ if played.game_id is not None}
    currencies = {happening.told.currency for happening in happenings}
    return _Known(
        operator_id,
        await _pairs(conn, "own/games_by_id", sorted(games)),
        await _pairs(conn, "own/scales", sorted(currencies)),
        await _transactions(conn, agent_id, happenings),
    )


async def _pairs(conn: Connection, path: str, keys: list[Any]) -> dict[Any, Any]:
    return {row[0]: row[1] for row in await conn.fetch(statements.sql(path), keys)}


async def _transactions(conn: Connection, agent_id: int, happenings: Sequence[_Happening]) -> dict[_Key, _Transaction]:
    """What was undone, with all of its round, and what was made well before it was told."""
    wanted: set[tuple[int, str]] = set()
    for happening in happenings:
        play = happening.play
        if play is not None and (happening.round_ or play.played.is_cancel or _is_late(happening)):
            wanted.add((play.provider_id, play.played.provider_tx_id))
            wanted.update((play.provider_id, played.provider_tx_id) for played in happening.round_)
    if not wanted:
        return {}
    providers, tx_ids = zip(*sorted(wanted), strict=True)
    rows = await conn.fetch(statements.sql("own/transactions"), agent_id, providers, tx_ids)
    return {(row[0], row[1], row[2]): _Transaction(uuid.UUID(row[3]).hex, *tuple(row)[4:]) for row in rows}


def _events(happening: _Happening, known: _Known) -> list[Event]:
    said = happening.told
    if said.kind == LOGIN:
        return [Event(LOGIN, said.id, happening.at, said.player_id)]
    if said.kind == PLAYER:
        changes = player_changes(said.changes or {}, known.operator_id)
        return [Event(PLAYER, said.id, happening.at, said.player_id, changes=changes)]
    if said.kind in _MOVES:
        mine = said.user_in_game.startswith(_OF_THE_AGENT)
        return [] if mine else [_teller(happening, known).moved(said.real)]
    return [] if happening.play is None else _of_play(happening, happening.play, known)


def player_changes(said: Mapping[str, object], operator_id: str) -> dict[str, object]:
    """What a player's event says; a new player's also whose it is."""
    return {**said, "operator": operator_id} if "registration_date" in said else dict(said)


def _is_late(happening: _Happening) -> bool:
    """Whether a transaction arrived well before it was told: a seamless agent's wallet was asked first, possibly for days."""
    arrived = int(happening.told.id[:16], 16) // 1_000
    return abs((happening.at - _EPOCH) // _MICROSECOND - arrived) > _LATE_US


def _of_play(happening: _Happening, play: PlayEvent, known: _Known) -> list[Event]:
    teller, played = _teller(happening, known), play.played
    of_id = known.transactions.get((play.provider_id, played.provider_tx_id, played.is_cancel))
    if of_id is not None:
        teller = teller._replace(at=of_id.at)
    if _gives_back(played):

        def stored(each: Played) -> _Transaction:
            return known.transactions[play.provider_id, each.provider_tx_id, each.is_cancel]

        # Free stakes come back as free stakes, others as others.
        is_free = stored(played).free_value != 0
        round_ = [each for each in happening.round_ if (stored(each).free_value != 0) is is_free]
        with_value = [each._replace(moved=each.moved - stored(each).free_value) for each in round_]
        return stakes_changed(teller, with_value, lambda each: stored(each).id)
    if not played.is_cancel:
        free_value = happening.told.free_value
        return told(teller, played._replace(moved=played.moved - free_value) if free_value else played)
    win = known.transactions[play.provider_id, played.provider_tx_id, False]
    as_it_was = played._replace(
        is_cancel=False, moved=win.real + win.bonus, bonus=win.bonus, reason=win.reason, campaign_code=win.campaign_code
    )
    return win_undone(teller, as_it_was, win.id)


def _teller(happening: _Happening, known: _Known) -> Teller:
    said = happening.told
    player_id = said.user_in_game.partition("-")[0]
    return Teller(
        said.id, happening.at, player_id, said.round_id or "", said.currency, known.scales[said.currency],
        known.games,
    )  # fmt: skip
