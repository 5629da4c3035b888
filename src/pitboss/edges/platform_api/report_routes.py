"""`businessReport`, `ggrLimits`, `balanceLimits`: what an operator asks of its business with the hub."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any

import structlog
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.gate import Busy, Gate
from pitboss.edges.json_http import AnyRequest, answer
from pitboss.edges.platform_api.door import let_in
from pitboss.edges.platform_api.openapi import documented
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
_FAILURES = {400: (wire.Mistaken, "a parameter is wrong; `error` names it")}
_Tenant = Callable[[], AbstractAsyncContextManager[Connection]]
_Tell = Callable[[Catalogue, Agent, _Tenant], Awaitable[bytes]]


def report_routes(hub: Hub) -> list[HTTPRouteHandler]:
    """The three handlers."""
    desk = _Desk(hub)
    return [_business_route(desk), _ggr_route(desk), _balance_route(desk)]


def _business_route(desk: "_Desk") -> HTTPRouteHandler:
    name, text = (
        "businessReport",
        "What was played on a day (UTC) by vendor and currency, without what was cancelled or refunded since.",
    )

    @get("/api/generic/businessReport", **documented(name, text, list[wire.BusinessRow], "exact", _FAILURES))
    async def business(
        request: AnyRequest,
        date: Annotated[str | None, QueryParameter(name="date", description="yyyy-mm-dd", required=False)] = None,
    ) -> Response[bytes]:
        async def tell(catalogue: Catalogue, agent: Agent, tenant: _Tenant) -> bytes:
            day = read_date(date)
            async with tenant() as connection:
                return wire.encode(await business_report(connection, catalogue, agent, day))

        return await desk.answer(name, request, tell)

    return business


def _ggr_route(desk: "_Desk") -> HTTPRouteHandler:
    name, schema = "ggrLimits", wire.GgrLimits | wire.Unlimited

    @get(
        "/api/generic/ggrLimits",
        deprecated=True,
        **documented(name, "Superseded by balanceLimits.", schema, "exact", _FAILURES),
    )
    async def ggr(request: AnyRequest) -> Response[bytes]:
        async def tell(catalogue: Catalogue, agent: Agent, tenant: _Tenant) -> bytes:
            async with tenant() as connection:
                found = await credit_standing(connection, catalogue, agent, desk.hub.clock())
            return wire.encode(ggr_limits(agent, found))

        response = await desk.answer(name, request, tell)
        response.headers.update(wire.DEPRECATED)
        return response

    return ggr


def _balance_route(desk: "_Desk") -> HTTPRouteHandler:
    name, schema = "balanceLimits", wire.BalanceLimits | wire.Unlimited
    text = (
        "The operator's credit with the hub less its gross gaming revenue since the last settlement; `limit_exceeded`: new"
        " launches and bets are refused."
    )

    @get("/api/generic/balanceLimits", **documented(name, text, schema, "exact", _FAILURES))
    async def balance(
        request: AnyRequest,
        currencies: Annotated[
            str | None, QueryParameter(name="currencies", description="codes with commas between", required=False)
        ] = None,
    ) -> Response[bytes]:
        async def tell(catalogue: Catalogue, agent: Agent, tenant: _Tenant) -> bytes:
            wanted, now = read_currencies(catalogue, currencies), desk.hub.clock()
            async with tenant() as connection:
                found = await credit_standing(connection, catalogue, agent, now)
            return wire.encode(balance_limits(catalogue, agent, found, wanted, now))

        return await desk.answer(name, request, tell)

    return balance


class _Desk:
    """Opens the database to whoever may ask, and tells what stands in the way."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._gate = Gate(_AT_ONCE, _WAITING, hub.settings.command_timeout)

    async def answer(self, name: str, request: AnyRequest, tell: _Tell) -> Response[bytes]:
        """What `tell` says to whoever may ask."""
        catalogue = self.hub.live.current
        agent = let_in(self.hub, catalogue, name, request)
        if agent is None:
            return answer(platform.ACCESS_DENIED, 403)

        @asynccontextmanager
        async def tenant() -> Any:
            async with self._gate.inside(), self.hub.database.tenant(agent.id) as connection:
                yield connection

        try:
            return answer(await tell(catalogue, agent, tenant))
        except Mistake as mistake:
            return answer(wire.encode(wire.Mistaken(str(mistake))), 400)
        except Busy:
            return answer(wire.encode(wire.Mistaken("too many requests")), 429, retry_after=1)
        except DATABASE_ERRORS as error:
            log.warning("platform_api_failed", call=name, error=type(error).__name__)
            return answer(wire.encode(wire.Mistaken("not available now")), 503, retry_after=1)
