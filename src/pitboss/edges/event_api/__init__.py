"""The event API: batches of casino events in, what was learned from them out. `routes(hub)` gives its Litestar routes."""

from pitboss.edges.event_api.routes import routes

__all__ = ["routes"]
