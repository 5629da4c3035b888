"""Tags of players: names with a number or a text, changed together or not at all (the partner API, "setPlayerTags")."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from pitboss.domain.invalid import Invalid

MAX_NAME = 100
MAX_TEXT = 1_000
MOST_OF_A_CALL = 100
MOST_OF_A_PLAYER = 1_000
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")

TagValue = Decimal | str


class Anything(Enum):
    """The tag may have any value now, or not be there."""

    GOES = "goes"


Expected = Decimal | None | Anything
"""What a tag must be for the change to happen: this number, not there at all (None), or anything."""


class TagChange(NamedTuple):
    """A tag is to have `value` from now on."""

    name: str
    value: TagValue
    expected: Expected = Anything.GOES


class NotAsExpected(NamedTuple):
    """Nothing changes. `found`: what the tags that came with an expectation are, None where there is none."""

    found: Mapping[str, TagValue | None]


class TooManyTags(NamedTuple):
    """Nothing changes: the player would have more than MOST_OF_A_PLAYER."""


def read_tag_number(field: str, text: str) -> Decimal:
    """A number tag's value as it is written: at most 30 digits before and behind the point. Raises Invalid."""
    if _NUMBER.fullmatch(text.strip()) is None:
        raise Invalid(field, "must be a plain decimal number of at most 30 digits before and behind the point")
    value = Decimal(text.strip())
    # A minus before zero is no value of its own.
    return value if value else Decimal(0)


def change_tags(
    stored: Mapping[str, TagValue], changes: Sequence[TagChange], *, replace: bool
) -> Mapping[str, TagValue] | NotAsExpected | TooManyTags:
    """All of the player's tags after the changes. `replace`: these become the only ones. Numbers compare by value: 1.0 is 1."""
    if not all(_as_expected(stored.get(change.name), change.expected) for change in changes):
        return NotAsExpected(
            {change.name: stored.get(change.name) for change in changes if change.expected is not Anything.GOES}
        )
    after = {} if replace else dict(stored)
    after |= {change.name: change.value for change in changes}
    return after if len(after) <= MOST_OF_A_PLAYER else TooManyTags()


def _as_expected(found: TagValue | None, expected: Expected) -> bool:
    if expected is Anything.GOES:
        return True
    if expected is None:
        return found is None
    return isinstance(found, Decimal) and found == expected
