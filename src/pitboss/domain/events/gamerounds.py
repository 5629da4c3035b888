"""Gamerounds judged many at a time, column by column: nearly all traffic is these, and nearly all of them are right.

What is asked of each member stands in `rules.py`; here are quicker ways to see that a whole column fulfils it. Where one is wrong,
nothing is said but that: the rules then find out which, and why.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache, partial
from itertools import repeat
from operator import eq
from typing import NamedTuple

from pitboss.domain.events.event import GAMEROUND, Event
from pitboss.domain.events.rules import MAX_ID, MAX_WHOLE, Judge, Problem


class Gamerounds(NamedTuple):
    """Bets and wins as they are told, a column a member; `amounts` as they are spelled."""

    unique_ids: Sequence[str]
    timestamps: Sequence[str]
    player_ids: Sequence[str]
    game_ids: Sequence[str]
    round_ids: Sequence[str]
    amounts: Sequence[str]
    currencies: Sequence[str]
    are_wins: Sequence[bool]
    are_bonus: Sequence[bool]
    corrects: Sequence[str | None]


_ANY_DIGIT = str.maketrans("123456789", "000000000")
_UTC_SHAPES = frozenset(
    "0000-00-00T00:00:00" + fraction + "Z" for fraction in ("", *("." + "0" * digits for digits in range(1, 10)))
)
_event = partial(tuple.__new__, Event)


def judged(judge: Judge, said: Gamerounds) -> list[Event] | None:
    """All of them (one at least), in order; None when one is wrong."""
    ids = [said.unique_ids, said.player_ids, said.game_ids, said.round_ids]
    named = [unique_id for unique_id in said.corrects if unique_id is not None]
    if named:
        if any(map(eq, said.unique_ids, said.corrects)):
            return None
        ids.append(named)
    if not all(map(_are_ids, ids)):
        return None
    ats = _times(judge, said.timestamps)
    amounts = _amounts(judge, said.amounts, said.currencies)
    if ats is None or amounts is None:
        return None
    nothing = repeat(None)
    columns = zip(
        repeat(GAMEROUND), said.unique_ids, ats, said.player_ids, said.game_ids, said.round_ids, said.currencies, amounts,
        nothing, said.are_wins, said.are_bonus, nothing, said.corrects, nothing,
    )  # fmt: skip
    return list(map(_event, columns))


def _are_ids(texts: Sequence[str]) -> bool:
    return all(texts) and max(map(len, texts)) <= MAX_ID


def _times(judge: Judge, texts: Sequence[str]) -> Sequence[datetime] | None:
    """Those spelled like the first, when that is a usual spelling of UTC, have the right form for certain."""
    shape = texts[0].translate(_ANY_DIGIT)
    if shape in _UTC_SHAPES and "\n".join(texts).translate(_ANY_DIGIT) == "\n".join(repeat(shape, len(texts))):
        try:
            ats = list(map(datetime.fromisoformat, texts))
        except ValueError:
            # Leap seconds among others, which the rules know about.
            pass
        else:
            return ats if max(ats) <= judge.latest else None
    problems: list[Problem] = []
    ats = [judge.time("timestamp", text, problems) for text in texts]
    return None if problems else ats


def _amounts(judge: Judge, texts: Sequence[str], currencies: Sequence[str]) -> Sequence[str] | None:
    """Plain numbers of no more decimals than any of the currencies has are right for certain; those that end in a nought may have
    to be shortened."""
    scales = [judge.scale_of(currency) for currency in set(currencies)]
    known = [scale for scale in scales if scale is not None]
    problems: list[Problem] = []
    lines = "\n".join(texts)
    # As many lines as texts: none of them is two.
    if len(known) == len(scales) and lines.count("\n") < len(texts) and _plain(min(known)).fullmatch(lines) is not None:
        exact = [
            judge.money(text, currency, problems) if text[-1] == "0" else text
            for text, currency in zip(texts, currencies, strict=True)
        ]
    else:
        exact = [judge.money(text, currency, problems) for text, currency in zip(texts, currencies, strict=True)]
    return None if problems else exact


@lru_cache(maxsize=32)
def _plain(scale: int) -> re.Pattern[str]:
    """Plain numbers, a line each."""
    number = rf"(?:0|[1-9][0-9]{{0,{MAX_WHOLE - 1}}})" + (rf"(?:\.[0-9]{{1,{scale}}})?" if scale else "")
    return re.compile(rf"(?:{number}\n)*+{number}")
