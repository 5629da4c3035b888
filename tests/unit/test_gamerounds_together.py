"""Gamerounds judged by columns: the same events as one by one, and none at all where one of them is wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitboss.domain.events.event import Event
from pitboss.domain.events.gamerounds import Gamerounds, judged
from pitboss.domain.events.rules import Judge, Wrong

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCALES = {"EUR": 2, "JPY": 0, "BTC": 8}
RIGHT = ("u", "2026-02-01T10:00:00Z", "p", "g", "r", "1.5", "EUR", False, False, None)

ODD_IDS = ["a", "b", "", "x" * 255, "x" * 256, "a\nb", "١"]
ODD_TIMES = [
    "2026-02-01T10:00:00Z", "2026-02-01T10:00:01Z", "2026-02-01T10:00:00.5Z", "2026-02-01T10:00:00.123456789Z",
        "2026-02-01T10:00:60Z", "2026-02-30T10:00:00Z", "2026-02-01T24:00:00Z", "2026-03-02T12:00:00Z", "2026-03-02T12:00:01Z",
        "2026-02-01T10:00:00+01:00", "2026-02-01 10:00Z", "2026-02-01t10:00:00z", "2026-02-01T10:00:00", "٢٠٢٦-02-01T10:00:00Z",
        "2026-02-01T10:00:00Z\n", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "", "Z",
]  # fmt: skip
ODD_AMOUNTS = [
        "0", "1", "10", "1.5", "1.50", "1.05", "1.005", "0.00", "-0", "-1", "1e2", "1.5e-1", "1e400", "01", "1.", ".5", "", "null",
        "NaN", "9" * 18, "9" * 19, "1.5\n2", "1.5\n", "0.00000001", "0.000000001", "١",
]  # fmt: skip
IDS = st.one_of(st.sampled_from(ODD_IDS), st.text(max_size=3))
TIMES = st.one_of(st.sampled_from(ODD_TIMES), st.text("0123456789-:TZ.\n", max_size=24))
AMOUNTS = st.one_of(st.sampled_from(ODD_AMOUNTS), st.text("0123456789.eE+-\n", max_size=6))
ROUNDS = st.tuples(
    IDS, TIMES, IDS, IDS, IDS, AMOUNTS, st.sampled_from([*SCALES, "eur", ""]), st.booleans(), st.booleans(),
    st.one_of(st.none(), IDS),
)  # fmt: skip


@st.composite
def rounds(draw: st.DrawFn) -> Any:
    """Mostly right, with a member or two from anywhere; often all spelled alike, which is what the quick ways look for."""
    made = []
    for number in range(draw(st.integers(1, 6))):
        one = [f"u{number}", *RIGHT[1:]]
        for place in draw(st.lists(st.integers(0, 9), max_size=2)):
            one[place] = draw(ROUNDS)[place]
        made.append(tuple(one))
    return made


def one_by_one(said: list[tuple[Any, ...]]) -> list[Event] | None:
    judge = Judge(SCALES.get, NOW)
    try:
        return [judge.gameround(*each) for each in said]
    except Wrong:
        return None


def together(said: list[tuple[Any, ...]]) -> list[Event] | None:
    return judged(Judge(SCALES.get, NOW), Gamerounds(*zip(*said, strict=True)))


@given(rounds())
@settings(max_examples=1_500, deadline=None)
def test_together_is_as_one_by_one(said: list[tuple[Any, ...]]) -> None:
    assert together(said) == one_by_one(said)


ODD = [(0, each) for each in ODD_IDS] + [(1, each) for each in ODD_TIMES] + [(5, each) for each in ODD_AMOUNTS]


@pytest.mark.parametrize(("place", "odd"), ODD)
def test_each_odd_one_beside_what_is_right(place: int, odd: str) -> None:
    beside = (*RIGHT[:place], odd, *RIGHT[place + 1 :])
    for said in ([RIGHT, beside], [beside, RIGHT], [beside, beside]):
        assert together(said) == one_by_one(said)


@pytest.mark.parametrize("place", range(10))
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_one_odd_member_among_many_that_are_right(place: int, data: st.DataObject) -> None:
    odd = list(RIGHT)
    odd[place] = data.draw(ROUNDS)[place]
    said = [RIGHT, (*RIGHT[:1], "2026-02-01T10:00:59Z", *RIGHT[2:]), tuple(odd), RIGHT]
    assert together(said) == one_by_one(said)


def test_what_is_kept() -> None:
    [event] = together([("u", "2026-02-01T10:00:00.25Z", "p", "g", "r", "1.50", "EUR", True, False, "v")]) or []
    assert type(event) is Event
    assert event == Event(
        "gameround", "u", datetime(2026, 2, 1, 10, 0, 0, 250_000, UTC), "p", "g", "r", "EUR", "1.5", None, True, False, None, "v",
    )  # fmt: skip
