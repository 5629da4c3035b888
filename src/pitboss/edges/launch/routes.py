"""`GET /` and `GET /launch`: a redirect to the studio, or a short page that says why not."""

from urllib.parse import parse_qsl

import structlog
from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler

from pitboss.edges.gate import Busy, Gate
from pitboss.edges.json_http import AnyRequest
from pitboss.edges.launch.fun import launch_fun
from pitboss.edges.launch.pages import HEADERS, error_page, front_page
from pitboss.edges.launch.parameters import LaunchError, read_parameters
from pitboss.edges.launch.real import launch_real
from pitboss.engine.hub import Hub

log = structlog.get_logger()

_MOST_FIELDS = 50
_AT_ONCE, _WAITING = 2, 256


def routes(hub: Hub) -> list[HTTPRouteHandler]:
    """The two handlers; both do the same."""
    gate = Gate(_AT_ONCE, _WAITING, hub.settings.command_timeout)

    @get("/", include_in_schema=False, media_type=MediaType.HTML)
    async def root(request: AnyRequest) -> Response[str]:
        if not request.scope["query_string"]:
            return Response(front_page(), media_type=MediaType.HTML, headers=HEADERS)
        return await _open(hub, gate, request)

    @get("/launch", tags=["launch"], summary="Open a game", media_type=MediaType.HTML)
    async def launch(request: AnyRequest) -> Response[str]:
        return await _open(hub, gate, request)

    return [root, launch]


async def _open(hub: Hub, gate: Gate, request: AnyRequest) -> Response[str]:
    reference = hub.arrivals.id()
    try:
        url = await _studio_url(hub, gate, request.scope["query_string"], reference)
    except LaunchError as error:
        return _failed(reference, error)
    except Busy:
        return _failed(reference, LaunchError("overloaded", "Too many games are being opened. Please try again.", 503))
    except Exception as error:  # noqa: BLE001 - a player sees a page, the log the rest
        words = "Something went wrong. Please try again."
        return _failed(reference, LaunchError(type(error).__name__, words, 500), error)
    return Response("", status_code=302, media_type=MediaType.HTML, headers={**HEADERS, "location": url})


async def _studio_url(hub: Hub, gate: Gate, query_string: bytes, reference: str) -> str:
    try:
        query = parse_qsl(query_string.decode("ascii"), errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise LaunchError("query is malformed") from None
    asked = read_parameters(query)
    if asked.real:
        return await launch_real(hub, gate, asked, reference)
    return launch_fun(hub.live.current, asked)


def _failed(reference: str, refused: LaunchError, error: Exception | None = None) -> Response[str]:
    if error is None:
        log.info("launch_refused", reference=reference, reason=refused.reason)
    else:
        log.error("launch_failed", reference=reference, exc_info=error)
    page = error_page(refused.text, reference)
    return Response(page, status_code=refused.status, media_type=MediaType.HTML, headers=HEADERS)
