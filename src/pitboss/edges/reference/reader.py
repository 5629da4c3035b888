"""A page that shows the OpenAPI document; all it loads comes from this process (the contract's overview, "One HTTP host")."""

from importlib.util import find_spec
from pathlib import Path

from litestar import MediaType, Response, Router, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.static_files import create_static_files_router

from pitboss import __version__

_TAGS = (
    Tag("agent API v1.6", "What casino operators (agents) call, current version."),
    Tag("agent API v1.3", "The same, older version."),
    Tag(
        "partner API", "What casino operators call to manage players: tags, limits, bonuses, logout, launches, reports."
    ),
    Tag("platform API", "The wallet protocol's lists and histories, which operators call."),
    Tag("wallet protocol", "What game studios call: the hub is their operator. Bodies are signed with SHA1."),
    Tag("event API", "Casino events: batches in, figures, profiles and the raw stream out."),
    Tag("launch", "What players' browsers open."),
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Pitboss API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<script defer src="/docs/assets/swagger-ui-bundle.js"></script>
<script defer src="/docs/start.js"></script>
</head>
<body><div id="reader"></div></body>
</html>
"""
_START = 'SwaggerUIBundle({url: "/schema/openapi.json", dom_id: "#reader", deepLinking: true, validatorUrl: null});\n'
_HEADERS = {
    # The reader sets styles from its script, and draws icons from data: URLs.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
        " base-uri 'none'; form-action 'none'"
    ),
    "x-content-type-options": "nosniff",
}


def openapi_config() -> OpenAPIConfig:
    """Title, version, tags and security of the document."""
    return OpenAPIConfig(
        title="Pitboss",
        version=__version__,
        description="The hub between casino operators and game studios.",
        path="/schema",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        tags=list(_TAGS),
        components=Components(
            security_schemes={
                "agentKey": SecurityScheme(type="http", scheme="bearer"),
                "eventsKey": SecurityScheme(type="apiKey", name="x-api-key", security_scheme_in="header"),
            }
        ),
    )


def routes() -> list[HTTPRouteHandler | Router]:
    """The page, what starts it, and its static files."""

    @get("/docs", media_type=MediaType.HTML, sync_to_thread=False, include_in_schema=False)
    def page() -> Response[str]:
        return Response(_PAGE, media_type=MediaType.HTML, headers=_HEADERS)

    @get("/docs/start.js", media_type="text/javascript", sync_to_thread=False, include_in_schema=False)
    def start() -> Response[str]:
        return Response(_START, media_type="text/javascript", headers=_HEADERS)

    assets = create_static_files_router(path="/docs/assets", directories=[_assets()], include_in_schema=False)
    return [page, start, assets]


def _assets() -> Path:
    # The package is used for its files alone; importing it would load a template engine.
    spec = find_spec("swagger_ui")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"
