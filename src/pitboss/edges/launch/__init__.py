"""Launch URLs, inbound: what a player's browser opens. `routes(hub)` gives the Litestar routes."""

from pitboss.edges.launch.routes import routes

__all__ = ["routes"]
