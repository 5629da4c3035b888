"""Tables: filtered and paged on the server, their state in the address. A cell is text or a link, with a tone and a hint."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final, Literal, NamedTuple

from nicegui import ui
from nicegui.events import GenericEventArguments

from pitboss.backoffice.url import Url
from pitboss.backoffice.visit import Visit, money, utc
from pitboss.domain.money import Currency

Tone = Literal["", "good", "bad", "warn", "quiet", "mono", "time"]
_CELL: Final = """
<q-td :props="props"><template v-if="props.value">
<button v-if="props.value.act" type="button" class="cell-act" :title="props.value.hint"
 @click="$parent.$emit('act', [props.row.id, props.col.name])">{{ props.value.text }}</button>
<a v-else-if="props.value.href" :href="props.value.href" :title="props.value.hint"
 :class="props.value.tone">{{ props.value.text }}</a>
<span v-else :title="props.value.hint" :class="props.value.tone">{{ props.value.text }}</span>
</template></q-td>
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a table. `hint` shows on hover, `href` leads on; with `act` it is a button (see `grid`)."""

    text: str
    hint: str = ""
    href: str = ""
    tone: Tone = ""
    act: bool = False


class Column(NamedTuple):
    """`name` is the row's member; numbers and money stand on the right."""

    name: str
    label: str
    right: bool = False


def at(visit: Visit, when: datetime | None, href: str = "") -> Cell:
    """A time: the person's clock, UTC on hover."""
    return Cell("–", tone="quiet") if when is None else Cell(visit.moment(when), utc(when), href, "time")


def amount(minor: int | None, currency: Currency, signed: bool = False) -> Cell:
    """Money; with `signed`, what is lost is in another colour."""
    if minor is None:
        return Cell("–", tone="quiet")
    return Cell(money(minor, currency), tone="bad" if signed and minor < 0 else "")


def grid(
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Cell]],
    empty: str,
    on_act: Callable[[int, str], Awaitable[None]] | None = None,
) -> None:
    """A table of what the server chose. `empty` says what to do next where there is nothing. `on_act` gets the place of the row
    and the name of the column whose button was clicked."""
    if not rows:
        ui.label(empty).classes("empty")
        return
    table = ui.table(
        columns=[
            {"name": c.name, "label": c.label, "field": c.name, "align": "right" if c.right else "left"}
            for c in columns
        ],
        rows=[{"id": place} | {name: _told(cell) for name, cell in row.items()} for place, row in enumerate(rows)],
        row_key="id",
    )
    table.props('flat dense wrap-cells separator=horizontal :pagination="{rowsPerPage: 0}" hide-bottom')
    table.classes("grid").add_slot("body-cell", _CELL)
    if on_act is None:
        return

    async def clicked(event: GenericEventArguments) -> None:
        # What comes from a browser is only believed where this page has put a button.
        place, name = event.args if isinstance(event.args, list) and len(event.args) == 2 else (None, None)
        if not (isinstance(place, int) and isinstance(name, str) and 0 <= place < len(rows)):
            return
        if name in rows[place] and rows[place][name].act:
            await on_act(place, name)

    table.on("act", clicked)


def pager(
    url: Url,
    newer: str | None,
    older: str | None,
    member: str = "from",
    labels: tuple[str, str] = ("← Newer", "Older →"),
) -> None:
    """Links to the pages before and after; each is the cursor that the address of that page holds, None where there is none."""
    if newer is None and older is None:
        return
    with ui.row().classes("pager"):
        if newer is not None:
            ui.link(labels[0], str(url.with_(**{member: newer}))).props("rel=prev")
        if older is not None:
            ui.link(labels[1], str(url.with_(**{member: older}))).props("rel=next")


class Filter(NamedTuple):
    """One field of a filter. `options`: value to label, where only some are possible. `type`: of the browser's field; `shown`: what
    stands in it, where that is not what the address says."""

    name: str
    label: str
    options: Mapping[str, str] | None = None
    type: str = "text"
    shown: str | None = None


def filters(url: Url, fields: Sequence[Filter], page_member: str = "from") -> None:
    """A form over a table: what is entered goes into the address, and the table begins at its first page. Works with the keyboard
    alone, and without the page's socket."""
    with ui.element("form").props("method=get").classes("filters") as form:
        form.props["action"] = url.path
        for field in fields:
            with ui.element("label"):
                ui.label(field.label)
                if field.options is None:
                    entry = ui.element("input").props(f"name={field.name} type={field.type} maxlength=128 step=1")
                    entry.props["defaultValue"] = url.get(field.name) if field.shown is None else field.shown
                else:
                    _choice(field, url.get(field.name))
        with ui.element("button").props("type=submit"):
            ui.label("Show")
        kept = {field.name for field in fields} | {page_member}
        for name, value in url.query.items():
            if name not in kept:
                # Names come from the address like values. In a text of props, a name could be a prop of its own: one whose name
                # begins with a colon is run as a program, by the framework, in the browser of whoever opens the link.
                ui.element("input").props("type=hidden").props.update(name=name, value=value)
        if any(url.get(field.name) for field in fields):
            cleared = url.with_(**{name: None for name in kept})
            ui.link("Clear", str(cleared))


def _choice(field: Filter, chosen: str) -> None:
    assert field.options is not None
    with ui.element("select").props(f"name={field.name}"):
        for value, label in {"": "all", **field.options}.items():
            option = ui.element("option")
            option.props["value"] = value
            if value == chosen:
                option.props("selected")
            with option:
                ui.html(escape(label), tag="span")


def _told(cell: Cell) -> dict[str, str | bool]:
    return {"text": cell.text, "hint": cell.hint, "href": cell.href, "tone": cell.tone, "act": cell.act}
