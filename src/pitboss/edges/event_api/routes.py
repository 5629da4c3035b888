"""The event API's routes (the contract, "The event API")."""

from litestar.handlers import HTTPRouteHandler

from pitboss.edges.event_api.desk import Desk
from pitboss.edges.event_api.ingestion import ingestion_route
from pitboss.edges.event_api.reading import reading_routes
from pitboss.edges.event_api.segments import segment_routes
from pitboss.engine.hub import Hub


def routes(hub: Hub) -> list[HTTPRouteHandler]:
    """Handlers of the event API."""
    desk = Desk(hub)
    return [ingestion_route(hub), *reading_routes(desk), *segment_routes(desk)]
