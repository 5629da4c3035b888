"""Dialogs with fields: opened by a button, gone when closed, and what is entered is done once however often one clicks."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from nicegui import ui

from pitboss.domain.invalid import Invalid

_FIELD = "outlined dense hide-bottom-space"
_LONGEST_COUNT = 9


@contextmanager
def form(title: str, text: str = "") -> Iterator[ui.dialog]:
    """A dialog, open when the block that makes its fields ends. It leaves nothing behind when it closes."""
    with ui.dialog() as dialog, ui.card().classes("ask form"):
        ui.label(title).classes("ask-title")
        if text:
            ui.label(text).classes("quiet")
        yield dialog
    dialog.on("hide", dialog.delete)
    dialog.open()


def text_field(label: str, value: str = "", hint: str = "", longest: int = 500) -> ui.input:
    """One line of at most so many characters."""
    field = ui.input(label, value=value).props(f"{_FIELD} maxlength={longest} autocomplete=off").classes("w-full")
    if hint:
        field.props["hint"] = hint
    return field


def choice(label: str, options: dict[str, str], value: str) -> ui.select:
    """One of a few."""
    return ui.select(options, value=value, label=label).props(f"{_FIELD} options-dense").classes("w-full")


def buttons(dialog: ui.dialog, label: str, save: Callable[[], Awaitable[bool]]) -> None:
    """Cancel, and what the dialog is for. `save` tells whether it was done: then the dialog closes."""

    async def once() -> None:
        # A button that is off takes no second click, here as in the browser. Once it is done it stays off: a second click may
        # still be on its way.
        done.disable()
        try:
            if await save():
                dialog.close()
        except Invalid as invalid:
            ui.notify(f"{invalid.field.replace('_', ' ')} {invalid.problem}", type="negative")
        finally:
            if dialog.value:
                done.enable()

    with ui.row().classes("ask-buttons"):
        ui.button("Cancel", on_click=dialog.close).props("flat no-caps color=grey-8")
        done = ui.button(label, on_click=once).props("unelevated no-caps")


def count(field: str, text: str) -> int:
    """A whole number as it was typed. Raises Invalid."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_COUNT):
        raise Invalid(field, "must be a whole number")
    return int(text)


def shown_once(title: str, secrets: dict[str, str], onward: str) -> None:
    """Secrets by what they are, to be copied now: with the dialog they are gone, and the page goes `onward`."""
    # On the page itself: the dialog that asked for them goes, with all that is in it.
    with ui.context.client.content, ui.dialog().props("persistent") as dialog, ui.card().classes("ask form once"):
        ui.label(title).classes("ask-title")
        ui.label("Copy it now to where secrets are kept: it is not shown again.").classes("warn")
        for label, secret in secrets.items():
            with ui.row().classes("w-full items-center no-wrap"):
                field = ui.input(label, value=secret).props(f"{_FIELD} readonly").classes("grow mono secret")
                field.on("focus", js_handler="event => event.target.select()")
                copy = ui.button(icon="content_copy", on_click=lambda text=secret: _copy(text))
                copy.props("flat round dense").props[":aria-label"] = f"'Copy {label}'"
        with ui.row().classes("ask-buttons"):
            ui.button("Done", on_click=dialog.close).props("unelevated no-caps")

    def gone() -> None:
        dialog.delete()
        ui.navigate.to(onward)

    dialog.on("hide", gone)
    dialog.open()


def _copy(text: str) -> None:
    ui.clipboard.write(text)
    ui.notify("Copied.", type="positive")
