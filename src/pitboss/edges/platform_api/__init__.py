"""The wallet protocol's platform endpoints, inbound: `/api/generic/…`. `routes(hub, connectors)` gives its Litestar routes."""

from pitboss.edges.platform_api.routes import routes

__all__ = ["routes"]
