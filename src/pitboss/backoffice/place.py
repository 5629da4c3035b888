"""Where in a list that is held in memory a page begins: a number in the address."""

from collections.abc import Sequence
from typing import TypeVar

from pitboss.backoffice.url import Url
from pitboss.domain.invalid import Invalid

T = TypeVar("T")
_LONGEST = 9


def read_place(url: Url, member: str = "from") -> int:
    """How many entries stand before the page. Raises Invalid."""
    text = url.get(member)
    if text and (not text.isascii() or not text.isdigit() or len(text) > _LONGEST):
        raise Invalid(member, "is no place in the list")
    return int(text or 0)


def page_of(entries: Sequence[T], place: int, size: int) -> tuple[Sequence[T], str | None, str | None]:
    """The entries of the page, and what the addresses of the pages before and after hold (None: there is none)."""
    earlier = None if place == 0 else str(max(place - size, 0) or "")
    later = str(place + size) if place + size < len(entries) else None
    return entries[place : place + size], earlier, later
