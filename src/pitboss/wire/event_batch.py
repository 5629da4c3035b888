"""A batch of items out of a body: the quick way, a typed decoder over the whole of it (the contract, "The event API").

Where that refuses, items are taken apart one by one, so that one that is wrong costs the others little; and what it refuses
again, or could have overlooked (a member twice, NUL, half of a surrogate pair), is read again, slowly, by `event_items.py`,
which can say what is wrong. Members nobody knows are let pass.
"""

import re
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final, Protocol, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct

from pitboss.wire.event_api import (
    KINDS,
    MAX_ITEMS,
    BadBody,
    BadItem,
    Data,
    Deposit,
    Game,
    Gameround,
    Login,
    Player,
    Withdraw,
)  # fmt: skip
from pitboss.wire.event_items import examine_item, examine_parsed, parse_items

T = TypeVar("T")


class _Gameround(Struct, tag_field="event", tag="gameround", gc=False):
    data: Gameround


class _Deposit(Struct, tag_field="event", tag="deposit", gc=False):
    data: Deposit


class _Withdraw(Struct, tag_field="event", tag="withdraw", gc=False):
    data: Withdraw


class _Player(Struct, tag_field="event", tag="player"):
    data: Player


class _Game(Struct, tag_field="event", tag="game"):
    data: Game


class _Login(Struct, tag_field="event", tag="login", gc=False):
    data: Login


_Item = _Gameround | _Deposit | _Withdraw | _Player | _Game | _Login


class _Whole(Struct):
    items: list[_Item]


class _Pieces(Struct):
    items: list[Raw]


_WHOLE = msgspec.json.Decoder(_Whole)
_PIECES = msgspec.json.Decoder(_Pieces)
_ITEM = msgspec.json.Decoder(_Item)
_AT_ONCE = 1024 * 1024
"""Bytes that are decoded in one go: some milliseconds in which nobody else is answered."""
_MOST_COMMAS = 1_000_000
"""Beyond these a body may be millions of items, which cost far more memory than bytes: the slow way counts what it makes."""
_REQUIRED: Final = {kind: sum(field.required for field in msgspec.structs.fields(kind)) + 2 for kind in KINDS.values()}
"""Members of an item of each kind that must be there, `event` and `data` included."""
_OPTIONAL: Final = {
    kind: tuple(attrgetter(field.name) for field in msgspec.structs.fields(kind) if not field.required)
    for kind in KINDS.values()
}
_REFUSED = (msgspec.MsgspecError, RecursionError, ValueError)
# NUL and halves of surrogate pairs.
_ODD_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_WHITE: Final = b" \n\t\r"


def decode_items(body: bytes) -> "Batch":
    """The batch's items: all of them at once where nothing about them is wrong by form, else one by one, later. Raises BadBody."""
    odd = b"\\" in body and _ODD_ESCAPE.search(body) is not None
    if not odd and len(body) <= _AT_ONCE:
        events = _all_at_once(body)
        if events is not None:
            return Whole(_few(events))
    items = _pieces(body)
    if items is None:
        return Parsed(_few(parse_items(body)))
    return Pieces(body, _few(items), odd)


def _pieces(body: bytes) -> list[Raw] | None:
    """None where only the slow way can tell: half of a surrogate pair is JSON by its grammar, and the quick decoder refuses it."""
    if body.count(b",") > _MOST_COMMAS:
        return None
    try:
        return _PIECES.decode(body).items
    except _REFUSED:
        return None


def _few(items: list[T]) -> list[T]:
    if len(items) > MAX_ITEMS:
        raise BadBody("items", f"must be at most {MAX_ITEMS}", 413)
    return items


def _all_at_once(body: bytes) -> list[Data] | None:
    try:
        events: list[Data] = [item.data for item in _WHOLE.decode(body).items]
    except _REFUSED:
        return None
    return events if _ends_of_names(body) == 1 + _members(events) else None


def _ends_of_names(text: bytes) -> int:
    """At least as many as there are members, whatever white space stands in between: a string may look like the end of a name."""
    return text.translate(None, _WHITE).count(b'":')


def _members(events: Sequence[Data]) -> int:
    """How many members the items of events have, if they have those alone that are known."""
    found = 0
    for kind in set(map(type, events)):
        of_kind = [data for data in events if type(data) is kind]
        found += _REQUIRED[kind] * len(of_kind)
        for member in _OPTIONAL[kind]:
            found += len(of_kind) - list(map(member, of_kind)).count(UNSET)
    return found


class Batch(Protocol):
    """The items of one body, decoded as they are asked for."""

    def __len__(self) -> int:
        """How many items."""

    def decoded(self, start: int, stop: int) -> Iterable[Data | BadItem]:
        """The items from `start` to before `stop`, in order."""

    def check_rest(self) -> None:
        """After all items: the body may hold nothing twice outside of them. Raises BadBody."""


class Whole:
    """A batch of which nothing is wrong by form."""

    def __init__(self, events: list[Data]) -> None:
        self._events = events

    def __len__(self) -> int:
        """How many items."""
        return len(self._events)

    def decoded(self, start: int, stop: int) -> Iterable[Data | BadItem]:
        """The items from `start` to before `stop`, in order."""
        return self._events[start:stop]

    def check_rest(self) -> None:
        """All was checked at once."""


class Parsed:
    """A batch that only the slow way can read."""

    def __init__(self, items: list[object]) -> None:
        self._items = items

    def __len__(self) -> int:
        """How many items."""
        return len(self._items)

    def decoded(self, start: int, stop: int) -> Iterable[Data | BadItem]:
        """The items from `start` to before `stop`, in order."""
        return map(examine_parsed, self._items[start:stop])

    def check_rest(self) -> None:
        """All was checked when it was parsed."""


class Pieces:
    """A batch taken apart into its items' bytes, so that one that is wrong costs the others nothing."""

    def __init__(self, body: bytes, items: list[Raw], odd: bool) -> None:
        self._body = body
        self._items = items
        self._odd = odd
        self._found = 1

    def __len__(self) -> int:
        """How many items."""
        return len(self._items)

    def decoded(self, start: int, stop: int) -> Iterable[Data | BadItem]:
        """The items from `start` to before `stop`, in order."""
        for raw in self._items[start:stop]:
            text = bytes(raw)
            found = _ends_of_names(text)
            self._found += found
            data = None if self._odd else _quickly(text, found)
            yield examine_item(text) if data is None else data

    def check_rest(self) -> None:
        """The body may hold nothing twice outside of its items. Raises BadBody."""
        if self._odd or _ends_of_names(self._body) != self._found:
            parse_items(self._body)


def _quickly(text: bytes, found: int) -> Data | None:
    """The event, when nothing about it can be wrong by its form; else None."""
    try:
        data: Data = _ITEM.decode(text).data
    except _REFUSED:
        return None
    return data if found == _members([data]) else None
