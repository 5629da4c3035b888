"""`pitboss serve`: the hub's HTTP."""

import os
import socket
from contextlib import AsyncExitStack
from typing import Annotated

import typer

from pitboss import event_loop
from pitboss.app import Application
from pitboss.cli.administration import Desk, at_desk
from pitboss.cli.connect import DatabaseUrl, run_or_exit
from pitboss.cli.http_server import listen_or_exit, serve_app
from pitboss.log import configure_logging
from pitboss.processes import Child, stop_requested
from pitboss.settings import Settings


def serve(
    database_url: DatabaseUrl = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8080,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the port.")] = 1,
    fd: Annotated[int | None, typer.Option(hidden=True, help="An open listening socket to serve instead.")] = None,
) -> None:
    """Serve agents, studios and browsers until stopped (SIGINT, SIGTERM).

    Example: PITBOSS_DATABASE_URL=postgresql://… pitboss serve --port 8080
    """
    configure_logging()
    if fd is None:
        # What makes serving impossible is told here in one line; and the first start makes the master key, as the owner.
        at_desk(Desk.box, database_url)
    listener = socket.socket(fileno=fd) if fd is not None else listen_or_exit(host, port)
    os.environ.setdefault("PITBOSS_PUBLIC_URL", f"http://{host}:{listener.getsockname()[1]}")

    async def run(settings: Settings) -> None:
        if workers == 1:
            await serve_one(settings, listener)
        else:
            await _serve_many(settings, listener, workers)

    run_or_exit(run, database_url, event_loop.run)


async def serve_one(settings: Settings, listener: socket.socket) -> None:
    """Serve in this process until SIGINT or SIGTERM; what was accepted is answered first."""
    await serve_app(
        Application(settings),
        listener,
        # Studios keep connections for their next bet; five seconds, as usual, would close them between two spins.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=15,
    )


async def _serve_many(settings: Settings, listener: socket.socket, workers: int) -> None:
    # The URL may carry a password: it travels in the environment, not among the arguments.
    environment = {**os.environ, "PITBOSS_DATABASE_URL": settings.database_url}
    fd = listener.fileno()
    async with AsyncExitStack() as stack:
        for place in range(workers):
            child = Child(f"serve-{place}", ["pitboss", "serve", "--fd", str(fd)], environment, [fd])
            await child.start()
            stack.push_async_callback(child.stop)
        await stop_requested()
