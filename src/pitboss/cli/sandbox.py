"""`pitboss sandbox`: everything on this machine."""

import asyncio
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from pitboss.cli.connect import fail
from pitboss.log import configure_logging
from pitboss.sandbox.run import SandboxError, SandboxOptions, run_sandbox
from pitboss.settings import SettingsError
from pitboss.storage.embedded import DurabilityError, EmbeddedPostgresError
from pitboss.storage.migrate import SchemaError
from pitboss.storage.secrets import MasterKeyError


def sandbox(
    data_dir: Annotated[Path, typer.Option(help="Where everything is kept; made when missing.")],
    credentials: Annotated[Path, typer.Option(help="Written (mode 0600) once all of it answers.")],
    port: Annotated[int, typer.Option(help="The hub's port.", min=0, max=65535)] = 8080,
    workers: Annotated[int, typer.Option(help="Processes that serve HTTP.", min=1)] = 1,
    database_url: Annotated[
        str | None, typer.Option(help="A PostgreSQL 15+ of your own instead of the embedded one; the owner's URL.")
    ] = None,
    no_backoffice: Annotated[bool, typer.Option("--no-backoffice", help="Without the back office.")] = False,
    no_simulate: Annotated[bool, typer.Option("--no-simulate", help="Without simulated players.")] = False,
) -> None:
    """Run the hub, its worker, the house studio, the back office, demo agents and players, until SIGINT or SIGTERM.

    Example: pitboss sandbox --data-dir var/demo --port 8080 --credentials var/demo/credentials.json
    """
    configure_logging()
    options = SandboxOptions(
        data_dir, port, credentials, workers, database_url, simulate=not no_simulate, backoffice=not no_backoffice
    )
    try:
        asyncio.run(run_sandbox(options))
    except (SandboxError, SettingsError, SchemaError, DurabilityError, EmbeddedPostgresError, MasterKeyError) as error:
        fail(str(error))
    except (OSError, asyncpg.PostgresError) as error:
        fail(f"{type(error).__name__}: {error}")
