"""The quick way through a batch and the slow one say the same, and no spelling of JSON slips something past the quick one."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pitboss.domain.events.event import PLAYER, Event
from pitboss.domain.events.profiles import UNKNOWN, merged
from pitboss.domain.events.rules import told_time
from pitboss.wire import event_api as wire
from pitboss.wire.event_batch import Batch, Parsed, decode_items
from pitboss.wire.event_items import parse_items

TEXT = st.text(max_size=6)
VALUE = st.one_of(TEXT, st.booleans(), st.none(), st.integers(-5, 500), st.lists(TEXT, max_size=2))
COMMON = {"unique_id": TEXT, "timestamp": TEXT}
ROUND = COMMON | {
    "player_id": TEXT, "game_id": TEXT, "round_id": TEXT, "amount": st.integers(0, 10**20), "currency": TEXT,
    "is_win": st.booleans(),
    "is_bonus": st.booleans(),
}  # fmt: skip
PAYMENT = COMMON | {"player_id": TEXT, "amount": st.integers(0, 9), "currency": TEXT, "method": TEXT}
TEXT_OR_NULL = st.one_of(st.none(), TEXT)
GOOD = st.one_of(
    st.tuples(st.just("gameround"), st.fixed_dictionaries(ROUND, optional={"corrects": TEXT_OR_NULL})),
    st.tuples(st.just("deposit"), st.fixed_dictionaries(PAYMENT, optional={"amount_eur": st.one_of(st.none(), st.integers())})),
    st.tuples(st.just("withdraw"), st.fixed_dictionaries(PAYMENT)),
    st.tuples(st.just("login"), st.fixed_dictionaries(COMMON | {"player_id": TEXT})),
    st.tuples(
        st.just("player"),
        st.fixed_dictionaries(
            COMMON | {"player_id": TEXT},
            optional={"username": TEXT_OR_NULL, "tags": st.lists(TEXT, max_size=2), "is_blocked": st.booleans()},
        ),
    ),
)  # fmt: skip


@st.composite
def items(draw: st.DrawFn) -> Any:
    event, data = draw(GOOD)
    if draw(st.integers(0, 3)) == 0:
        data = data | draw(st.dictionaries(st.sampled_from([*data, "corrects", "more"]), VALUE, max_size=2))
    return {"event": event, "data": data}


def shown(batch: Batch) -> list[Any]:
    """What is read of each item. The quick way leaves it to the judge that an amount is no number; the slow one says so itself."""
    told: list[Any] = []
    for data in batch.decoded(0, len(batch)):
        if isinstance(data, wire.BadItem):
            told.append(("wrong", data.unique_id, sorted({error.field for error in data.errors})))
            continue
        values = {name: getattr(data, name) for name in data.__struct_fields__}
        spelled = {name: bytes(value) for name, value in values.items() if isinstance(value, wire.Raw)}
        wrong = sorted(name for name, text in spelled.items() if not is_number(name, text))
        told.append(("wrong", data.unique_id, wrong) if wrong else values | spelled)
    batch.check_rest()
    return told


def is_number(name: str, text: bytes) -> bool:
    return text[:1] in b"-0123456789" or (text == b"null" and name == "amount_eur")


@given(st.lists(items(), max_size=4), st.booleans(), st.sampled_from([None, 1, "\t"]))
@settings(max_examples=300, deadline=None)
def test_both_ways_say_the_same(batch: list[Any], ascii_only: bool, indent: Any) -> None:
    body = json.dumps({"items": batch}, ensure_ascii=ascii_only, indent=indent).encode("utf-8")
    assert shown(decode_items(body)) == shown(Parsed(parse_items(body)))


SPELLINGS = [
    b'"login", "event": "login"', b'"login", "event" : "login"', b'"login","event"\n:"login"', b'"login", "\\u0065vent": "login"',
    b'"login", "e\\u0076ent"\t:"login"',
]  # fmt: skip


def test_no_spelling_hides_a_member_that_is_there_twice() -> None:
    for spelled in SPELLINGS:
        # A member written with a space, elsewhere, must not make up for the one too many.
        for space in (b"", b" ", b"\n"):
            said = b'{"unique_id"' + space + b':"a","timestamp": "b", "player_id":"c"}'
            body = b'{"items": [{"event": ' + spelled + b', "data": ' + said + b"}]}"
            [told] = decode_items(body).decoded(0, 1)
            assert isinstance(told, wire.BadItem), (spelled, space)
            assert [error.field for error in told.errors] == ["event"]


@given(st.permutations(range(6)), st.data())
def test_profiles_do_not_depend_on_the_order_of_arrival(order: list[int], data: st.DataObject) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    said = [data.draw(st.dictionaries(st.sampled_from(["username", "country"]), TEXT_OR_NULL)) for _ in range(6)]
    hours = [data.draw(st.integers(0, 2)) for _ in range(6)]
    events = [Event(PLAYER, str(n), start + timedelta(hours=hours[n]), "p", changes=said[n]) for n in range(6)]
    profile = UNKNOWN
    for n in order:
        profile = merged(profile, events[n])
    for name in ("username", "country"):
        last = max(((hours[n], str(n)) for n in range(6) if name in said[n]), default=None)
        assert profile.members.get(name) == (said[int(last[1])][name] if last else None)
    assert told_time(start) == "2026-01-01T00:00:00Z"
