"""`businessReport`, `ggrLimits`, `balanceLimits`: what an operator asks of its business with the hub."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any

import structlog
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import QueryParameter

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.gate import Busy, Gate
from pitboss.edges.platform_api.door import AnyRequest, let_in
from pitboss.edges.platform_api.reports import (
    Mistake,
    balance_limits,
    business_report,
    credit_standing,
    ggr_limits,
    read_currencies,
    read_date,
)
from pitboss.engine.hub import Hub
from pitboss.storage.database import DATABASE_ERRORS, Connection
from pitboss.wire import platform
from pitboss.wire import platform_reports as wire

log = structlog.get_logger()

_AT_ONCE, _WAITING = 2, 256
_Tenant = Callable[[], AbstractAsyncContextManager[Connection]]
_Tell = Callable[[Catalogue, Agent, _Tenant], Awaitable[bytes]]


def report_routes(hub: Hub) -> list[HTTPRouteHandler]:
    """The three handlers."""
    desk = _Desk(hub)

    @get("/api/generic/businessReport", **_documented(
        "businessReport", "What was played on a day (UTC) by vendor and currency, without what was cancelled or refunded since. ",
        list[wire.BusinessRow],
    ))  # fmt: skip
    async def business(
        request: AnyRequest,
        date: Annotated[str | None, QueryParameter(name="date", description="yyyy-mm-dd", required=False)] = None,
    ) -> Response[bytes]:
        async def tell(catalogue: Catalogue, agent: Agent, tenant: _Tenant) -> bytes:
            day = read_date(date)
            async with tenant() as connection:
                return wire.encode(await business_report(connection, catalogue, agent, day))

        return await desk.answer("businessReport", request, tell)

    @get("/api/generic/ggrLimits", deprecated=True, **_documented(
        "ggrLimits", "Superseded by balanceLimits. ", wire.GgrLimits | wire.Unlimited
    ))  # fmt: skip
    async def ggr(request: AnyRequest) -> Response[bytes]:
        async def tell(catalogue: Catalogue, agent: Agent, tenant: _Tenant) -> bytes:
            async with tenant() as connection:
                found = await credit_standing(connection, catalogue, agent, hub.clock())
            return wire.encode(ggr_limits(agent, found))

        response = await desk.answer("ggrLimits", request, tell)
        response.headers.update(wire.DEPRECATED)
        return response

    @get("/api/generic/balanceLimits", **_documented(
        "balanceLimits",
        "The operator's credit with the hub less its gross gaming revenue since the last settlement; `limit_exceeded`: new"
        " launches and bets are refused. ", wire.BalanceLimits | wire.Unlimited,
    ))  # fmt: skip
    async def balance(
        request: AnyRequest,
        currencies: Annotated[
            str | None, QueryParameter(name="currencies", description="codes with commas between", required=False)
        ] = None,
    ) -> Response[bytes]:
        async def tell(catalogue: Catalogue, agent: Agent, tenant: _Tenant) -> bytes:
            wanted, now = read_currencies(catalogue, currencies), hub.clock()
            async with tenant() as connection:
                found = await credit_standing(connection, catalogue, agent, now)
            return wire.encode(balance_limits(catalogue, agent, found, wanted, now))

        return await desk.answer("balanceLimits", request, tell)

    return [business, ggr, balance]


class _Desk:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._gate = Gate(_AT_ONCE, _WAITING, hub.settings.command_timeout)

    async def answer(self, name: str, request: AnyRequest, tell: _Tell) -> Response[bytes]:
        """What `tell` says to whoever may ask."""
        catalogue = self._hub.live.current
        agent = let_in(self._hub, catalogue, name, request)
        if agent is None:
            return _answer(platform.ACCESS_DENIED, 403)

        @asynccontextmanager
        async def tenant() -> Any:
            async with self._gate.inside(), self._hub.database.tenant(agent.id) as connection:
                yield connection

        try:
            return _answer(await tell(catalogue, agent, tenant))
        except Mistake as mistake:
            return _answer(wire.encode(wire.Mistaken(str(mistake))), 400)
        except Busy:
            return _answer(wire.encode(wire.Mistaken("too many requests")), 429, {"retry-after": "1"})
        except DATABASE_ERRORS as error:
            log.warning("platform_api_failed", call=name, error=type(error).__name__)
            return _answer(wire.encode(wire.Mistaken("not available now")), 503, {"retry-after": "1"})


def _documented(name: str, text: str, answer: Any) -> dict[str, Any]:
    signed = f'Headers: `X-Operator-Id`, and `X-Authorization` = sha1("{name}" + operator id + secret).'
    return {
        "media_type": "application/json",
        "tags": ["platform API"],
        "summary": name,
        "description": text + signed,
        "responses": {
            200: ResponseSpec(answer, generate_examples=False, description="exact"),
            400: ResponseSpec(
                wire.Mistaken, generate_examples=False, description="a parameter is wrong; `error` names it"
            ),
            403: ResponseSpec(
                platform.Denied,
                generate_examples=False,
                description="the signature or the address is not the operator's",
            ),
        },
    }


def _answer(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(
        body,
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store", **(headers or {})},
    )
