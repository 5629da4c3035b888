"""The partner API, inbound: `/partner/v1/…`. `routes(hub, connectors)` gives its Litestar routes."""

from pitboss.edges.partner_api.routes import routes

__all__ = ["routes"]
