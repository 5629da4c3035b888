"""The door: nobody sees a page, a file or a socket of the back office without having signed in."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import structlog
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from pitboss.backoffice.office import Office
from pitboss.backoffice.sign_in_page import sign_in_page
from pitboss.domain.caller import caller_address
from pitboss.storage.database import DATABASE_ERRORS
from pitboss.storage.staff.sessions import Visitor, sign_in, sign_out, visitor

log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "pitboss_staff"
_LARGEST_FORM = 4_096
_POLICY_VIOLATION = 1008
_BY_ITSELF = ("/_nicegui_ws/", "/favicon.ico")
"""What an open page asks for though nobody does anything: its socket, and, when that breaks, whether one is still signed in."""
_MOST_SIGNING_IN, _MOST_WAITING = 3, 64
_REFUSED_AFTER_SECONDS = 0.4
"""Longer than a comparison takes: a guess under a name that is there is counted, which is written down and takes its time."""
_KEPT = timedelta(seconds=1)
"""So long a page's many files are served on one look into the database; acts look again each time."""
_HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    # The pages' framework compiles its templates in the browser, which needs unsafe-eval.
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
        b" img-src 'self' data: https: http:; font-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none';"
        b" form-action 'self'; base-uri 'self'; object-src 'none'",
    ),
)


class Door:
    """In front of the pages. Sets `pitboss.visitor` in the scope of what it lets through."""

    def __init__(self, office: Office, pages: Asgi) -> None:
        self._office = office
        self._pages = pages
        self._signing_in = asyncio.Semaphore(_MOST_SIGNING_IN)
        self._waiting = 0
        self._known: dict[str, tuple[datetime, bool, Visitor]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request or socket through, or send it to sign in."""
        if scope["type"] == "lifespan":
            await self._pages(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._request(scope, receive, _guarded(send))

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except DATABASE_ERRORS:
            answer = PlainTextResponse("The database cannot be reached. Try again in a moment.", 503)
        if answer is None:
            await self._enter(request, send)
        else:
            await answer(scope, receive, send)

    async def _enter(self, request: Request, send: Send) -> None:
        try:
            await self._pages(request.scope, request.receive, send)
        except RuntimeError:
            # The framework's middleware calls it an error when a browser goes away before it was answered.
            if not await request.is_disconnected():
                raise

    async def _answer(self, request: Request) -> Response | None:
        """What the door itself has to say; None: go in."""
        path = request.url.path
        if path == "/healthz":
            return PlainTextResponse("ok")
        if request.method not in ("GET", "HEAD") and not _from_here(request):
            return PlainTextResponse("This form was not sent from the back office's own page.", 403)
        if path == "/sign-in":
            return await self._sign_in(request)
        who = await self._who(request)
        if who is None:
            return _to_sign_in(request)
        if path == "/sign-out":
            return await self._sign_out(request, who)
        request.scope["pitboss.visitor"] = who
        return None

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        try:
            who = await self._who(connection) if _from_here(connection) else None
        except DATABASE_ERRORS:
            who = None
        if who is None:
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        scope["pitboss.visitor"] = who

        async def while_signed_in() -> MutableMapping[str, Any]:
            # The page's heartbeat comes every few seconds: who was shut out is cut off with it.
            message = await receive()
            still = await self._still(connection)
            return message if still else {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}

        await self._pages(scope, while_signed_in, send)

    async def _still(self, connection: HTTPConnection) -> bool:
        try:
            return await self._who(connection) is not None
        except DATABASE_ERRORS:
            return False

    async def _who(self, connection: HTTPConnection) -> Visitor | None:
        token = connection.cookies.get(COOKIE)
        if not token:
            return None
        now = self._office.hub.clock()
        known = self._known.get(token)
        used = not connection.url.path.startswith(_BY_ITSELF)
        if known is not None and timedelta(0) <= now - known[0] < _KEPT and known[1] >= used:
            return known[2]
        self._known.pop(token, None)
        async with self._office.owner.anyone() as conn:
            who = await visitor(conn, token, now, used)
        if who is not None:
            self._known = {kept: entry for kept, entry in self._known.items() if now - entry[0] < _KEPT}
            self._known[token] = (now, used, who)
        return who

    async def _sign_in(self, request: Request) -> Response:
        onward = _inside(request.query_params.get("next"))
        if request.method in ("GET", "HEAD"):
            return HTMLResponse(sign_in_page(onward, wrong=False))
        if request.method != "POST":
            return PlainTextResponse("A form is sent with POST.", HTTPStatus.METHOD_NOT_ALLOWED)
        form = await _form(request)
        if form is None:
            return PlainTextResponse("The form is too large.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        name, password = form.get("username", "").strip().lower(), form.get("password", "")
        if self._waiting >= _MOST_WAITING:
            return PlainTextResponse("Too many are signing in. Try again in a moment.", HTTPStatus.SERVICE_UNAVAILABLE)
        address, soonest = self._address(request), asyncio.get_running_loop().time() + _REFUSED_AFTER_SECONDS
        token = await self._token(name, password, address)
        if token is None:
            # No name: people type their password there.
            log.warning("sign_in_refused", address=address)
            await asyncio.sleep(soonest - asyncio.get_running_loop().time())
            return HTMLResponse(sign_in_page(onward, wrong=True), HTTPStatus.FORBIDDEN)
        answer = RedirectResponse(onward, HTTPStatus.SEE_OTHER)
        # What the browser says of itself: behind a proxy that ends TLS, this process is spoken to without.
        secure = request.headers["origin"].startswith("https:")
        answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")
        return answer

    async def _token(self, name: str, password: str, address: str) -> str | None:
        """A few at a time: guesses must not take the connections that those inside need."""
        self._waiting += 1
        try:
            async with self._signing_in, self._office.owner.anyone() as conn:
                return await sign_in(conn, name, password, address, self._office.hub.clock())
        finally:
            self._waiting -= 1

    def _address(self, request: Request) -> str:
        peer = request.client.host if request.client else None
        said = request.headers.getlist("x-forwarded-for")
        return str(caller_address(peer, said, self._office.hub.settings.trusted_proxies) or peer)

    async def _sign_out(self, request: Request, who: Visitor) -> Response:
        if request.method != "POST":
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        self._known.pop(request.cookies.get(COOKIE, ""), None)
        async with self._office.owner.anyone() as conn:
            await sign_out(conn, who, self._office.hub.clock())
        answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        answer.delete_cookie(COOKIE, path="/")
        return answer


def _from_here(connection: HTTPConnection) -> bool:
    """Whether a page of this very host asks: others could use the browser's cookie."""
    origin = connection.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == connection.headers.get("host")


def _inside(path: str | None) -> str:
    """Where to go after signing in: a path of this host, never another's address."""
    return path if path and path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


def _to_sign_in(request: Request) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse("Sign in first.", HTTPStatus.UNAUTHORIZED)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/sign-in" if asked == "/" else f"/sign-in?next={quote(asked)}", HTTPStatus.SEE_OTHER)


async def _form(request: Request) -> dict[str, str] | None:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM:
            return None
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in fields.items()}


def _guarded(send: Send) -> Send:
    async def with_headers(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]
        await send(message)

    return with_headers
