"""Figures that stand for themselves, and a curve: made once, and told anew."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce
from typing import Any, Literal

from nicegui import ui

from pitboss.backoffice.visit import Visit, money
from pitboss.domain.money import Currency, format_decimal
from pitboss.domain.reports.course import Course
from pitboss.domain.reports.quarters import QUARTER, add_exact

_WIDE = Context(prec=400)
Standing = Literal["", "good", "bad", "warn"]


@contextmanager
def tiles() -> Iterator[None]:
    """A row for tiles."""
    with ui.element("div").classes("tiles"):
        yield


class Tile:
    """One figure: what it is, how much, and what to compare it with."""

    def __init__(self, label: str, href: str = "") -> None:
        box = ui.link(target=href) if href else ui.element("div")
        with box.classes("tile").props(f'data-testid="tile-{label.lower().replace(" ", "-")}"'):
            ui.label(label).classes("tile-label")
            self._value = ui.label("…").classes("tile-value")
            self._note = ui.label("").classes("tile-note")

    def tell(self, value: str, note: str = "", standing: Standing = "") -> None:
        """`standing` colours the figure."""
        self._value.set_text(value)
        self._value.classes(replace=f"tile-value {standing}")
        self._note.set_text(note)


def rounded(amount: Decimal, currency: Currency) -> str:
    """An exact amount, half-even once at the currency's decimals."""
    exact = amount.quantize(Decimal(1).scaleb(-currency.scale), ROUND_HALF_EVEN, _WIDE)
    return money(int(exact.scaleb(currency.scale, _WIDE)), currency)


class Curves:
    """GGR of today over that of yesterday, in base currency, of agents that have the same."""

    def __init__(self, visit: Visit) -> None:
        self._zone = visit.zone
        ink, line = "#86908a", "#8884"
        self._options: dict[str, Any] = {
            "animation": False,
            "grid": {"left": 8, "right": 16, "top": 36, "bottom": 8, "containLabel": True},
            "tooltip": {"trigger": "axis"},
            "legend": {"right": 8, "top": 0, "textStyle": {"color": ink}, "icon": "roundRect", "itemHeight": 3},
            "xAxis": {
                "type": "category", "data": [], "boundaryGap": False,
                "axisLabel": {"color": ink, "hideOverlap": True}, "axisLine": {"lineStyle": {"color": line}},
                "axisTick": {"show": False},
            },
            "yAxis": {
                "type": "value", "axisLabel": {"color": ink}, "splitLine": {"lineStyle": {"color": line}},
            },
            "series": [
                _series("Today", "#2f8f68", 3, "solid"),
                _series("Yesterday", "#9aa59f", 2, "dashed"),
            ],
        }  # fmt: skip
        self._chart = ui.echart(self._options, renderer="svg").classes("curves")

    def tell(self, courses: Sequence[Course]) -> None:
        """Draw it anew where there is anything new."""
        if not courses:
            return
        today = _together(course.curve(course.today, course.now) for course in courses)
        yesterday = _together(course.curve(course.yesterday, course.today) for course in courses)
        moments = (courses[0].today + place * QUARTER for place in range(max(len(today), len(yesterday))))
        labels = [f"{moment.astimezone(self._zone):%H:%M}" for moment in moments]
        options = self._chart.options
        parts = options["xAxis"], *options["series"]
        told = labels, list(map(format_decimal, today)), list(map(format_decimal, yesterday))
        if [part["data"] for part in parts] == list(told):
            return
        for part, data in zip(parts, told, strict=True):
            part["data"] = data
        self._chart.update()


def _together(curves: Iterable[Sequence[Decimal]]) -> list[Decimal]:
    """The sum of curves; one that was read a quarter earlier stays where it was."""
    total: list[Decimal] = []
    known = list(curves)
    for place in range(max(map(len, known))):
        points = (curve[min(place, len(curve) - 1)] for curve in known if curve)
        total.append(reduce(add_exact, points, Decimal(0)))
    return total


def anew(column: ui.column) -> ui.column:
    """The same place, empty."""
    column.clear()
    return column


def _series(name: str, color: str, width: int, kind: str) -> dict[str, Any]:
    return {
        "name": name, "type": "line", "data": [], "showSymbol": False, "color": color,
        "lineStyle": {"width": width, "type": kind, "color": color},
    }  # fmt: skip
