"""Liveness, readiness (database reachable, schema current) and Prometheus metrics (the contract's overview, "One HTTP host")."""

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Gauge, generate_latest

from pitboss.engine.hub import Hub
from pitboss.storage import migrate
from pitboss.storage.database import DATABASE_ERRORS

_QUEUED = Gauge("pitboss_engine_queued", "Commands taken by this process and not yet answered")
_CATALOGUE = Gauge("pitboss_catalogue_version", "Version of the configuration this process serves")


def routes(hub: Hub) -> list[HTTPRouteHandler]:
    """The three handlers."""

    @get("/healthz", media_type=MediaType.TEXT, sync_to_thread=False, include_in_schema=False)
    def healthz() -> str:
        return "ok"

    @get("/readyz", media_type=MediaType.TEXT, include_in_schema=False)
    async def readyz() -> Response[str]:
        try:
            async with hub.database.anyone() as connection:
                await migrate.ensure_current(connection)
        except (*DATABASE_ERRORS, migrate.SchemaError) as error:
            return Response(f"not ready: {type(error).__name__}", status_code=503)
        return Response("ready")

    @get("/metrics", sync_to_thread=False, include_in_schema=False)
    def metrics() -> Response[bytes]:
        _QUEUED.set(hub.engine.queued)
        _CATALOGUE.set(hub.live.current.version)
        return Response(generate_latest(REGISTRY), headers={"content-type": CONTENT_TYPE_LATEST})

    return [healthz, readyz, metrics]
