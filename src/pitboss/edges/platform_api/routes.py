"""handHistory: what happened in the round of a transaction, as its studio tells it."""

import structlog
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from pitboss.edges.gate import Busy, Gate
from pitboss.edges.json_http import AnyRequest, answer
from pitboss.edges.platform_api.door import let_in
from pitboss.edges.platform_api.list_routes import list_routes
from pitboss.edges.platform_api.openapi import documented
from pitboss.edges.platform_api.report_routes import report_routes
from pitboss.engine.hub import Hub
from pitboss.providers import Connectors, Failed
from pitboss.providers.round_history import round_history
from pitboss.storage.database import DATABASE_ERRORS
from pitboss.storage.play.played import find_played
from pitboss.wire import platform

log = structlog.get_logger()

_AT_ONCE, _WAITING = 2, 256
_LONGEST_ID = 255
_ANY = ("", "-", "0", "null")
"""What operators write where a transaction has no history id."""
_TOLD = (
    "The round of a transaction, in its vendor's own words or as a page. `transaction_id`: the operator's number or an id of"
    " `history`; `history_id`: the bet's, or `-`. `X-Vendor-Id`, if it is given, must be the vendor's id."
)
_FAILURES = {
    404: (platform.Failure, "the operator has no such transaction"),
    503: (platform.Failure, "the vendor does not answer now; Retry-After says when to ask again"),
}


def routes(hub: Hub, connectors: Connectors) -> list[HTTPRouteHandler]:
    """Handlers of the platform endpoints there are."""
    gate = Gate(_AT_ONCE, _WAITING, hub.settings.command_timeout)

    @get(
        "/api/generic/handHistory/{transaction_id:str}/{history_id:str}",
        **documented("handHistory", _TOLD, platform.HandHistory, "the round", _FAILURES),
    )
    async def hand_history(
        transaction_id: FromPath[str], history_id: FromPath[str], request: AnyRequest
    ) -> Response[bytes]:
        try:
            return await _hand_history(hub, connectors, gate, transaction_id, history_id, request)
        except Busy:
            return answer(platform.failure("too many requests"), 429, retry_after=1)
        except DATABASE_ERRORS as error:
            log.warning("platform_api_failed", call="handHistory", error=type(error).__name__)
            return answer(platform.failure("not available now"), 503, retry_after=1)

    return [*list_routes(hub), *report_routes(hub), hand_history]


async def _hand_history(
    hub: Hub, connectors: Connectors, gate: Gate, transaction_id: str, history_id: str, request: AnyRequest
) -> Response[bytes]:
    catalogue = hub.live.current
    agent = let_in(hub, catalogue, "handHistory", request)
    if agent is None:
        return answer(platform.ACCESS_DENIED, 403)
    vendor = request.headers.get("x-vendor-id")
    provider = catalogue.providers_by_code.get(vendor) if vendor else None
    if (vendor and provider is None) or not _storable(transaction_id) or not _storable(history_id):
        return _unknown()
    wanted = None if history_id in _ANY else history_id
    async with gate.inside(), hub.database.tenant(agent.id) as connection:
        played = await find_played(connection, agent.id, transaction_id, wanted, provider.id if provider else None)
    if played is None:
        return _unknown()
    told = await round_history(connectors, catalogue, played)
    if isinstance(told, Failed):
        return answer(platform.failure("the vendor does not answer"), 503, retry_after=5)
    return answer(platform.hand_history(told), 200)


def _storable(text: str) -> bool:
    """Whether anything stored can be equal to it."""
    return len(text) <= _LONGEST_ID and "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _unknown() -> Response[bytes]:
    return answer(platform.failure("transaction not found"), 404)
