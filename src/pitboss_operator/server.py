"""Runs the application until it is told to stop; hands each request its connection, so that a fault can cut it."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
import uvicorn
from litestar import Litestar
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

GRACE_SECONDS = 10
_KEY = "pitboss.operator"


class _Protocol(HttpToolsProtocol):
    """uvicorn's own, which also tells the application about its connection."""

    def on_message_begin(self) -> None:
        """Put the connection where the application finds it."""
        super().on_message_begin()
        self.scope["extensions"] = {_KEY: {"transport": self.transport}}


# structlog's ready-made one shows local variables, and tokens and secrets are among them.
_WITHOUT_LOCALS = ExceptionRenderer(ExceptionDictTransformer(show_locals=False))


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: it would end the process with the signal's exit code."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone; `serve` has handlers of its own."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say where, once connections are accepted."""
        await super().startup(sockets)
        for listener in sockets or []:
            host, port = listener.getsockname()[:2]
            sys.stdout.write(f"ready http://{host}:{port}\n")
        sys.stdout.flush()


def transport_of(scope: Mapping[str, Any]) -> asyncio.Transport:
    """The connection a request came on."""
    transport: asyncio.Transport = scope["extensions"][_KEY]["transport"]
    return transport


async def serve(app: Litestar, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM, finish what is under way, return. Port 0 takes a free one.

    Prints `ready http://host:port` once it accepts connections. Raises OSError when the port cannot be had.
    """
    with socket.create_server((host, port), backlog=1024) as listener:
        # Accepted connections inherit it: an answer must not wait for the acknowledgement of its head.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(
            app,
            http=_Protocol,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=30,
        )
        server = _Server(config)

        def stop() -> None:
            # Calls that are never answered would keep the server waiting.
            app.state.stopping.set()
            server.should_exit = True

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop)
        await server.serve(sockets=[listener])


def log_to_stderr() -> None:
    """One JSON line an event, on stderr."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _WITHOUT_LOCALS,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
