"""The agent API's routes: `POST /external/v1.3/{call}`, `/external/v1.6/{call}`, and `/external/{call}`, which is 1.6."""

import time
from dataclasses import dataclass
from typing import Final

import structlog
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Operation

from pitboss.edges.agent_api import v13, v16
from pitboss.edges.agent_api.activity import Activity
from pitboss.edges.agent_api.call import Call
from pitboss.edges.agent_api.calls.transfers import OutcomeUnknown
from pitboss.edges.agent_api.door import Door
from pitboss.edges.agent_api.fields import Fields
from pitboss.edges.agent_api.openapi import operation_of
from pitboss.edges.agent_api.version import Version
from pitboss.edges.gate import Busy, Gate
from pitboss.edges.json_http import AnyRequest, BodyIncomplete, BodyTooLarge, answer, read_body
from pitboss.engine.error_log import Exchange
from pitboss.engine.hub import Hub
from pitboss.providers import Connectors
from pitboss.wire.agent_api import MAX_BODY, ApiError, ErrorCode, decode_body, encode_result, invalid

log = structlog.get_logger()

_AT_ONCE = 5
"""Calls at the database at once, so that one edge does not take all connections of a process."""
_WAITING = 512
_BODY_OPTIONAL = frozenset({"games", "providers"})
_NOTED: Final = frozenset(
    {
        ErrorCode.AGENT_NOT_FOUND, ErrorCode.IP_NOT_ALLOWED, ErrorCode.AGENT_NOT_ACTIVE, ErrorCode.AGENT_NOT_UNDER,
        ErrorCode.AGENT_INVALID_TYPE, ErrorCode.INVALID_REQUEST, ErrorCode.NOT_FOUND, ErrorCode.INTERNAL_ERROR,
    }
)  # fmt: skip
"""In the error log: the call itself was wrong, or the hub failed. Other codes are answers; RATE_LIMITED would add to the load."""


@dataclass(slots=True)
class _Heard:
    """What is known of a call by the time it fails."""

    began: float
    agent_id: int | None = None
    body: bytes | None = None


def routes(hub: Hub, connectors: Connectors) -> list[HTTPRouteHandler]:
    """Handlers for every call of both versions, and one for names that are no call."""
    desk = _Desk(hub, connectors)
    made = []
    for version, path in ((v13.VERSION, v13.VERSION.path), (v16.VERSION, v16.VERSION.path), (v16.VERSION, "/external")):
        made += [_route(desk, version, path, name) for name in sorted(version.calls)]
        made.append(_route(desk, version, path, None))
    return made


def _route(desk: "_Desk", version: Version, path: str, name: str | None) -> HTTPRouteHandler:
    suffix = name or "{call:path}"
    operation = f"{'latest' if path == '/external' else version.name}_{name}" if name else None

    @post(
        f"{path}/{suffix}",
        status_code=200,
        operation_id=operation,
        operation_class=operation_of(version.name, name) if name else Operation,
        include_in_schema=name is not None,
        request_max_body_size=None,
        media_type="application/json",
        tags=[f"agent API {version.name}"],
        security=[{"agentKey": []}],
        summary=name,
    )
    async def serve(request: AnyRequest) -> Response[bytes]:
        return await desk.serve(version, name or request.path_params["call"].strip("/"), request)

    return serve


class _Desk:
    """Takes one request from its headers to its answer; whatever goes wrong on the way, it is one of the API's errors."""

    def __init__(self, hub: Hub, connectors: Connectors) -> None:
        self._hub = hub
        self._connectors = connectors
        self._door = Door(hub)
        self._activity = Activity()
        self._gate = Gate(_AT_ONCE, _WAITING, hub.settings.command_timeout)

    async def serve(self, version: Version, name: str, request: AnyRequest) -> Response[bytes]:
        """The answer, always in the API's envelope."""
        heard = _Heard(time.monotonic())
        try:
            return answer(encode_result(await self._result(version, name, request, heard)))
        except ApiError as error:
            failure = error
        except Busy:
            failure = ApiError(ErrorCode.RATE_LIMITED, retry_after=1)
        except OutcomeUnknown:
            failure = self._failed(version, name, "outcome_unknown", "repeat it with the same requestId")
        except Exception as error:  # noqa: BLE001 - a caller gets a reference, the log the rest
            failure = self._failed(version, name, type(error).__name__, "nothing more is known", error)
        self._note(version, name, request, heard, failure)
        return answer(failure.body(), failure.status, retry_after=failure.retry_after)

    async def _result(self, version: Version, name: str, request: AnyRequest, heard: _Heard) -> object:
        now, catalogue = self._hub.clock(), self._hub.live.current
        agent = self._door.let_in(catalogue, request, now)
        heard.agent_id = agent.id
        handler = version.handler(name)
        heard.body = await _read(request)
        fields = Fields(_members(heard.body, optional=name in _BODY_OPTIONAL))
        call = Call(self._hub, catalogue, agent, fields, now, self._activity, self._gate, self._connectors)
        return await handler(call)

    def _failed(self, version: Version, name: str, why: str, advice: str, error: Exception | None = None) -> ApiError:
        reference = self._hub.arrivals.id()
        log.error(
            "agent_api_failed", reference=reference, version=version.name, call=name[:40], why=why, exc_info=error
        )
        return ApiError(ErrorCode.INTERNAL_ERROR, f"the hub failed ({advice}); reference {reference}")

    def _note(self, version: Version, name: str, request: AnyRequest, heard: _Heard, failure: ApiError) -> None:
        if failure.code not in _NOTED:
            return
        agent_id = heard.agent_id
        if agent_id is None:
            agent_id = self._door.agent_id_of(self._hub.live.current, request, self._hub.clock())
        duration_ms = round((time.monotonic() - heard.began) * 1000)
        failed = Exchange(
            "in", f"agent_api {version.name}", name, "", request.url.path, failure.status, failure.code, duration_ms,
            heard.body, failure.body(),
        )  # fmt: skip
        self._hub.errors.note(agent_id, failed)


async def _read(request: AnyRequest) -> bytes:
    try:
        return await read_body(request, MAX_BODY)
    except BodyTooLarge:
        raise ApiError(ErrorCode.INVALID_REQUEST, f"body must be at most {MAX_BODY} bytes", status=413) from None
    except BodyIncomplete:
        raise invalid("body", "is not complete") from None


def _members(body: bytes, *, optional: bool) -> dict[str, object]:
    if optional and not body.strip():
        return {}
    return decode_body(body)
