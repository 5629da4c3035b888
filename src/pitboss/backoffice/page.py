"""How a page is declared: who may see it, and what is said when it cannot be shown. Nobody ever sees a traceback."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from pitboss.backoffice.office import Missing, Office
from pitboss.backoffice.refusal_page import refusal_page
from pitboss.backoffice.visit import Visit, visit_of
from pitboss.domain.invalid import Invalid
from pitboss.domain.staff.rights import Right
from pitboss.storage.database import DATABASE_ERRORS

log = structlog.get_logger()

Build = Callable[..., Awaitable[None]]

_PATIENCE_SECONDS: Final = 27
"""Less than the database's own, and than the framework's, which would answer with a traceback and 500."""


def page(office: Office, path: str, right: Right | None = None) -> Callable[[Build], Build]:
    """Register an async function as the page at `path`: it gets the Visit, and the path's parameters by name. `right`: only for
    people who have it."""

    def register(build: Build) -> Build:
        async def shown(request: Request) -> Response | None:
            visit = visit_of(office, request)
            if right is not None and not visit.who.may(right):
                return refusal_page("Not for you", f"Your role ({visit.who.role.value}) does not allow that.", 403)
            return await _built(build, visit, request.path_params)

        ui.page(path, title="Pitboss", response_timeout=30)(shown)
        return build

    return register


async def _built(build: Build, visit: Visit, parameters: dict[str, Any]) -> Response | None:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await build(visit, **parameters)
    except Missing as missing:
        return refusal_page("Not here", str(missing), 404)
    except Invalid as invalid:
        return refusal_page("That cannot be shown", f"{invalid.field} {invalid.problem}.", 400)
    except DATABASE_ERRORS as error:
        log.warning("page_without_database", path=visit.url.path, error=type(error).__name__)
        return refusal_page("No database", "The database cannot be reached or is too busy. Try again in a moment.", 503)
    except Exception as error:
        log.error("page_broken", path=visit.url.path, exc_info=error)
        return refusal_page("Our mistake", "This page could not be made. The log of this process says why.", 500)
    return None
