"""The partner API's routes: `POST /partner/v1/{operation}` for writes, `GET` for reads and reports."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import parse_qsl

import structlog
from litestar import Response, route
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Operation

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.gate import Busy, Gate
from pitboss.edges.json_http import AnyRequest, BodyIncomplete, BodyTooLarge, answer, read_body
from pitboss.edges.partner_api.call import Call
from pitboss.edges.partner_api.door import Door
from pitboss.edges.partner_api.fields import Fields, QueryFields
from pitboss.edges.partner_api.once import once
from pitboss.edges.partner_api.openapi import operation_of
from pitboss.edges.partner_api.register import READS, WRITES
from pitboss.edges.partner_api.reports.csv_text import as_csv
from pitboss.edges.partner_api.reports.query import Table
from pitboss.engine.error_log import Exchange
from pitboss.engine.hub import Hub
from pitboss.providers import Connectors
from pitboss.wire.partner_api import MAX_BODY, MAX_REQUEST_ID, ErrorCode, PartnerError, encode_data, invalid
from pitboss.wire.strict_json import Malformed, decode_object

log = structlog.get_logger()

FieldsT = TypeVar("FieldsT", bound=Fields)
BASE = "/partner/v1"
_AT_ONCE = 3
"""Calls at the database at once, so that one edge does not take all connections of a process."""
_WAITING = 512
_MOST_PARAMETERS = 50
_NOTED: Final = frozenset(
    {
        ErrorCode.INVALID_REQUEST, ErrorCode.AUTHENTICATION, ErrorCode.IP_NOT_ALLOWED, ErrorCode.AGENT_TYPE, ErrorCode.INTERNAL,
    }
)  # fmt: skip
"""In the error log: the call itself was wrong, or the hub failed. Other codes are answers."""
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def routes(hub: Hub, connectors: Connectors) -> list[HTTPRouteHandler]:
    """Handlers for every operation and report, and for names and methods that are none."""
    desk = _Desk(hub, connectors)
    made = []
    for method, names in (("POST", WRITES), ("GET", READS)):
        for name in names:
            made.append(_route(desk, method, name))
            made.append(_not_so(desk, f"{BASE}/{name}", method))
    made.append(_not_so(desk, f"{BASE}/{{anything:path}}", None))
    return made


def _route(desk: "_Desk", method: str, name: str) -> HTTPRouteHandler:
    @route(
        f"{BASE}/{name}",
        http_method=[method],  # type: ignore[list-item]
        status_code=200,
        operation_id="partner_" + "_".join(part.partition(":")[0].strip("{") for part in name.split("/")),
        operation_class=operation_of(method, name),
        request_max_body_size=None,
        media_type="application/json",
        tags=["partner API"],
        security=[{"agentKey": []}],
        summary=name.partition("/{")[0],
    )
    async def serve(request: AnyRequest) -> Response[bytes]:
        return await (desk.write(name, request) if method == "POST" else desk.read(name, request))

    return serve


def _not_so(desk: "_Desk", path: str, right: str | None) -> HTTPRouteHandler:
    """Answers in the API's own envelope where there is no operation, or only by another method."""

    @route(
        path,
        http_method=[method for method in _METHODS if method != right],  # type: ignore[misc]
        status_code=200,
        operation_class=Operation,
        include_in_schema=False,
        media_type="application/json",
    )
    async def refuse(request: AnyRequest) -> Response[bytes]:
        return desk.not_so(request, right)

    return refuse


@dataclass(slots=True)
class _Asked:
    """What is known of a request so far, for the answer's envelope."""

    name: str
    request: AnyRequest
    request_id: str | None = None
    body: bytes | None = None
    began: float = field(default_factory=time.monotonic)


class _Desk:
    """Takes one request from its headers to its answer; whatever goes wrong on the way, it is one of the API's errors."""

    def __init__(self, hub: Hub, connectors: Connectors) -> None:
        self._hub = hub
        self._connectors = connectors
        self._door = Door(hub)
        self._gate = Gate(_AT_ONCE, _WAITING, hub.settings.command_timeout)

    async def write(self, name: str, request: AnyRequest) -> Response[bytes]:
        """The answer of a write, made now or before."""
        asked = _Asked(name, request)
        try:
            catalogue, agent = self._let_in(request)
            asked.body = await _body(request)
            fields = Fields(_members(asked.body))
            asked.request_id = fields.text("requestId", MAX_REQUEST_ID)
            call = self._call(catalogue, agent, fields)
            answered = await once(call, name, asked.request_id, fields.all, WRITES[name])
            return answer(answered.body, answered.status)
        except Exception as error:  # noqa: BLE001 - told apart there
            return self._refused(asked, error)

    async def read(self, name: str, request: AnyRequest) -> Response[bytes]:
        """The answer of a read."""
        asked = _Asked(name, request)
        try:
            catalogue, agent = self._let_in(request)
            fields = QueryFields(_parameters(request))
            data = await READS[name](self._call(catalogue, agent, fields))
            if isinstance(data, Table):
                return _table(data, name, fields.optional_text("format"))
            return answer(encode_data(None, data))
        except Exception as error:  # noqa: BLE001 - told apart there
            return self._refused(asked, error)

    def not_so(self, request: AnyRequest, right: str | None) -> Response[bytes]:
        """404, or 405 where another method is the right one; whoever has no key learns nothing."""
        try:
            self._let_in(request)
        except PartnerError as error:
            return self._refused(_Asked("", request), error)
        if right is None:
            return answer(PartnerError(ErrorCode.INVALID_REQUEST, "there is no such operation").body(None), 404)
        wrong = PartnerError(ErrorCode.INVALID_REQUEST, f"this operation is a {right}")
        return answer(wrong.body(None), 405, {"allow": right})

    def _let_in(self, request: AnyRequest) -> tuple[Catalogue, Agent]:
        catalogue = self._hub.live.current
        return catalogue, self._door.let_in(catalogue, request, self._hub.clock())

    def _call(self, catalogue: Catalogue, agent: Agent, fields: FieldsT) -> Call[FieldsT]:
        return Call(self._hub, catalogue, agent, fields, self._hub.clock(), self._gate, self._connectors)

    def _refused(self, asked: _Asked, error: Exception) -> Response[bytes]:
        if isinstance(error, Busy):
            error = PartnerError(ErrorCode.RATE_LIMITED, retry_after=1)
        if not isinstance(error, PartnerError):
            reference = self._hub.arrivals.id()
            log.error("partner_api_failed", reference=reference, operation=asked.name, exc_info=error)
            advice = "repeat it with the same requestId" if asked.request_id else "nothing more is known"
            error = PartnerError(ErrorCode.INTERNAL, f"the hub failed ({advice}); reference {reference}")
        self._note(asked, error)
        return answer(error.body(asked.request_id), error.status, retry_after=error.retry_after)

    def _note(self, asked: _Asked, error: PartnerError) -> None:
        if error.code not in _NOTED:
            return
        agent_id = self._door.agent_id_of(self._hub.live.current, asked.request, self._hub.clock())
        duration_ms = round((time.monotonic() - asked.began) * 1000)
        failed = Exchange(
            "in", "partner_api", asked.name, asked.request_id or "", asked.request.url.path, error.status, error.code, duration_ms,
            asked.body, error.body(asked.request_id),
        )  # fmt: skip
        self._hub.errors.note(agent_id, failed)


async def _body(request: AnyRequest) -> bytes:
    try:
        return await read_body(request, MAX_BODY)
    except BodyTooLarge:
        raise PartnerError(ErrorCode.INVALID_REQUEST, f"body must be at most {MAX_BODY} bytes", status=413) from None
    except BodyIncomplete:
        raise invalid("body", "is not complete") from None


def _members(body: bytes) -> Mapping[str, object]:
    try:
        return decode_object(body)
    except Malformed as wrong:
        raise invalid(wrong.field, wrong.why) from None


def _parameters(request: AnyRequest) -> Mapping[str, object]:
    """The query's parameters, none twice, and what the path itself names."""
    try:
        text = request.scope["query_string"].decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise invalid("query", "is malformed") from None
    parameters: dict[str, object] = {}
    for name, value in pairs:
        if name in parameters:
            raise invalid(name[:40] if name.isascii() and name.isprintable() else "query", "is given twice")
        parameters[name] = value
    return {**parameters, **request.path_params}


def _table(table: Table, name: str, wanted: str | None) -> Response[bytes]:
    """A page of a report. CSV tells in headers what JSON tells beside the items."""
    page = table.page
    if wanted != "csv":
        pagination = {"page": page.number, "perPage": page.per_page, "total": table.total, "next": table.next}
        return answer(encode_data(None, {"items": table.items, "pagination": pagination}))
    headers = {
        "cache-control": "no-store",
        "content-disposition": f'attachment; filename="{name.rpartition("/")[2]}-{page.number}.csv"',
        "x-total-count": str(table.total),
        **({"x-next-page": str(table.next)} if table.next else {}),
    }
    text = as_csv(table.columns, table.items)
    return Response(text.encode(), status_code=200, media_type="text/csv", headers=headers)
