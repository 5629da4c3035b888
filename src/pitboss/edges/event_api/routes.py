"""The event API's routes (the contract, "The event API")."""

import structlog
from litestar.handlers import HTTPRouteHandler

from pitboss.edges.event_api.ingestion import ingestion_route
from pitboss.engine.hub import Hub

log = structlog.get_logger()


def routes(hub: Hub) -> list[HTTPRouteHandler]:
    """Handlers of the event API."""
    return [ingestion_route(hub)]
