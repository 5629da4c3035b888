"""`pitboss backoffice`: the pages for those who look after the hub."""

import socket
from typing import Annotated

import typer

from pitboss import event_loop
from pitboss.backoffice.app import compose
from pitboss.backoffice.office import Office
from pitboss.cli.administration import Desk, at_desk
from pitboss.cli.connect import DatabaseUrl, run_or_exit
from pitboss.cli.http_server import listen_or_exit, serve_app
from pitboss.domain.outbound import Reach
from pitboss.engine.open import open_hub
from pitboss.log import configure_logging
from pitboss.operators import open_wallets
from pitboss.providers import Connectors
from pitboss.settings import Settings
from pitboss.storage.database import Database

_OWNER_CONNECTIONS = 8


def backoffice(
    database_url: DatabaseUrl = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8081,
    fd: Annotated[int | None, typer.Option(hidden=True, help="An open listening socket to serve instead.")] = None,
) -> None:
    """Serve the back office until stopped (SIGINT, SIGTERM). `pitboss staff create` lets people in.

    Example: PITBOSS_DATABASE_URL=postgresql://… pitboss backoffice --port 8081
    """
    configure_logging()
    if fd is None:
        at_desk(Desk.box, database_url)
    listener = socket.socket(fileno=fd) if fd is not None else listen_or_exit(host, port)

    async def run(settings: Settings) -> None:
        owner = await Database.open(settings.database_url, role=None, size=_OWNER_CONNECTIONS)
        connectors = Connectors(Reach(private=settings.allow_private_urls, loopback=True))
        try:
            async with open_hub(settings, open_wallets) as hub:
                # Open pages keep their sockets; nobody waits for them at the end.
                await serve_app(compose(Office(hub, owner, connectors)), listener, timeout_graceful_shutdown=2)
        finally:
            await connectors.close()
            await owner.close()

    run_or_exit(run, database_url, event_loop.run)
