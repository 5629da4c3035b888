"""The words of the event API: a batch of items in, field errors out (the contract, "The event API").

Items are taken apart one by one, so that one that is wrong costs the others nothing. The quick way is a typed decoder; what it
refuses, or what it could have overlooked (a member twice, NUL, half of a surrogate pair), is read again, slowly, by
`event_items.py`, which can say what is wrong. Members nobody knows are let pass.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

MAX_ITEMS: Final = 10_000
MAX_BODY: Final = 16 * 1024 * 1024
MAX_ERRORS: Final = 100

T = TypeVar("T")
Text = str | None | UnsetType
Texts = list[str] | None | UnsetType
Flag = bool | None | UnsetType


class Gameround(Struct, frozen=True, gc=False):
    """A bet or a win; `amount` is the number as it is spelled."""

    unique_id: str
    timestamp: str
    player_id: str
    game_id: str
    round_id: str
    amount: Raw
    currency: str
    is_win: bool
    is_bonus: bool
    corrects: Text = UNSET


class Deposit(Struct, frozen=True, gc=False):
    """A deposit that succeeded."""

    unique_id: str
    timestamp: str
    player_id: str
    amount: Raw
    currency: str
    method: str
    amount_eur: Raw | UnsetType = UNSET


class Withdraw(Struct, frozen=True, gc=False):
    """A withdrawal that succeeded."""

    unique_id: str
    timestamp: str
    player_id: str
    amount: Raw
    currency: str
    method: str


class Player(Struct, frozen=True):
    """What is new about a player."""

    unique_id: str
    timestamp: str
    player_id: str
    username: Text = UNSET
    registration_date: Text = UNSET
    country: Text = UNSET
    currency: Text = UNSET
    gender: Text = UNSET
    affiliate: Text = UNSET
    operator: Text = UNSET
    tags: Texts = UNSET
    consent_email: Flag = UNSET
    is_blocked: Flag = UNSET


class Game(Struct, frozen=True):
    """What is new about a game."""

    unique_id: str
    timestamp: str
    game_id: str
    name: Text = UNSET
    provider: Text = UNSET
    categories: Texts = UNSET
    features: Texts = UNSET
    themes: Texts = UNSET
    device: Text = UNSET
    has_freespins: Text = UNSET


class Login(Struct, frozen=True, gc=False):
    """A player logged in."""

    unique_id: str
    timestamp: str
    player_id: str


Data = Gameround | Deposit | Withdraw | Player | Game | Login
KINDS: Final[dict[str, type[Data]]] = {
    "gameround": Gameround, "deposit": Deposit, "withdraw": Withdraw, "player": Player, "game": Game, "login": Login,
}  # fmt: skip


class FieldError(NamedTuple):
    """What is wrong with one member of an item; `field` is `event`, `data`, `item`, or the name of a member of `data`."""

    field: str
    message: str


class BadItem(NamedTuple):
    """An item that is no event; `unique_id` as far as it could be read. `data`: the event with stand-ins for the members in error,
    so that the others can be judged as well."""

    unique_id: str | None
    errors: list[FieldError]
    data: Data | None


class BadBody(ValueError):
    """The body is no batch; `status` is 413 for one that is too large, else 422."""

    def __init__(self, field: str, message: str, status: int = 422) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.status = status


class _Body(Struct):
    items: list[Raw]


class _Item(Struct, gc=False):
    event: str
    data: Raw


_BODY = msgspec.json.Decoder(_Body)
_ITEM = msgspec.json.Decoder(_Item)
_DATA: Final = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}
_REQUIRED: Final = {kind: sum(field.required for field in msgspec.structs.fields(kind)) + 2 for kind in KINDS.values()}
"""Members of an item of each kind that must be there, `event` and `data` included."""
_OPTIONAL: Final = {
    kind: tuple(field.name for field in msgspec.structs.fields(kind) if not field.required) for kind in KINDS.values()
}
# NUL, halves of surrogate pairs, and white space where it would hide a member from the count.
_ODD = re.compile(rb'\\u(?:0000|[dD][89a-fA-F])|"[ \t\r\n]+:')
_TOO_DEEP = "is nested too deeply"


def decode_items(body: bytes) -> "Batch":
    """The batch's items, not looked into yet. Raises BadBody."""
    try:
        items = _BODY.decode(body).items
    except (msgspec.MsgspecError, RecursionError, ValueError):
        # Half of a surrogate pair is JSON by its grammar, and the quick decoder refuses it.
        from pitboss.wire.event_items import parse_items

        return Batch(body, None, _few(parse_items(body)))
    return Batch(body, _few(items))


def _few(items: list[T]) -> list[T]:
    if len(items) > MAX_ITEMS:
        raise BadBody("items", f"must be at most {MAX_ITEMS}", 413)
    return items


class Batch:
    """The items of one body, decoded as they are asked for: from their bytes, or from what the slow way made of them."""

    def __init__(self, body: bytes, items: Sequence[Raw] | None, parsed: Sequence[object] = ()) -> None:
        self._body = body
        self._items = items
        self._parsed = parsed
        self._odd = _ODD.search(body) is not None
        self._members = 1

    def __len__(self) -> int:
        return len(self._parsed if self._items is None else self._items)

    def decoded(self, start: int, stop: int) -> Iterator[Data | BadItem]:
        """The items from `start` to before `stop`, in order."""
        from pitboss.wire.event_items import examine_item, examine_parsed

        if self._items is None:
            yield from map(examine_parsed, self._parsed[start:stop])
            return
        for raw in self._items[start:stop]:
            text = bytes(raw)
            members = text.count(b'":')
            self._members += members
            data = None if self._odd else _quickly(text, members)
            yield examine_item(text) if data is None else data

    def check_rest(self) -> None:
        """After all items: the body may hold nothing twice outside of them. Raises BadBody."""
        if self._items is None:
            return
        if self._odd or self._body.count(b'":') != self._members:
            from pitboss.wire.event_items import parse_items

            parse_items(self._body)


def _quickly(text: bytes, members: int) -> Data | None:
    """The event, when nothing about it can be wrong by its form; else None."""
    try:
        item = _ITEM.decode(text)
        data: Data = _DATA[item.event].decode(item.data)
    except (msgspec.MsgspecError, RecursionError, ValueError, KeyError):
        return None
    kind = type(data)
    expected = _REQUIRED[kind]
    for name in _OPTIONAL[kind]:
        if getattr(data, name) is not UNSET:
            expected += 1
    return data if expected == members else None


def spelled(number: Raw | UnsetType) -> str | None:
    """A number as it stands in the body; None for null or none."""
    if isinstance(number, UnsetType):
        return None
    text = bytes(number)
    return None if text == b"null" else text.decode("utf-8", "replace")


class ItemError(Struct):
    """One error of a batch that was refused; `index` counts from 0."""

    index: int | None
    unique_id: str | None
    field: str
    message: str


class Refused(Struct):
    """422: nothing of the batch was stored. The first 100 errors."""

    errors: list[ItemError]


class NotStored(Struct):
    """510: these could not be stored; the whole batch should be sent again."""

    unique_ids: list[str]


class MemberError(Struct):
    """What is wrong with one member."""

    field: str
    message: str


class RejectedItem(Struct):
    """An item that lenient handling left out."""

    index: int
    unique_id: str | None
    errors: list[MemberError]


class Judged(Struct):
    """200 or 207: what became of a batch under lenient handling."""

    accepted: int
    duplicates: int
    rejected: list[RejectedItem]


def encode(answer: Struct) -> bytes:
    """An answer's JSON. Half of a surrogate pair, which only a wrong unique_id can hold, is told as a question mark."""
    try:
        return msgspec.json.encode(answer)
    except UnicodeEncodeError:
        return msgspec.json.encode(_tellable(msgspec.to_builtins(answer)))


def _tellable(tree: object) -> object:
    if isinstance(tree, str):
        return tree.encode("utf-8", "replace").decode()
    if isinstance(tree, list):
        return [_tellable(item) for item in tree]
    if isinstance(tree, dict):
        return {name: _tellable(value) for name, value in tree.items()}
    return tree
