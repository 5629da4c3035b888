"""What every administrative command works with: the owner's connection, the master key, who asks, and when."""

import asyncio
import getpass
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from pitboss.cli.connect import fail, run_or_exit
from pitboss.domain.invalid import Invalid
from pitboss.domain.outbound import Reach
from pitboss.engine.arrivals import Arrivals
from pitboss.settings import Settings
from pitboss.storage import migrate
from pitboss.storage.database import Connection, Database
from pitboss.storage.process import next_process_number
from pitboss.storage.secrets import MasterKeyError, SecretBox, ensure_master_key, open_box

T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="Print the object as JSON.")]
HIGHEST_ID = 2**31 - 1
HIGHEST_NUMBER = 10**18 - 1
"""Of an event in an agent's store, as the event API has it."""
AgentId = Annotated[int, typer.Option("--agent", min=1, max=HIGHEST_ID, help="The agent's id.")]
AgentOrAll = Annotated[
    int | None, typer.Option("--agent", min=1, max=HIGHEST_ID, help="The agent's id; all agents when left out.")
]
Secret = Annotated[
    str | None,
    typer.Option(
        "--secret", help="The signing secret; other users of the machine may see it here: prefer --secret-file."
    ),
]
SecretFile = Annotated[
    Path | None, typer.Option("--secret-file", help="A file that holds the signing secret; - reads standard input.")
]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an administrator sits. `now` is UTC; `actor` goes into the audit."""

    settings: Settings
    conn: Connection
    actor: str
    now: datetime

    @property
    def reach(self) -> Reach:
        """What an administrator may enter: this machine always, private networks when the settings say so."""
        return Reach(private=self.settings.allow_private_urls, loopback=True)

    async def box(self) -> SecretBox:
        """The box of this database's master key, which is made where there is none yet."""
        await ensure_master_key(self.conn, default_key_dir(), self.settings.master_key_file)
        return await open_box(self.conn, self.settings.master_key_file)

    async def arrivals(self) -> Arrivals:
        """Ids and numbers that no other process gives out."""
        return Arrivals(await next_process_number(self.conn))


def default_key_dir() -> Path:
    """Where a master key is made when nobody says where: the user's own, since only the hub's user may read it."""
    return Path.home() / ".local" / "share" / "pitboss"


def at_desk(work: Callable[[Desk], Awaitable[T]], database_url: str | None) -> T:
    """What `work` returns; every mistake of the person's ends with one line on stderr and exit code 1."""

    async def command(settings: Settings) -> T:
        try:
            database = await Database.open(settings.database_url, role=None, size=1)
        except ValueError:
            # The message may repeat the URL, and with it a password.
            raise Invalid("database_url", "must look like postgresql://user:password@host:port/database") from None
        try:
            async with database.anyone() as conn:
                await migrate.ensure_current(conn)
                return await work(Desk(settings, conn, _actor(), datetime.now(UTC)))
        finally:
            await asyncio.wait_for(database.close(), 5)

    try:
        return run_or_exit(command, database_url)
    except MasterKeyError as error:
        fail(str(error))


def _actor() -> str:
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):
        return f"cli:{os.getuid()}"


def read_secret(secret: str | None, secret_file: Path | None) -> str | None:
    """The secret given one way or the other, or None. Raises Invalid."""
    if secret_file is None:
        return secret
    if secret is not None:
        raise Invalid("secret_file", "is given beside --secret")
    try:
        text = sys.stdin.read() if str(secret_file) == "-" else secret_file.read_text()
    except (OSError, UnicodeDecodeError):
        raise Invalid("secret_file", "cannot be read") from None
    return text.strip("\r\n")


def show_object(members: dict[str, object], as_json: bool) -> None:
    """One object: JSON, or a line for each member."""
    if as_json:
        print(json.dumps(members, ensure_ascii=False, indent=2))
        return
    width = max(len(name) for name in members)
    for name, value in members.items():
        print(f"{name:<{width}}  {_plain(value)}")


def show_rows(rows: list[dict[str, object]], as_json: bool) -> None:
    """A list of objects: JSON, or a table."""
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    # rich takes a third of a second to load; commands that print no table do not pay for it.
    from rich.console import Console
    from rich.table import Table

    table = Table(*(rows[0] if rows else ()), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_plain(value) for value in row.values()))
    console = Console(width=None if sys.stdout.isatty() else 240, markup=False, highlight=False)
    console.print(table if rows else "none")


def _plain(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_plain(item) for item in value) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(item)}" for name, item in value.items()) or "-"
    return str(value)
