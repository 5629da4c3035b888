"""The operator's HTTP application."""

import asyncio
import sqlite3

import structlog
from litestar import Litestar, Request, Response, get
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from pitboss_operator.administration import enter_demo_players
from pitboss_operator.operator import Operator
from pitboss_operator.settings import Settings
from pitboss_operator.storage import players
from pitboss_operator.web.admin import admin_router, admin_token
from pitboss_operator.web.wallet import wallet_router

BODY_MAX = 1 << 20

log = structlog.get_logger(__name__)


@get("/healthz", media_type="text/plain")
async def healthz(state: State) -> str:
    """200 while the books can be read."""
    operator: Operator = state.operator
    await operator.database.run(players.check)
    return "ok"


def build_app(settings: Settings) -> Litestar:
    """An ASGI application that serves one operator. Raises what opening the books raises."""
    operator = Operator(settings)

    async def begin(app: Litestar) -> None:
        app.state.stopping = asyncio.Event()
        if settings.demo:
            await operator.database.run(enter_demo_players)

    async def end(app: Litestar) -> None:
        operator.database.close()

    return Litestar(
        route_handlers=[healthz, wallet_router(settings.base_path), admin_router()],
        state=State({"operator": operator, "admin_token": admin_token(settings.data_dir)}),
        on_startup=[begin],
        on_shutdown=[end],
        exception_handlers={HTTPException: _http_error, Exception: _internal_error},
        request_max_body_size=BODY_MAX,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _http_error(_: Request[object, object, State], error: HTTPException) -> Response[dict[str, str]]:
    return Response({"error": error.detail}, status_code=error.status_code)


def _internal_error(request: Request[object, object, State], error: Exception) -> Response[dict[str, str]]:
    # A caller that hung up, or books that cannot be read: HTTP 500 is what the protocol takes for "not known, ask again".
    words = str(error) if isinstance(error, sqlite3.Error) else ""
    log.error("failed", path=request.url.path, error=type(error).__name__, words=words)
    return Response({"error": "Internal error"}, status_code=500)
