"""The studio's HTTP application."""

from litestar import Litestar, Response, get
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.static_files import create_static_files_router

from pitboss_studio.rounds.play import NotNow
from pitboss_studio.settings import Settings
from pitboss_studio.studio import Studio
from pitboss_studio.web import api, errors, launch, round_page
from pitboss_studio.web.callbacks import studio_command
from pitboss_studio.web.documents import PAGES, SECURITY_HEADERS

BODY_MAX = 1 << 20


@get("/healthz", media_type="text/plain")
async def healthz(state: State) -> str:
    """200 while the studio can read what it has stored."""
    studio: Studio = state.studio
    await studio.database.check()
    return "ok"


def build_app(settings: Settings) -> Litestar:
    """An ASGI application that serves one studio; its lifespan opens and closes everything it needs."""
    studio = Studio(settings)

    async def begin(app: Litestar) -> None:
        await studio.start()

    async def end(app: Litestar) -> None:
        await studio.stop()

    assets = create_static_files_router(
        path="/assets", directories=[PAGES], cache_control=None, include_in_schema=False, name="assets"
    )
    return Litestar(
        route_handlers=[
            healthz,
            launch.launch,
            launch.play_page,
            launch.lobby,
            launch.lobby_game,
            *api.ROUTES,
            studio_command,
            round_page.get_round_page,
            round_page.get_round_facts,
            assets,
        ],
        state=State({"studio": studio}),
        on_startup=[begin],
        on_shutdown=[end],
        after_request=_secure,
        exception_handlers={
            errors.BadRequest: errors.bad_request,
            NotNow: errors.not_now,
            HTTPException: errors.http_error,
            Exception: errors.internal_error,
        },
        request_max_body_size=BODY_MAX,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _secure(response: Response[object]) -> Response[object]:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
