"""`pitboss serve`: the hub's HTTP."""

import os
from typing import Annotated

import typer
import uvicorn

from pitboss.cli.connect import DatabaseUrl, settings_or_exit
from pitboss.log import configure_logging


def serve(
    database_url: DatabaseUrl = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8080,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the port.")] = 1,
) -> None:
    """Serve agents, studios and browsers until stopped (SIGINT, SIGTERM).

    Example: PITBOSS_DATABASE_URL=postgresql://… pitboss serve --port 8080
    """
    configure_logging()
    settings = settings_or_exit(database_url)
    # Worker processes are started anew and read the environment.
    os.environ["PITBOSS_DATABASE_URL"] = settings.database_url
    os.environ.setdefault("PITBOSS_PUBLIC_URL", f"http://{host}:{port}")
    uvicorn.run(
        "pitboss.app:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=15,
        backlog=2048,
    )
