"""Composition root of the HTTP application: one ASGI callable, with the hot commands in front of Litestar.

Knows every part; nothing knows it but the CLI.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar

from pitboss.domain.outbound import Reach
from pitboss.edges import agent_api, event_api, health, launch, partner_api, platform_api, reference
from pitboss.edges.wallet_api import openapi as wallet_openapi
from pitboss.edges.wallet_api.asgi import WalletApi
from pitboss.engine.hub import Hub
from pitboss.engine.open import open_hub
from pitboss.operators import open_wallets
from pitboss.processes import spare_the_collector
from pitboss.providers import Connectors
from pitboss.settings import Settings
from pitboss.storage.process import record_public_url

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def compose(hub: Hub) -> "Front":
    """The HTTP application over a hub that is at work already. Close it at the end."""
    # The addresses were judged when a person entered them; this is against names that point elsewhere since.
    connectors = Connectors(Reach(private=hub.settings.allow_private_urls, loopback=True))
    rest = Litestar(
        route_handlers=[
            *agent_api.routes(hub, connectors),
            *partner_api.routes(hub, connectors),
            *platform_api.routes(hub, connectors),
            *event_api.routes(hub),
            *launch.routes(hub),
            *health.routes(hub),
            *reference.routes(),
        ],
        openapi_config=reference.openapi_config(),
        debug=False,
        logging_config=None,
    )
    assert rest.openapi_schema.paths is not None
    rest.openapi_schema.paths.update(wallet_openapi.paths())
    return Front(WalletApi(hub), rest, connectors)


class Front:
    """Sends `/wallet/…` to the raw callable and the rest to Litestar."""

    def __init__(self, wallet: WalletApi, rest: Litestar, connectors: Connectors) -> None:
        self._wallet = wallet
        self._rest = rest
        self._connectors = connectors

    async def close(self) -> None:
        """Let go of the connections to studios."""
        await self._connectors.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].startswith("/wallet/"):
            await self._wallet(scope, receive, send)
        else:
            await self._rest(scope, receive, send)  # type: ignore[arg-type]


class Application:
    """An ASGI application that opens the hub at lifespan startup and closes it at shutdown. For uvicorn's worker processes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._front: Front | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open and close the hub with the server, and answer requests in between."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._front is not None:
            await self._front(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self._running():
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as error:
            if self._front is None:
                await send({"type": "lifespan.startup.failed", "message": f"{type(error).__name__}: {error}"})
                return
            raise
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        async with open_hub(self._settings, open_wallets) as hub:
            async with hub.database.anyone() as connection:
                await record_public_url(connection, self._settings.public_url)
            self._front = front = compose(hub)
            spare_the_collector()
            try:
                yield
            finally:
                await front.close()
