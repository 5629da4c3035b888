"""What a person does on a page: asked for with a name, done in one transaction, and told how it went."""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from nicegui import ui

from pitboss.backoffice.office import Desk, Forbidden, Missing
from pitboss.backoffice.visit import Visit
from pitboss.domain.invalid import Invalid
from pitboss.domain.staff.rights import Right
from pitboss.storage.database import DATABASE_ERRORS

log = structlog.get_logger()

_BROKEN: Final = "Our mistake: look whether it was done before you try again."


def decides_for_hub(visit: Visit) -> bool:
    """Whether this person decides what an agent has with the hub: its credit, funds and terms, and whether it is served. People
    bound to an agent would decide it for themselves."""
    return visit.who.agent_id is None


def check_decides_for_hub(visit: Visit) -> None:
    """The same, before an act. Raises Forbidden."""
    if not decides_for_hub(visit):
        raise Forbidden("That is for people of the whole hub.")


async def act(
    visit: Visit, right: Right, work: Callable[[Desk], Awaitable[object]], done: str, agent_id: int | None = None
) -> bool:
    """Do `work` as this person, and say `done` or what is wrong. Whether it was done. What the database did not confirm is told as
    unknown."""
    try:
        async with visit.office.acting(visit.who, right, agent_id) as desk:
            await work(desk)
    except Invalid as invalid:
        ui.notify(f"{invalid.field.replace('_', ' ')} {invalid.problem}", type="negative")
        return False
    except (Forbidden, Missing) as refusal:
        ui.notify(str(refusal), type="negative")
        return False
    except DATABASE_ERRORS as error:
        log.warning("act_unknown", path=visit.url.path, error=type(error).__name__)
        ui.notify("The database broke off: look whether it was done before you try again.", type="warning", timeout=0)
        return False
    except Exception as error:
        # Whoever pressed a button is told, whatever it is: silence looks like "press again".
        log.error("act_broken", path=visit.url.path, exc_info=error)
        ui.notify(f"{_BROKEN} The log of this process says why.", type="negative", timeout=0)
        return False
    ui.notify(done, type="positive")
    return True


async def do(
    visit: Visit, right: Right, work: Callable[[Desk], Awaitable[object]], done: str, agent_id: int | None = None
) -> bool:
    """Act, and show the page anew when it was done."""
    if not await act(visit, right, work, done, agent_id):
        return False
    ui.navigate.to(str(visit.url))
    return True


async def sure(title: str, text: str, button: str) -> bool:
    """Ask before something that cannot be taken back. `title` names the thing, `button` the act."""
    with ui.dialog() as dialog, ui.card().classes("ask"):
        ui.label(title).classes("ask-title")
        ui.label(text).classes("quiet")
        with ui.row().classes("ask-buttons"):
            ui.button("Cancel", on_click=lambda: dialog.submit(False)).props("flat no-caps color=grey-8")
            ui.button(button, on_click=lambda: dialog.submit(True)).props("unelevated no-caps color=negative")
    answer = await dialog
    dialog.delete()
    return bool(answer)
