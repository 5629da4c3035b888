"""How commands reach the database, and how they say what a person did wrong: one line on stderr, exit code 1."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any, NoReturn, TypeVar

import asyncpg
import typer

from pitboss.domain.invalid import Invalid
from pitboss.settings import Settings, SettingsError, read_settings
from pitboss.storage.database import DATABASE_ERRORS
from pitboss.storage.embedded.durability import DurabilityError
from pitboss.storage.embedded.errors import EmbeddedPostgresError
from pitboss.storage.migrate import SchemaError
from pitboss.storage.secrets import MasterKeyError

T = TypeVar("T")

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url", envvar="PITBOSS_DATABASE_URL", help="The owner's postgresql:// URL.", show_default=False
    ),
]


def fail(message: str) -> NoReturn:
    """One line on stderr, exit code 1."""
    print(f"pitboss: {message}", file=sys.stderr)
    raise typer.Exit(1)


def settings_or_exit(database_url: str | None) -> Settings:
    """Settings of the environment, with the option's URL."""
    try:
        return read_settings(database_url=database_url)
    except SettingsError as error:
        fail(str(error))


def run_or_exit(
    command: Callable[[Settings], Awaitable[T]],
    database_url: str | None,
    runner: Callable[[Coroutine[Any, Any, T]], T] = asyncio.run,
) -> T:
    """What `command` returns; a mistake of the person's or a database that cannot be used ends with one line."""
    settings = settings_or_exit(database_url)

    async def run() -> T:
        return await command(settings)

    try:
        return runner(run())
    except Invalid as error:
        fail(f"{error.field.replace('_', '-')}: {error.problem}")
    except asyncpg.ClientConfigurationError:
        # What is wrong with it is not repeated: it may carry a password.
        fail("database-url: is not a postgresql:// URL")
    except (SchemaError, DurabilityError, EmbeddedPostgresError, MasterKeyError) as error:
        fail(str(error))
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidCatalogNameError, asyncpg.InsufficientPrivilegeError) as error:
        fail(f"the database refuses: {error}")
    except DATABASE_ERRORS as error:
        fail(f"the database cannot be reached or used: {type(error).__name__}")
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
