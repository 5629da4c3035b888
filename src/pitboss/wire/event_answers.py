"""The answers of the event API (the contract, "The event API")."""

from typing import Final

import msgspec
from msgspec import Struct

MAX_ERRORS: Final = 100


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
