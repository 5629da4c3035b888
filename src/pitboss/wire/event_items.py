"""The slow way through a batch: JSON to the letter, and a name for whatever is wrong with an item."""

import json
import re
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, NoReturn, get_args

import msgspec
from msgspec import UNSET, Raw

from pitboss.wire.event_api import KINDS, BadBody, BadItem, Data, FieldError, Texts

MAX_SHOWN = 40
_MOST_MADE = 500_000
"""Numbers and containers of one text: each costs fifty bytes of memory where it may have cost two of the text."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_STAND_INS: Mapping[object, object] = {
    str: "x", bool: False, Raw: Raw(b"0"), "timestamp": "2000-01-01T00:00:00Z", "currency": "EUR", "unique_id": "x",
}  # fmt: skip


_MembersOf = Callable[[list[tuple[str, Any]]], dict[str, Any]]


class _Number(str):
    """A number as it is spelled, since no binary number may stand for it."""

    __slots__ = ()


class _Twice(dict[str, Any]):
    """An object in which a member is there more than once; the first one is kept."""

    name: str = ""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    twice = _Twice()
    for name, value in pairs:
        if name in twice:
            twice.name = twice.name or name
        else:
            twice[name] = value
    return twice


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


class _Repeated(Exception):
    """A member is there more than once."""


def _pairs_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = _pairs(pairs)
    if isinstance(members, _Twice):
        raise _Repeated(members.name)
    return members


class _TooMuch(Exception):
    """The text is made of more than anybody has to say."""


def _parse(text: bytes, members_of: _MembersOf = _pairs) -> Any:
    """JSON by its grammar. Raises ValueError, RecursionError and _TooMuch."""
    # Without commas between them they lie in each other, and the reader gives up after a thousand.
    if text.count(b"[") + text.count(b"{") > _MOST_MADE and text.count(b",") > _MOST_MADE // 1_000:
        raise _TooMuch
    left = _MOST_MADE

    def number(spelled: str) -> _Number:
        nonlocal left
        left -= 1
        if left < 0:
            raise _TooMuch
        return _Number(spelled)

    return json.loads(
        text.decode("utf-8"),
        object_pairs_hook=members_of,
        parse_constant=_no_constant,
        parse_float=number,
        parse_int=number,
    )


def parse_items(body: bytes) -> list[Any]:
    """The items of a batch, read to the letter. Raises BadBody for a body that is no batch."""
    tree = _parse_body(body)
    if not isinstance(tree, dict):
        raise BadBody("body", "must be an object with the member items")
    if isinstance(tree, _Twice):
        raise BadBody(_shown(tree.name), "appears more than once")
    if "items" not in tree:
        raise BadBody("items", "is missing")
    items = tree["items"]
    if not isinstance(items, list):
        raise BadBody("items", "must be a list")
    return items


def parse_object(body: bytes) -> dict[str, Any]:
    """Any JSON object, read to the letter, nothing in it twice; numbers are their spelling, a kind of text. Raises BadBody."""
    try:
        tree = _parse_body(body, _pairs_once)
    except _Repeated as repeated:
        raise BadBody(_shown(str(repeated)), "appears more than once") from None
    if not isinstance(tree, dict):
        raise BadBody("body", "must be an object")
    return tree


def _parse_body(body: bytes, members_of: _MembersOf = _pairs) -> Any:
    try:
        return _parse(body, members_of)
    except UnicodeDecodeError:
        raise BadBody("body", "must be UTF-8") from None
    except RecursionError:
        raise BadBody("body", "is nested too deeply") from None
    except _TooMuch:
        raise BadBody("body", f"must hold at most {_MOST_MADE} numbers, lists and objects", 413) from None
    except ValueError:
        raise BadBody("body", "must be JSON") from None


def examine_item(text: bytes) -> Data | BadItem:
    """One item: the event, or every problem of its form."""
    try:
        item = _parse(text)
    except _TooMuch:
        return BadItem(None, [FieldError("item", f"must hold at most {_MOST_MADE} numbers, lists and objects")], None)
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        why = "is nested too deeply" if isinstance(error, RecursionError) else "must be JSON in UTF-8"
        return BadItem(None, [FieldError("item", why)], None)
    return examine_parsed(item)


def examine_parsed(item: Any) -> Data | BadItem:
    """The same, of what was parsed already."""
    if not isinstance(item, dict):
        return BadItem(None, [FieldError("item", "must be an object")], None)
    errors: list[FieldError] = []
    _once(item, errors)
    said = item.get("data")
    unique_id = said.get("unique_id") if isinstance(said, dict) else None
    unique_id = unique_id if type(unique_id) is str else None
    kind = KINDS.get(item["event"]) if type(item.get("event")) is str else None
    if kind is None:
        missing = "event" not in item
        errors.append(FieldError("event", "is missing" if missing else f"must be one of {', '.join(KINDS)}"))
    if not isinstance(said, dict):
        errors.append(FieldError("data", "is missing" if "data" not in item else "must be an object"))
    if kind is None or not isinstance(said, dict):
        return BadItem(unique_id, errors, None)
    _once(said, errors)
    data = _read(kind, said, errors)
    return BadItem(unique_id, errors, data) if errors else data


def _once(members: dict[str, Any], errors: list[FieldError]) -> None:
    if isinstance(members, _Twice):
        errors.append(FieldError(_shown(members.name), "appears more than once"))


def _read(kind: type[Data], said: dict[str, Any], errors: list[FieldError]) -> Data:
    """The event; a member that is wrong is noted, and something stands in for it."""
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.name not in said and not field.required:
            continue
        problem = _problem(field.type, said[field.name]) if field.name in said else "is missing"
        if problem is None:
            value = said[field.name]
            values[field.name] = Raw(_bytes(value)) if _is_number(field.type) else value
        else:
            errors.append(FieldError(field.name, problem))
            if field.required:
                values[field.name] = _STAND_INS.get(field.name, _STAND_INS.get(field.type, UNSET))
    return kind(**values)


def _bytes(number: str | None) -> bytes:
    return b"null" if number is None else number.encode()


def _is_number(wanted: Any) -> bool:
    return wanted is Raw or Raw in get_args(wanted)


def _problem(wanted: Any, value: Any) -> str | None:
    """What is wrong with a value where `wanted` is the type of its member; None when nothing is."""
    options = get_args(wanted) if isinstance(wanted, UnionType) else (wanted,)
    if value is None and (type(None) in options or (Raw in options and len(options) > 1)):
        return None
    if _is_number(wanted):
        return None if isinstance(value, _Number) else "must be a number"
    if bool in options:
        return None if isinstance(value, bool) else "must be true or false"
    if wanted == Texts:
        return _list_problem(value)
    return _text_problem(value)


def _list_problem(value: Any) -> str | None:
    if not isinstance(value, list):
        return "must be a list of strings"
    for item in value:
        problem = _text_problem(item)
        if problem is not None:
            return "must list strings only" if type(item) is not str else f"lists one that {problem}"
    return None


def _text_problem(value: Any) -> str | None:
    if type(value) is not str:
        return "must be a string"
    if "\0" in value:
        return "holds NUL"
    if _SURROGATE.search(value):
        return "holds half of a surrogate pair"
    return None


def _shown(name: str) -> str:
    clean = name.encode("ascii", "replace").decode().replace("\0", "?")
    return clean[:MAX_SHOWN] or "?"
