"""The API reference: `/schema/openapi.json` of all dialects, and `/docs`, a reader that needs no internet."""

from pitboss.edges.reference.reader import openapi_config, routes

__all__ = ["openapi_config", "routes"]
