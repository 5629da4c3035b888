"""`pitboss db`: the schema."""

from typing import Annotated

import typer

from pitboss.cli.connect import DatabaseUrl, run_or_exit
from pitboss.settings import Settings
from pitboss.storage import migrate

app = typer.Typer(no_args_is_help=True)


@app.command()
def upgrade(database_url: DatabaseUrl = None) -> None:
    """Create the schema, or bring it to the revision of this program. Safe to repeat and to run from many machines.

    Example: PITBOSS_DATABASE_URL=postgresql://… pitboss db upgrade
    """
    changed = run_or_exit(_upgrade, database_url)
    print(f"upgraded to {migrate.HEAD}" if changed else f"already at {migrate.HEAD}")


@app.command()
def current(
    database_url: DatabaseUrl = None,
    check: Annotated[bool, typer.Option("--check", help="Fail unless it is this program's revision.")] = False,
) -> None:
    """Print the revision of the database's schema, or "none".

    Example: pitboss db current --check && pitboss serve
    """
    revision = run_or_exit(_checked if check else _current, database_url)
    print(revision or "none")


async def _upgrade(settings: Settings) -> bool:
    return await migrate.upgrade(settings.database_url)


async def _current(settings: Settings) -> str | None:
    return await migrate.current(settings.database_url)


async def _checked(settings: Settings) -> str | None:
    revision = await migrate.current(settings.database_url)
    migrate.refuse_other(revision)
    return revision
