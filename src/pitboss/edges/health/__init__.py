"""Whether this process lives, can serve, and what it counts: `/healthz`, `/readyz`, `/metrics`."""

from pitboss.edges.health.routes import routes

__all__ = ["routes"]
