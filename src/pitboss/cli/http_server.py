"""How our programs serve HTTP: on a socket that is open already, until they are asked to end, with exit code 0 then."""

import os
import signal
import socket
from types import FrameType
from typing import Any

import typer
import uvicorn

from pitboss.cli.connect import fail
from pitboss.processes import listen


def listen_or_exit(host: str, port: int) -> socket.socket:
    """A listening socket; where there can be none, one line on stderr and exit code 1."""
    try:
        return listen(host, port)
    except OSError as error:
        fail(f"cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}")


class _Server(uvicorn.Server):
    """Ends with exit code 0 when it is asked to end; uvicorn's own raises the signal again after an orderly end."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


async def serve_app(application: Any, listener: socket.socket, **settings: Any) -> None:
    """Serve an ASGI application in this process until SIGINT or SIGTERM; what was accepted is answered first."""
    config = uvicorn.Config(
        application,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # Whose X-Forwarded-For counts is the edges' own rule (PITBOSS_TRUSTED_PROXIES); uvicorn believes any local peer.
        proxy_headers=False,
        date_header=False,
        **settings,
    )
    server = _Server(config)
    await server.serve(sockets=[listener])
    if not server.started:
        raise typer.Exit(1)
