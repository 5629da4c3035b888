"""`pitboss serve`: the hub's HTTP."""

import os
import signal
import socket
from contextlib import AsyncExitStack
from types import FrameType
from typing import Annotated

import typer
import uvicorn

from pitboss import event_loop
from pitboss.app import Application
from pitboss.cli.administration import Desk, at_desk
from pitboss.cli.connect import DatabaseUrl, fail, run_or_exit
from pitboss.log import configure_logging
from pitboss.processes import Child, listen, stop_requested
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
    listener = socket.socket(fileno=fd) if fd is not None else _listen(host, port)
    os.environ.setdefault("PITBOSS_PUBLIC_URL", f"http://{host}:{listener.getsockname()[1]}")

    async def run(settings: Settings) -> None:
        if workers == 1:
            await serve_one(settings, listener)
        else:
            await _serve_many(settings, listener, workers)

    run_or_exit(run, database_url, event_loop.run)


def _listen(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        fail(f"cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}")


class _Server(uvicorn.Server):
    """Ends with exit code 0 when it is asked to end; uvicorn's own raises the signal again after an orderly end."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


async def serve_one(settings: Settings, listener: socket.socket) -> None:
    """Serve in this process until SIGINT or SIGTERM; what was accepted is answered first."""
    config = uvicorn.Config(
        Application(settings),
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # Whose X-Forwarded-For counts is the edges' own rule (PITBOSS_TRUSTED_PROXIES); uvicorn believes any local peer.
        proxy_headers=False,
        date_header=False,
        # Studios keep connections for their next bet; five seconds, as usual, would close them between two spins.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=15,
    )
    server = _Server(config)
    await server.serve(sockets=[listener])
    if not server.started:
        raise typer.Exit(1)


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
