"""Segments of players: a filter, written as JSON, judged here and nowhere trusted.

    {"all": [F, …]}   {"any": [F, …]}   {"not": F}
    {"field": …, "op": …, "value": …}   and for sums of money "currency": …

docs/events.md lists fields and operations. A condition about something unknown is false, so that `not` is always its opposite.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

MAX_DEPTH = 8
MAX_CONDITIONS = 50
MAX_VALUES = 1_000
MAX_TEXT = 1_000
MAX_DAYS = 36_500

TEXTS = frozenset({"username", "country", "currency", "gender", "affiliate", "operator"})
FLAGS = frozenset({"consent_email", "is_blocked", "announced"})
SEEN = frozenset({"first_seen", "last_seen", "last_login", "registration_date"})
COUNTS = frozenset({"bets", "wins", "deposits", "withdrawals"})
MONEY = frozenset({"turnover", "winnings", "ggr", "bonus_turnover", "bonus_winnings", "deposited", "withdrawn"})
COMPARISONS = frozenset({"eq", "lt", "lte", "gt", "gte"})
_OPERATIONS: dict[frozenset[str], frozenset[str]] = {
    TEXTS: frozenset({"is", "in", "contains", "known"}),
    FLAGS: frozenset({"is", "known"}),
    frozenset({"tags"}): frozenset({"has", "has_any", "known"}),
    SEEN: frozenset({"before", "after", "older_than_days", "within_days", "known"}),
    COUNTS: COMPARISONS,
    MONEY: COMPARISONS,
    frozenset({"played"}): frozenset({"is", "in"}),
}
_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?")
_WHOLE = re.compile(r"[0-9]{1,5}")
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadFilter(ValueError):
    """`path` (as in `filter.all[2].value`) is not acceptable; the message says why."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class Condition(NamedTuple):
    """One comparison. `value`: text, texts, a flag, a time in UTC, or a decimal's text, as the operation wants it; `known` has a
    flag.
    """

    field: str
    op: str
    value: str | tuple[str, ...] | bool | datetime
    currency: str | None = None


class Every(NamedTuple):
    """All of them hold (none: true)."""

    parts: tuple["Filter", ...]


class Some(NamedTuple):
    """At least one of them holds (none: false)."""

    parts: tuple["Filter", ...]


class Not(NamedTuple):
    """It does not hold."""

    part: "Filter"


Filter = Condition | Every | Some | Not


class FilterReader:
    """Reads one filter. `now` (UTC) is what days are counted back from."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._conditions = 0

    def read(self, tree: object, path: str = "filter", depth: int = 0) -> Filter:
        """The filter. Raises BadFilter."""
        if depth > MAX_DEPTH:
            raise BadFilter(path, f"is nested more than {MAX_DEPTH} deep")
        if not isinstance(tree, Mapping):
            raise BadFilter(path, "must be an object")
        match list(tree):
            case ["all"]:
                return Every(self._parts(tree["all"], f"{path}.all", depth))
            case ["any"]:
                return Some(self._parts(tree["any"], f"{path}.any", depth))
            case ["not"]:
                return Not(self.read(tree["not"], f"{path}.not", depth + 1))
        return self._condition(tree, path)

    def _parts(self, trees: object, path: str, depth: int) -> tuple[Filter, ...]:
        if not isinstance(trees, list) or len(trees) > MAX_CONDITIONS:
            raise BadFilter(path, f"must be a list of at most {MAX_CONDITIONS}")
        return tuple(self.read(tree, f"{path}[{number}]", depth + 1) for number, tree in enumerate(trees))

    def _condition(self, tree: Mapping[str, object], path: str) -> Condition:
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS:
            raise BadFilter(path, f"is one of more than {MAX_CONDITIONS} conditions")
        unknown = set(tree) - {"field", "op", "value", "currency"}
        if unknown or not {"field", "op", "value"} <= set(tree):
            raise BadFilter(path, "must have all, any, not alone, or field, op and value (and currency)")
        field, op = tree["field"], tree["op"]
        operations = (
            next((known for fields, known in _OPERATIONS.items() if field in fields), None) if _texts(field) else None
        )
        if operations is None or not isinstance(field, str):
            raise BadFilter(f"{path}.field", "is no field of a player")
        if not isinstance(op, str) or op not in operations:
            raise BadFilter(f"{path}.op", f"must be one of {', '.join(sorted(operations))}")
        return Condition(
            field, op, self._value(field, op, tree["value"], f"{path}.value"), _currency(tree, field, path)
        )

    def _value(self, field: str, op: str, value: object, path: str) -> str | tuple[str, ...] | bool | datetime:
        if op == "known" or field in FLAGS:
            if not isinstance(value, bool):
                raise BadFilter(path, "must be true or false")
            return value
        if op in ("in", "has_any"):
            if not isinstance(value, list) or not 0 < len(value) <= MAX_VALUES:
                raise BadFilter(path, f"must be a list of 1 to {MAX_VALUES} strings")
            return tuple(_text(item, path) for item in value)
        if op in ("older_than_days", "within_days"):
            if not isinstance(value, str) or _WHOLE.fullmatch(value) is None or int(value) > MAX_DAYS:
                raise BadFilter(path, f"must be a whole number from 0 to {MAX_DAYS}")
            return self._now - timedelta(days=int(value))
        if op in ("before", "after"):
            return _time(value, path)
        text = _text(value, path)
        if op in COMPARISONS and _DECIMAL.fullmatch(text) is None:
            raise BadFilter(path, "must be a plain decimal, as a number or a string")
        return text


def _texts(value: object) -> bool:
    return isinstance(value, str)


def _text(value: object, path: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value or _SURROGATE.search(value):
        raise BadFilter(path, f"must be text of at most {MAX_TEXT} characters")
    return value


def _time(value: object, path: str) -> datetime:
    try:
        at = datetime.fromisoformat(_text(value, path))
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadFilter(path, "must be an ISO 8601 time with an offset, like 2026-01-31T13:00:00Z")


def _currency(tree: Mapping[str, object], field: str, path: str) -> str | None:
    if "currency" not in tree:
        if field in MONEY:
            raise BadFilter(f"{path}.currency", f"is required: {field} is money, and currencies cannot be added up")
        return None
    if field not in MONEY | COUNTS:
        raise BadFilter(f"{path}.currency", f"has no meaning for {field}")
    return _text(tree["currency"], f"{path}.currency")
