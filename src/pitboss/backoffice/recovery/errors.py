"""The error log: exchanges of an agent that failed, in both directions, and each with its bodies."""

import re

from nicegui import ui

from pitboss.backoffice.facts import facts
from pitboss.backoffice.frame import frame, part
from pitboss.backoffice.grid import Cell, at, filters, grid, pager
from pitboss.backoffice.office import Missing, Office
from pitboss.backoffice.page import page
from pitboss.backoffice.recovery.body_text import body_text
from pitboss.backoffice.recovery.failures import COLUMNS, DIALECTS, DIRECTIONS, fields_of, line_of, wanted_of
from pitboss.backoffice.recovery.waiting import waiting_card
from pitboss.backoffice.times import in_utc
from pitboss.backoffice.url import Url
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import AgentType
from pitboss.domain.invalid import Invalid
from pitboss.storage.api_errors import ApiErrorRow, ErrorPage, read_error, read_error_page
from pitboss.storage.operator_calls.waiting import of_exchange

_PAGE = 50
_ID = re.compile("[0-9a-f]{32}")
_EMPTY = "Nothing like that failed within a week. Who showed no right key or signature stands in no agent's log."


def pages(office: Office) -> None:
    """`/agents/{id}/errors` and one of them."""

    @page(office, "/agents/{agent_id:int}/errors")
    async def errors(visit: Visit, agent_id: int) -> None:
        agent = office.agent(visit.who, agent_id)
        visit = in_utc(visit, "since", "until")
        wanted, before = wanted_of(visit), _place(visit.url)
        async with office.reading(visit.who, agent_id) as conn:
            found = await read_error_page(conn, agent_id, wanted, before, _PAGE)
        with frame(visit, "Error log", agent):
            filters(visit.url, fields_of(visit))
            grid(COLUMNS, [line_of(visit, failed) for failed in found.rows], _EMPTY)
            _how_far(visit, found)
            pager(visit.url, None if before is None else "", found.older)

    @page(office, "/agents/{agent_id:int}/errors/{error_id}")
    async def error(visit: Visit, agent_id: int, error_id: str) -> None:
        agent = office.agent(visit.who, agent_id)
        if not _ID.fullmatch(error_id):
            raise Missing("There is no such failure here.")
        async with office.reading(visit.who, agent_id) as conn:
            failed = await read_error(conn, agent_id, error_id)
            if failed is None:
                raise Missing("There is no such failure here, or no more: they are kept for a week.")
            is_seamless = agent.type is AgentType.SEAMLESS
            waiting = await of_exchange(conn, agent_id, failed, agent.currencies) if is_seamless else None
        with frame(visit, f"{failed.command or 'A call'}: {failed.error}", agent):
            _facts(visit, failed)
            if waiting is not None:
                waiting_card(visit, agent, waiting, "This call is not settled yet")
            _body("Request", failed.request)
            _body("Answer", failed.answer)


def _place(url: Url) -> str | None:
    text = url.get("from")
    if text and not _ID.fullmatch(text):
        raise Invalid("from", "is no place in this log")
    return text or None


def _how_far(visit: Visit, found: ErrorPage) -> None:
    if found.looked_to is not None:
        ui.label(f"Looked back to {visit.moment(found.looked_to)}; there is more before that.").classes("quiet")


def _facts(visit: Visit, failed: ApiErrorRow) -> None:
    about = str(Url(visit.url.path.rpartition("/")[0], {"reference": failed.reference}))
    facts({
        "When": at(visit, failed.at),
        "Who asked": Cell(f"{DIRECTIONS[failed.direction]}, {DIALECTS.get(failed.dialect, failed.dialect)}"),
        "Address": Cell(failed.url),
        "About": Cell(failed.reference or "nothing it names", href=about if failed.reference else ""),
        "HTTP": Cell("no status" if failed.http_status is None else str(failed.http_status)),
        "Took": Cell(f"{failed.duration_ms:,} ms"),
    })  # fmt: skip


def _body(title: str, body: str | None) -> None:
    part(title)
    if body:
        ui.label(body_text(body)).classes("body mono")
    else:
        ui.label("nothing was kept" if body is None else "it was empty").classes("quiet")
