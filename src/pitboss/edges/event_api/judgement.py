"""From the words of a batch to events that can be stored, a slice at a time, so that other requests are answered in between."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.domain.events.event import Event
from pitboss.domain.events.gamerounds import Gamerounds, judged
from pitboss.domain.events.rules import Judge, Wrong
from pitboss.reference import iso4217_scale
from pitboss.wire import event_api as wire
from pitboss.wire.event_batch import Batch

_TOGETHER = 100
"""Items between two looks at other requests: a tenth of a millisecond where all are right, one where all are wrong."""
_SUBJECT = frozenset({"unique_id", "timestamp", "player_id", "game_id"})


class Rejected(NamedTuple):
    """An item that cannot be stored, by its place in the batch."""

    place: int
    unique_id: str | None
    errors: list[wire.FieldError]


class Judgement(NamedTuple):
    """`places`: where in the batch each of the events stood."""

    events: list[Event]
    places: list[int]
    rejected: list[Rejected]


async def judge(batch: Batch, catalogue: Catalogue, agent: Agent, now: datetime) -> Judgement:
    """Every item of a batch, judged by itself. Raises BadBody."""
    judge_of = Judge(_scales(catalogue, agent), now)
    judgement = Judgement([], [], [])
    for start in range(0, len(batch), _TOGETHER):
        _judge_some(judge_of, judgement, start, batch.decoded(start, start + _TOGETHER))
        await asyncio.sleep(0)
    batch.check_rest()
    return judgement


def _judge_some(judge_of: Judge, judgement: Judgement, start: int, batch: Iterable[wire.Data | wire.BadItem]) -> None:
    items = list(batch)
    rounds = [data for data in items if type(data) is wire.Gameround]
    events = judged(judge_of, Gamerounds(*wire.columns(rounds))) if rounds else None
    if events is not None and len(events) == len(items):
        judgement.events.extend(events)
        judgement.places.extend(range(start, start + len(items)))
        return
    right = None if events is None else iter(events)
    for place, data in enumerate(items, start):
        if right is not None and type(data) is wire.Gameround:
            judgement.events.append(next(right))
            judgement.places.append(place)
        else:
            _judge_one(judge_of, judgement, place, data)


def _judge_one(judge_of: Judge, judgement: Judgement, place: int, data: wire.Data | wire.BadItem) -> None:
    errors: list[wire.FieldError] = []
    if isinstance(data, wire.BadItem):
        errors, unique_id = data.errors, data.unique_id
        if data.data is None:
            judgement.rejected.append(Rejected(place, unique_id, errors))
            return
        data = data.data
    else:
        unique_id = data.unique_id
    try:
        event = _event(judge_of, data)
    except Wrong as wrong:
        named = {error.field for error in errors}
        errors = errors + [wire.FieldError(*problem) for problem in wrong.problems if problem[0] not in named]
    if errors:
        judgement.rejected.append(Rejected(place, unique_id, errors))
    else:
        judgement.events.append(event)
        judgement.places.append(place)


def _event(judge_of: Judge, data: wire.Data) -> Event:
    match data:
        case wire.Gameround():
            return _gameround(judge_of, data)
        case wire.Deposit():
            return judge_of.deposit(
                data.unique_id, data.timestamp, data.player_id, wire.spelled(data.amount) or "", data.currency, data.method,
                wire.spelled(data.amount_eur),
            )  # fmt: skip
        case wire.Withdraw():
            return judge_of.withdraw(
                data.unique_id, data.timestamp, data.player_id, wire.spelled(data.amount) or "", data.currency, data.method
            )  # fmt: skip
        case wire.Login():
            return judge_of.login(data.unique_id, data.timestamp, data.player_id)
        case wire.Player():
            return judge_of.player(data.unique_id, data.timestamp, data.player_id, _said(data))
        case wire.Game():
            return judge_of.game(data.unique_id, data.timestamp, data.game_id, _said(data))


def _gameround(judge_of: Judge, data: wire.Gameround) -> Event:
    corrects = data.corrects
    return judge_of.gameround(
        data.unique_id, data.timestamp, data.player_id, data.game_id, data.round_id, wire.spelled(data.amount) or "",
        data.currency, data.is_win, data.is_bonus, corrects if isinstance(corrects, str) else None,
    )  # fmt: skip


def _said(data: wire.Player | wire.Game) -> dict[str, object]:
    """The members that are there, but for those that say whom it is about."""
    members = {name: getattr(data, name) for name in data.__struct_fields__ if name not in _SUBJECT}
    return {name: value for name, value in members.items() if value is not msgspec.UNSET}


def _scales(catalogue: Catalogue, agent: Agent) -> Callable[[str], int | None]:
    """Decimals of the tenant's currencies and of ISO 4217's; those the hub has met keep the scale they had then."""
    known: dict[str, int | None] = {}

    def scale_of(code: str) -> int | None:
        if code not in known:
            scale = iso4217_scale(code)
            own = agent.currencies.get(code) or (catalogue.currencies.get(code) if scale is not None else None)
            known[code] = own.scale if own is not None else scale
        return known[code]

    return scale_of
