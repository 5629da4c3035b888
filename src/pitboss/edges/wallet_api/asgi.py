"""`/wallet/*` on the wire: a raw ASGI callable, since these are the calls there are most of.

First the door (path, method, who calls), then the body, then judgement in the protocol's order: malformed, badly signed or too
old, and only then the command itself.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import timedelta
from hmac import compare_digest
from typing import Any, Final

import structlog

from pitboss.domain.caller import caller_address, listed
from pitboss.domain.catalogue import Catalogue, Provider
from pitboss.domain.refusals import Refusal
from pitboss.edges.wallet_api import answers
from pitboss.edges.wallet_api.answers import Answer, Envelope
from pitboss.edges.wallet_api.failures import note_denied, note_failed
from pitboss.edges.wallet_api.handlers import HANDLERS, Busy
from pitboss.edges.wallet_api.translate import Caller, SettleRates
from pitboss.engine.hub import Hub
from pitboss.settings import Settings
from pitboss.storage.database import DATABASE_ERRORS
from pitboss.wire import wallet as wire
from pitboss.wire.strict_json import Malformed

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = structlog.get_logger()

_PREFIX: Final = "/wallet/"
_JSON: Final = (b"content-type", b"application/json; charset=utf-8")
_TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")
_SPACE: Final = b" \t\r\n"
_RETRY_AFTER: Final = (b"retry-after", b"1")
# Compared when there is no such studio, so that its absence takes as long as a wrong signature.
_NOBODY: Final = b"0" * 40


class _Studio:
    """One provider at the door: its expected headers by command, and the envelope of its answers."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.expected = {command: wire.sign_header(command, provider.secret).encode() for command in wire.COMMANDS}
        self.envelope = Envelope(provider)


class _Picture:
    """What is derived from one version of the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.rates = SettleRates(catalogue)
        self.studios = {
            operator_id.encode(): _Studio(provider)
            for operator_id, provider in catalogue.providers_by_operator_id.items()
        }


class WalletApi:
    """The operator side of the wallet protocol as an ASGI application for `/wallet/{command}` and `/wallet/ping`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._picture = _Picture(hub.live.current)
        self._replay_window = timedelta(seconds=hub.settings.replay_window)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; nothing it can hold raises."""
        command = scope["path"].removeprefix(_PREFIX)
        expected_method = "GET" if command == "ping" else "POST"
        if command not in HANDLERS and command != "ping":
            return await _plain(send, 404, b"Not found")
        if scope["method"] != expected_method:
            return await _plain(send, 405, b"Method not allowed", (b"allow", expected_method.encode()))
        if command == "ping":
            return await _plain(send, 200, b"PONG")
        began = time.monotonic()
        studio = self._admitted(scope, command)
        if studio is None:
            note_denied(self._hub.errors, scope, 403, "Access denied")
            return await _plain(send, 403, b"Access denied")
        body = await _read_body(scope, receive)
        if body is None:
            note_denied(self._hub.errors, scope, 413, "Content too large")
            return await _plain(send, 413, b"Content too large", (b"connection", b"close"))
        try:
            told, code = await self._answer(studio, command, body)
        except Busy:
            return await _plain(send, 503, b"Overloaded", _RETRY_AFTER)
        length = (b"content-length", b"%d" % len(told))
        await send({"type": "http.response.start", "status": 200, "headers": [_JSON, length]})
        await send({"type": "http.response.body", "body": told})
        if code in _NOTED:
            note_failed(self._hub.errors, self._picture.catalogue, studio.provider, command, code, began, body, told)
        return None

    def _admitted(self, scope: Scope, command: str) -> _Studio | None:
        """The calling studio, if its signature and its address are right."""
        if self._picture.catalogue is not self._hub.live.current:
            self._picture = _Picture(self._hub.live.current)
        signature = operator_id = older_name = b""
        for name, value in scope["headers"]:
            if name == b"x-authorization":
                signature = value
            elif name == b"x-operator-id":
                operator_id = value
            elif name == b"x-tt-operator-id":
                older_name = value
        studio = self._picture.studios.get(operator_id or older_name)
        expected = _NOBODY if studio is None else studio.expected[command]
        if not compare_digest(signature, expected) or studio is None:
            return None
        networks = studio.provider.allowed_ips
        if networks and not listed(_address(scope, self._hub.settings), networks):
            return None
        return studio

    async def _answer(self, studio: _Studio, command: str, body: bytes) -> tuple[bytes, wire.OpCode | None]:
        """The whole answer to a body, and its error's code. Raises Busy."""
        body = body.strip(_SPACE)
        try:
            answer = await self._judged(studio, command, body)
        except Malformed as malformed:
            log.warning("wallet_request_malformed", provider=studio.provider.code, command=command, why=str(malformed))
            answer = answers.error(wire.OpCode.INTERNAL, str(malformed))
            if not malformed.is_json:
                body = b"null"
        return studio.envelope.wrap(body, answer, self._hub.clock()), answer.code

    async def _judged(self, studio: _Studio, command: str, body: bytes) -> Answer:
        picture, hub, provider = self._picture, self._hub, studio.provider
        request = wire.read_request(command, body)
        now = hub.clock()
        sent_at = _window_applies(command, request) and wire.read_timestamp(request.request_timestamp)
        caller = Caller(provider, picture.catalogue, picture.rates, hub.arrivals, now)
        go = HANDLERS[command](hub, caller, request.data)
        signature = wire.sign_request(command, request.request_timestamp, provider.secret)
        if not compare_digest(request.hash.encode(), signature.encode()):
            answer = answers.BAD_HASH
        elif sent_at and abs(now.replace(tzinfo=None) - sent_at) > self._replay_window:
            answer = answers.OLD_TIMESTAMP
        else:
            answer = await _done(go, provider, command)
        if answer.code in _LOGGED:
            log.warning("wallet_call_failed", provider=provider.code, command=command, code=answer.code)
        return answer


_LOGGED: Final = frozenset((wire.OpCode.INVALID_HASH, wire.OpCode.TIMEOUT, wire.OpCode.INTERNAL))
_NOTED: Final = _LOGGED | {wire.OpCode.DUPLICATE}
"""In the error log as well: what no studio that works well, at a hub that does, is ever told."""


def _window_applies(command: str, request: wire.Request) -> bool:
    """Studios bring a WIN's, REFUND's or cancel's original bytes for days; the others start something new."""
    if isinstance(request, wire.ChangeBalance):
        return request.data.transaction_type == "BET"
    return command in ("authenticate", "balance")


async def _done(go: Callable[[], Awaitable[Answer]], provider: Provider, command: str) -> Answer:
    try:
        return await go()
    except DATABASE_ERRORS as error:
        log.warning("wallet_store_unreachable", provider=provider.code, command=command, error=type(error).__name__)
    except Busy:
        raise
    except Exception:
        # A defect of ours must not cost the studio its protocol: it is told, and may send the same id again.
        log.exception("wallet_call_broken", provider=provider.code, command=command)
    return answers.refused(Refusal.OUTCOME_UNKNOWN, retried=True)


def _address(scope: Scope, settings: Settings) -> Any:
    forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    client = scope.get("client")
    return caller_address(client[0] if client else None, forwarded, settings.trusted_proxies)


async def _read_body(scope: Scope, receive: Receive) -> bytes | None:
    """The body; None when it is too large. What a peer that went away has sent so far is judged like any other."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body") and len(body) <= wire.MAX_BODY:
        return body
    pieces, size = [body], len(body)
    while message.get("more_body") and size <= wire.MAX_BODY:
        message = await receive()
        piece = message.get("body", b"")
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces) if size <= wire.MAX_BODY else None


async def _plain(send: Send, status: int, text: bytes, *headers: tuple[bytes, bytes]) -> None:
    length = (b"content-length", b"%d" % len(text))
    await send({"type": "http.response.start", "status": status, "headers": [_TEXT, length, *headers]})
    await send({"type": "http.response.body", "body": text})
