"""Query parameters of the event API's readers, one at a time, each refused by its name."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from pitboss.domain.events.game_selection import COUNTS, MAX_PER_PAGE, MONEY, Bound, GameSelection
from pitboss.wire.event_api import BadBody

_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?")
_MOST_VALUES = 100
_LONGEST = 1_000
_FIGURES = COUNTS | MONEY
_DIMENSIONS = {
    "category": "categories", "feature": "features", "theme": "themes", "device": "devices", "provider": "providers",
    "has_freespins": "has_freespins",
}  # fmt: skip


class Query:
    """The parameters of one request. `check_all_read` refuses those nobody asked for: a misspelled filter must not let all pass."""

    def __init__(self, raw: bytes) -> None:
        try:
            pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=500, errors="strict")
        except ValueError:
            raise BadBody("query", "cannot be read") from None
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            if len(value) > _LONGEST or "\0" in value:
                raise BadBody(_shown(name), "is no value")
            self._values.setdefault(name, []).append(value)
        self._read: set[str] = set()

    def all(self, name: str) -> list[str] | None:
        """Every value of a parameter; None when it is not there."""
        self._read.add(name)
        values = self._values.get(name)
        if values is not None and len(values) > _MOST_VALUES:
            raise BadBody(name, f"must be there at most {_MOST_VALUES} times")
        return values

    def one(self, name: str) -> str | None:
        """A parameter that may be there once; None when it is not, or empty."""
        values = self.all(name)
        if values is not None and len(values) > 1:
            raise BadBody(name, "must be there once")
        return (values[0] or None) if values else None

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds."""
        text = self.one(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 18 or not least <= int(text) <= most:
            raise BadBody(name, f"must be a whole number from {least} to {most}")
        return int(text)

    def decimal(self, name: str) -> str | None:
        """A plain decimal."""
        text = self.one(name)
        if text is not None and _DECIMAL.fullmatch(text) is None:
            raise BadBody(name, "must be a plain decimal")
        return text

    def check_all_read(self) -> None:
        """Raises BadBody for a parameter nobody knows."""
        for name in self._values:
            if name not in self._read:
                raise BadBody(_shown(name), "is no parameter of this call")


def game_selection(query: Query) -> GameSelection:
    """The games a query asks for. Raises BadBody."""
    currency = query.one("currency")
    order = query.one("sort")
    descending = order is not None and order.startswith("-")
    order = order.removeprefix("-") if order is not None else None
    if order == "game_id":
        order = None
    elif order is not None and order not in _FIGURES:
        raise BadBody(
            "sort", f"must be game_id or one of {', '.join(sorted(_FIGURES))}, with - before it for the largest first"
        )
    bounds = tuple(_bounds(query))
    needing = [bound.figure for bound in bounds if bound.figure in MONEY] + [
        order for order in (order,) if order in MONEY
    ]
    if needing and currency is None:
        raise BadBody("currency", f"is required: {needing[0]} is money, and currencies cannot be compared")
    selection = GameSelection(
        currency=currency,
        **{member: query.all(name) for name, member in _DIMENSIONS.items()},
        text=query.one("q"),
        bounds=bounds,
        order=order,
        descending=descending,
        page=query.whole("page", 1, 1, 1_000_000),
        per_page=query.whole("per_page", 50, 1, MAX_PER_PAGE),
    )  # fmt: skip
    query.check_all_read()
    return selection


def _bounds(query: Query) -> Iterator[Bound]:
    for figure in sorted(_FIGURES):
        least, most = query.decimal(f"min_{figure}"), query.decimal(f"max_{figure}")
        if least is not None or most is not None:
            yield Bound(figure, least, most)


def _shown(name: str) -> str:
    return name.encode("ascii", "replace").decode()[:40] or "query"
