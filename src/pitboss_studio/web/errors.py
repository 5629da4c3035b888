"""What goes wrong, as the page's API says it: JSON that names the field or the reason, never a traceback."""

import secrets

import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from pitboss_studio.rounds.play import NotNow
from pitboss_studio.web.documents import error_page

log = structlog.get_logger(__name__)
AnyRequest = Request[object, object, State]

NOT_FOUND = frozenset({"no_session", "no_round"})


class BadRequest(ValueError):
    """A malformed request; `field` names what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def bad_request(_: AnyRequest, error: BadRequest) -> Response[bytes]:
    """400, naming the field."""
    return _answer(400, {"code": "invalid", "field": error.field, "message": str(error)})


def not_now(_: AnyRequest, error: NotNow) -> Response[bytes]:
    """409, or 404 for what is not there."""
    return _answer(404 if error.code in NOT_FOUND else 409, {"code": error.code, "message": error.message})


def http_error(request: AnyRequest, error: HTTPException) -> Response[bytes] | Response[str]:
    """The framework's own refusals (no such path, wrong method), as a page or as JSON."""
    if request.url.path.startswith(("/api/", "/studio/")):
        return _answer(error.status_code, {"code": "http", "message": error.detail})
    return error_page("There is nothing at this address.", error.status_code, path=request.url.path[:80])


def internal_error(request: AnyRequest, error: Exception) -> Response[bytes] | Response[str]:
    """500 with a reference number; the log has the rest."""
    reference = f"{secrets.randbelow(10**10):010d}"
    log.error("internal error", reference=reference, exc_info=error)
    if request.url.path.startswith("/api/"):
        return _answer(500, {"code": "internal", "message": f"Something went wrong. Reference {reference}"})
    return error_page("Something went wrong. Please try again.", 500, cause=reference)


def _answer(status: int, error: dict[str, str]) -> Response[bytes]:
    return Response(msgspec.json.encode({"error": error}), status_code=status, media_type="application/json")
