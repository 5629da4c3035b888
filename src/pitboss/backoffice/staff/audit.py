"""Who did what: the chain of administrative acts, and whether it is whole."""

import asyncio
import json

from nicegui import ui

from pitboss.backoffice.acts import act
from pitboss.backoffice.frame import frame
from pitboss.backoffice.grid import Cell, Column, Filter, at, filters, grid, pager
from pitboss.backoffice.office import Desk, Office
from pitboss.backoffice.page import page
from pitboss.backoffice.url import Url
from pitboss.backoffice.visit import Visit
from pitboss.domain.invalid import Invalid
from pitboss.domain.staff.rights import Right
from pitboss.storage.audit import Link, read_audit, verify_chain

_COLUMNS = (
    Column("seq", "No.", right=True), Column("at", "When"), Column("actor", "Who"), Column("action", "Did"),
    Column("agent", "Agent"), Column("subject", "What"), Column("detail", "Detail"),
)  # fmt: skip
_FILTERS = (Filter("actor", "Who"), Filter("action", "Did"), Filter("subject", "What"))
_PAGE = 50


def pages(office: Office) -> None:
    """`/audit`."""
    walking = asyncio.Lock()

    @page(office, "/audit", Right.AUDIT)
    async def audit(visit: Visit) -> None:
        wanted = {name: _text(visit.url, name) for name in ("actor", "action", "subject")}
        before = _place(visit.url)
        async with office.owner.anyone() as conn:
            found = await read_audit(conn, **wanted, agents=_agents(visit), before=before, most=_PAGE + 1)
        with frame(visit, "Audit"):
            ui.button("Check the chain", icon="verified", on_click=lambda: _verify(visit, walking)).props(
                "outline no-caps"
            )
            filters(visit.url, _FILTERS)
            grid(_COLUMNS, [_row(visit, link) for link in found[:_PAGE]], "Nothing like that was done yet.")
            first = "" if before is not None else None
            pager(visit.url, first, str(found[_PAGE - 1].seq) if len(found) > _PAGE else None)


def _text(url: Url, member: str) -> str | None:
    text = url.get(member)
    if not text.isprintable():
        raise Invalid(member, "must have characters that can be printed")
    return text or None


def _place(url: Url) -> int | None:
    text = url.get("from")
    if text and (not text.isascii() or not text.isdigit() or len(text) > 18):
        raise Invalid("from", "is no number of an act")
    return int(text) if text else None


def _agents(visit: Visit) -> list[int] | None:
    return None if visit.who.agent_id is None else list(visit.office.agents_of(visit.who))


async def _verify(visit: Visit, walking: asyncio.Lock) -> None:
    """One at a time in a process: each holds a connection for as long as it takes, and the door needs them too."""
    if walking.locked():
        ui.notify("Somebody walks the chain at this moment: wait for that to end.", type="warning")
        return
    broken: list[int | None] = []

    async def walk(desk: Desk) -> None:
        broken.append(await verify_chain(desk.conn))

    async with walking:
        working = ui.notification("Walking the chain…", spinner=True, timeout=None)
        walked = await act(visit, Right.AUDIT, walk, "All acts were looked at.")
        working.dismiss()
    if not walked:
        return
    if broken[0] is None:
        ui.notify("The chain is whole.", type="positive")
    else:
        ui.notify(f"The chain is broken at act {broken[0]}.", type="negative", timeout=0)


def _row(visit: Visit, link: Link) -> dict[str, Cell]:
    detail = json.dumps(link.detail, ensure_ascii=False) if link.detail else ""
    return {
        "seq": Cell(str(link.seq)),
        "at": at(visit, link.at),
        "actor": Cell(link.actor, href=str(Url("/audit", {"actor": link.actor}))),
        "action": Cell(link.action, href=str(Url("/audit", {"action": link.action}))),
        "agent": Cell("" if link.agent_id is None else str(link.agent_id)),
        "subject": Cell(link.subject, tone="mono"),
        "detail": Cell(detail if len(detail) < 120 else detail[:119] + "…", hint=detail, tone="mono"),
    }
