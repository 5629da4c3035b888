"""`pitboss events`: send recorded play, export what was received, say how long to keep it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from pitboss.cli.administration import HIGHEST_NUMBER, AgentId, Desk, at_desk
from pitboss.cli.connect import DatabaseUrl, fail
from pitboss.cli.progress import progress
from pitboss.domain.events.rules import MAX_ID
from pitboss.replay.crash import BadFile, read_crash
from pitboss.replay.sender import MAX_BATCH, NotTaken, Target, send_all
from pitboss.storage.events.export import export, last_number
from pitboss.storage.events.upkeep import keep_for

app = typer.Typer(no_args_is_help=True)
imports = typer.Typer(no_args_is_help=True)
app.add_typer(imports, name="import", help="Send recorded play as casino events.")


@imports.command("crash")
def crash(
    file: Annotated[Path, typer.Argument(help="A CSV file of crash bets, packed with gzip when it ends in .gz.")],
    url: Annotated[str, typer.Option("--url", help="The hub, http://127.0.0.1:8080, or anything with the event API.")],
    api_key_file: Annotated[Path, typer.Option("--api-key-file", help="A file with a key of the event API.")],
    currency: Annotated[str, typer.Option("--currency", help="What the file counts in.")] = "EUR",
    batch: Annotated[int, typer.Option("--batch", min=1, max=MAX_BATCH, help="Events in one batch.")] = 1_000,
    senders: Annotated[int, typer.Option("--senders", min=1, max=64, help="Batches under way at once.")] = 4,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Turn a CSV of crash bets into bets and wins, and send them. Sent twice they change nothing: their ids come from the bets'.

    Example: pitboss events import crash tests/data/crash_bets_sample.csv --url http://127.0.0.1:8080 --api-key-file key.txt
    """
    target = Target(url, _key(api_key_file))
    try:
        items = list(read_crash(file, currency))
        with progress("events", len(items), quiet) as told:
            sent = asyncio.run(send_all(target, items, batch=batch, senders=senders, sent=told))
    except BadFile as error:
        fail(str(error))
    except ExceptionGroup as group:
        first = next(_leaves(group))
        if isinstance(first, NotTaken):
            fail(str(first))
        raise
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    print(f"{sent} events are stored")


@app.command("export")
def export_(
    agent: AgentId,
    to: Annotated[Path, typer.Option("--to", help="The file: .parquet or .csv. It is replaced as a whole.")],
    after: Annotated[
        int, typer.Option("--after", min=0, max=HIGHEST_NUMBER, help="Only events behind this number.")
    ] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Write an agent's events, as they were received, to a Parquet or CSV file.

    Example: pitboss events export --agent 9 --to events.parquet
    """
    if to.suffix not in (".parquet", ".csv"):
        fail("to: must end in .parquet or .csv")

    async def work(desk: Desk) -> int:
        upto = await last_number(desk.conn, agent)
        with progress("events", max(0, upto - after), quiet) as told:
            await export(desk.conn, agent, after, upto, to, told)
        return upto

    if not to.parent.is_dir():
        fail(f"to: {to.parent} is no folder")
    upto = at_desk(work, database_url)
    print(f"{to} holds the events up to number {upto}")


@app.command("retention")
def retention(
    agent: AgentId,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=36_500, help="How many days; for ever without it.")
    ] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Say how long an agent's events are kept. Figures and profiles stay; unique_ids are remembered for 92 days in any case.

    Example: pitboss events retention --agent 9 --days 400
    """

    async def work(desk: Desk) -> None:
        await keep_for(desk.conn, agent, days, actor=desk.actor, now=desk.now)

    at_desk(work, database_url)
    print(f"events of agent {agent} are kept {'for ever' if days is None else f'for {days} days'}")


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


def _key(file: Path) -> str:
    try:
        key = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        fail(f"api-key-file: {file} cannot be read")
    if not 0 < len(key) <= MAX_ID or not key.isprintable():
        fail(f"api-key-file: {file} holds no key")
    return key
