"""Runs the application until it is told to stop."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Iterator

import structlog
import uvicorn
from litestar import Litestar
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer

from pitboss_studio.studio import Studio

GRACE_SECONDS = 10

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


async def serve(app: Litestar, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM, then finish requests under way and return. Port 0 takes a free one.

    Prints `ready http://host:port` once it accepts connections. Raises OSError when the port cannot be had, and
    AlreadyInUse when another studio works in the data directory.
    """
    studio: Studio = app.state.studio
    with socket.create_server((host, port), backlog=1024) as listener:
        studio.open()
        config = uvicorn.Config(
            app, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_SECONDS, timeout_keep_alive=30
        )
        server = _Server(config)

        def stop() -> None:
            # Open event streams would keep the server waiting; they end first.
            studio.push.close()
            server.should_exit = True

        loop = asyncio.get_running_loop()
        for signum in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(signum, stop)
        await server.serve(sockets=[listener])


def log_to_stderr() -> None:
    """One JSON line an event, on stderr."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _WITHOUT_LOCALS,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
