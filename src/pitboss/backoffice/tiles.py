"""Figures that stand for themselves, and a curve: made once, and told anew."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Literal

from nicegui import ui

from pitboss.backoffice.visit import money
from pitboss.domain.money import Currency

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
    """Today over yesterday."""

    def __init__(self, dark: bool | None) -> None:
        ink = "#9aa59f" if dark else "#5f6a64"
        line = "#8884"
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

    def tell(self, labels: Sequence[str], today: Sequence[str], yesterday: Sequence[str]) -> None:
        """Plain decimals, one for each label as far as there are any."""
        options = self._chart.options
        told = {"data": list(labels)}, {"data": list(today)}, {"data": list(yesterday)}
        before = options["xAxis"]["data"], options["series"][0]["data"], options["series"][1]["data"]
        if before == tuple(part["data"] for part in told):
            return
        options["xAxis"].update(told[0])
        options["series"][0].update(told[1])
        options["series"][1].update(told[2])
        self._chart.update()


def _series(name: str, color: str, width: int, kind: str) -> dict[str, Any]:
    return {
        "name": name, "type": "line", "data": [], "showSymbol": False, "color": color,
        "lineStyle": {"width": width, "type": kind, "color": color},
    }  # fmt: skip
