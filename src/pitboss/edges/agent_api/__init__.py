"""The agent API, inbound: versions 1.3.0 and 1.6.7 over one set of handlers. `routes(hub)` gives its Litestar routes."""

from pitboss.edges.agent_api.routes import routes

__all__ = ["routes"]
