"""Strictness beyond a decoder's: no member twice, no broken UTF-8, and a name for the field that is wrong.

The decoder refuses broken syntax, NaN and Infinity, but takes the last of two equal members and looks into no string that
nobody asked for. `check_members` proves a body free of both by counting; only what it cannot prove is read again, slowly.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn


class Malformed(ValueError):
    """A request that cannot be meant. `field` is the member to blame; `is_json` whether the body can be echoed."""

    def __init__(self, field: str, why: str, is_json: bool = True) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why
        self.is_json = is_json


class JsonNumber(str):
    """A JSON number that is no small integer, kept as its text: no float is ever made of what a caller writes."""

    __slots__ = ()


def decode_object(body: bytes) -> dict[str, object]:
    """One JSON object in UTF-8, no member twice, no NaN; numbers are ints to 18 characters, else JsonNumber. Raises Malformed."""
    try:
        value = _DECODER.decode(body.decode("utf-8").strip(" \t\r\n"))
    except UnicodeDecodeError:
        raise Malformed("body", "must be UTF-8", is_json=False) from None
    except RecursionError:
        raise Malformed("body", "is nested too deeply", is_json=False) from None
    except _Repeated:
        raise Malformed("body", "has a member twice") from None
    except ValueError:
        raise Malformed("body", "must be one JSON object", is_json=False) from None
    if not isinstance(value, dict):
        raise Malformed("body", "must be one JSON object")
    return value


class _Repeated(Exception):
    def __init__(self, name: str) -> None:
        self.name = name


_MISSING = re.compile(r"missing required field `(\w+)`")
_AT = re.compile(r" - at `\$\.?([\w.]*)")
_WANTED = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_PLAIN_NAME = re.compile(r"\w{1,40}", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHORT = 18
"""Characters of an integer that fits 64 bits whatever its digits."""


def check_members(body: bytes, members: int) -> None:
    """Passes a decoded `body` whose `members` known ones are all there are. Otherwise reads it again; raises Malformed."""
    if (
        b"\\" in body
        or b" :" in body
        # One byte is found four times as fast as two, and most bodies have none of these.
        or (b"\n" in body and b"\n:" in body)
        or (b"\t" in body and b"\t:" in body)
        or (b"\r" in body and b"\r:" in body)
        # Without escapes and spaces, a quote before a colon can only end a member's name.
        or body.count(b'":') != members
        or not body.isascii()
    ):
        _examine(body)


def explain_failure(body: bytes, error: Exception) -> Malformed:
    """Why the decoder refused `body`, as the protocol wants it told."""
    try:
        _examine(body)
    except Malformed as worse:
        return worse
    text = str(error)
    missing = _MISSING.search(text)
    at = _AT.search(text)
    path = (at[1] if at else "").removeprefix("data.")
    if missing:
        # A member missing in `data` itself is named without it, as all of them are.
        parent = "" if path in ("", "data") else f"{path}."
        return Malformed(f"{parent}{missing[1]}", "is missing")
    wanted = _WANTED.search(text)
    if wanted and wanted[2] == "null":
        return Malformed(path or "body", "must not be null")
    kind = wanted[1].removesuffix(" | null") if wanted else "something else"
    return Malformed(path or "body", f"must be {_KINDS.get(kind, kind)}")


_KINDS = {"str": "a string", "bool": "true, false or null", "object": "an object"}


def read_exact(body: bytes) -> Any:
    """The whole tree of `body`, numbers as int or Decimal. Raises Malformed, also for numbers that no Decimal can hold."""
    return _read(body, Decimal, int)


def _examine(body: bytes) -> None:
    """Raises Malformed unless `body` is JSON by its grammar, in UTF-8, no member twice, every string text."""
    # Numbers of any size are JSON; nobody wants them as floats or five thousand digits as an integer.
    _read(body, _ignored, _ignored)


def _read(body: bytes, fraction: Callable[[str], object], integer: Callable[[str], object]) -> Any:
    try:
        tree = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_members,
            parse_constant=_no_constant,
            parse_float=fraction,
            parse_int=integer,
        )
    except _Repeated as repeated:
        raise Malformed(_plain(repeated.name), "appears more than once") from None
    except RecursionError:
        raise Malformed("body", "is nested too deeply", is_json=False) from None
    except (ValueError, ArithmeticError):
        raise Malformed("body", "is not JSON", is_json=False) from None
    broken = _unpaired(tree, "body")
    if broken is not None:
        raise Malformed(broken, "holds half of a surrogate pair")
    return tree


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _Repeated(name)
            seen.add(name)
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _ignored(digits: str) -> None:
    return None


def _plain(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else "body"


def _unpaired(tree: Any, name: str) -> str | None:
    """The name of the first member with a string that no UTF-8 can hold."""
    if isinstance(tree, str):
        return name if _SURROGATE.search(tree) else None
    if isinstance(tree, list):
        return next((found for item in tree if (found := _unpaired(item, name))), None)
    if isinstance(tree, dict):
        for key, value in tree.items():
            if _SURROGATE.search(key):
                return name
            found = _unpaired(value, _plain(key))
            if found:
                return found
    return None


def _integer(text: str) -> int | JsonNumber:
    return int(text) if len(text) <= _SHORT else JsonNumber(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=JsonNumber, parse_int=_integer, parse_constant=_no_constant
)
