"""Which games are wanted: by what they are said to be, and by what was played in them."""

from typing import NamedTuple

COUNTS = frozenset({"players", "bets", "wins"})
MONEY = frozenset({"turnover", "winnings", "ggr", "bonus_turnover", "bonus_winnings"})
"""Figures that are sums of money: they can be compared in one currency alone."""
MAX_PER_PAGE = 1_000


class Bound(NamedTuple):
    """`least` <= figure <= `most`, plain decimals; None for no bound."""

    figure: str
    least: str | None
    most: str | None


class GameSelection(NamedTuple):
    """A dimension's list means any of its values, None whatever it is; all that is given must hold. `text` is in the name or id.

    `order` names a figure, None stands for the id. Pages begin at 1.
    """

    currency: str | None = None
    categories: list[str] | None = None
    features: list[str] | None = None
    themes: list[str] | None = None
    devices: list[str] | None = None
    providers: list[str] | None = None
    has_freespins: list[str] | None = None
    text: str | None = None
    bounds: tuple[Bound, ...] = ()
    order: str | None = None
    descending: bool = False
    page: int = 1
    per_page: int = 50
