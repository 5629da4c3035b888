"""Liveness, readiness (database reachable, schema current) and Prometheus metrics (the contract's overview, "One HTTP host")."""

from datetime import datetime

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Gauge, generate_latest

from pitboss.engine.hub import Hub
from pitboss.storage import migrate
from pitboss.storage.database import DATABASE_ERRORS, Database
from pitboss.storage.feeds.leases import feed_figures

_QUEUED = Gauge("pitboss_engine_queued", "Commands taken by this process and not yet answered")
_CATALOGUE = Gauge("pitboss_catalogue_version", "Version of the configuration this process serves")
_OF_A_FEED = ("agent_id", "feed")
_BEHIND = Gauge("pitboss_feed_events_behind", "Events of the agent that the consumer has not taken yet", _OF_A_FEED)
_LAG = Gauge("pitboss_feed_lag_seconds", "Age of the oldest event the consumer has not taken yet", _OF_A_FEED)
_DEAD = Gauge("pitboss_feed_dead_letters", "Events set aside since the consumer will not take them", _OF_A_FEED)
_PAUSED = Gauge("pitboss_feed_paused", "1 when the feed is paused", _OF_A_FEED)
_OF_FEEDS = (_BEHIND, _LAG, _DEAD, _PAUSED)


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

    @get("/metrics", include_in_schema=False)
    async def metrics() -> Response[bytes]:
        _QUEUED.set(hub.engine.queued)
        _CATALOGUE.set(hub.live.current.version)
        await _measure_feeds(hub.database, hub.clock())
        return Response(generate_latest(REGISTRY), headers={"content-type": CONTENT_TYPE_LATEST})

    return [healthz, readyz, metrics]


async def _measure_feeds(database: Database, now: datetime) -> None:
    """Feeds as they stand; none while the database cannot be asked."""
    for gauge in _OF_FEEDS:
        gauge.clear()
    try:
        async with database.anyone() as connection:
            feeds = await feed_figures(connection)
    except DATABASE_ERRORS:
        return
    for feed in feeds:
        of = (str(feed.agent_id), feed.name)
        _BEHIND.labels(*of).set(feed.behind)
        _LAG.labels(*of).set(max((now - feed.oldest).total_seconds(), 0) if feed.oldest else 0)
        _DEAD.labels(*of).set(feed.dead)
        _PAUSED.labels(*of).set(feed.paused)
