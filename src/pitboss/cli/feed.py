"""`pitboss feed`: deliver an agent's events to a consumer that speaks the event API."""

import getpass
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pitboss.cli.administration import (
    HIGHEST_NUMBER,
    AgentId,
    AgentOrAll,
    AsJson,
    Desk,
    at_desk,
    read_secret,
    show_rows,
)
from pitboss.cli.connect import DatabaseUrl
from pitboss.domain.invalid import Invalid
from pitboss.storage.feeds import administration as store
from pitboss.storage.feeds.administration import DeadLetter, FeedRow

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The feed's name, of a-z, 0-9, - and _.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file", help="A file that holds the consumer's API key; - reads standard input. Asked for without."
    ),
]


@app.command("add")
def add(
    name: Name,
    agent: AgentId,
    url: Annotated[str, typer.Option("--url", help="Where the consumer takes batches: http…/api/v1/events.")],
    key_file: KeyFile = None,
    from_now: Annotated[bool, typer.Option("--from-now", help="Leave out the events there are already.")] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Deliver an agent's events, its own and those it received, to a consumer. The key is kept sealed.

    Example: pitboss feed add crm --agent 9 --url https://crm.example/api/v1/events --key-file crm.key
    """
    key = _key(key_file)

    async def work(desk: Desk) -> None:
        await store.add_feed(
            desk.conn,
            await desk.box(),
            agent,
            name,
            url,
            key,
            desk.reach,
            from_now=from_now,
            actor=desk.actor,
            now=desk.now,
        )

    at_desk(work, database_url)


@app.command("key")
def key_(name: Name, agent: AgentId, key_file: KeyFile = None, database_url: DatabaseUrl = None) -> None:
    """Use another API key for the same consumer.

    Example: pitboss feed key crm --agent 9 --key-file new.key
    """
    key = _key(key_file)

    async def work(desk: Desk) -> None:
        await store.set_feed_key(desk.conn, await desk.box(), agent, name, key, actor=desk.actor, now=desk.now)

    at_desk(work, database_url)


@app.command("list")
def list_(
    agent: AgentOrAll = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """List feeds: how far each has come, how many events wait, how many were set aside, and why it waits.

    Example: pitboss feed list --agent 9
    """

    async def work(desk: Desk) -> list[FeedRow]:
        return await store.list_feeds(desk.conn, agent)

    show_rows([_told(row) for row in at_desk(work, database_url)], as_json)


@app.command("dead")
def dead(
    name: Name,
    agent: AgentId,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="The first so many.")] = 100,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """List the events that the consumer would not take, and what it said.

    Example: pitboss feed dead crm --agent 9
    """

    async def work(desk: Desk) -> list[DeadLetter]:
        return await store.list_dead(desk.conn, agent, name, limit)

    show_rows([row._asdict() | {"at": _time(row.at)} for row in at_desk(work, database_url)], as_json)


@app.command("pause")
def pause(name: Name, agent: AgentId, database_url: DatabaseUrl = None) -> None:
    """Send nothing more until it is resumed.

    Example: pitboss feed pause crm --agent 9
    """
    at_desk(_acting(store.pause_feed, agent, name), database_url)


@app.command("resume")
def resume(name: Name, agent: AgentId, database_url: DatabaseUrl = None) -> None:
    """Go on where it stopped, at once.

    Example: pitboss feed resume crm --agent 9
    """
    at_desk(_acting(store.resume_feed, agent, name), database_url)


@app.command("remove")
def remove(name: Name, agent: AgentId, database_url: DatabaseUrl = None) -> None:
    """Forget the consumer, its key and what was set aside for it. The events stay in the store.

    Example: pitboss feed remove crm --agent 9
    """
    at_desk(_acting(store.remove_feed, agent, name), database_url)


@app.command("replay")
def replay(
    name: Name,
    agent: AgentId,
    after: Annotated[
        int | None, typer.Option("--after", min=0, max=HIGHEST_NUMBER, help="From the event behind this number on.")
    ] = None,
    since: Annotated[str | None, typer.Option("--since", help="What was received since, 2026-01-31T12:00:00.")] = None,
    set_aside: Annotated[bool, typer.Option("--dead", help="Only what the consumer would not take.")] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Deliver again; the consumer drops what it has by the unique_ids.

    Example: pitboss feed replay crm --agent 9 --dead
    """

    async def work(desk: Desk) -> str:
        if [after is not None, since is not None, set_aside].count(True) != 1:
            raise Invalid("after", "give one of --after, --since and --dead")
        if set_aside:
            count = await store.replay_dead(desk.conn, agent, name, actor=desk.actor, now=desk.now)
            return f"{count} events are tried once more"
        start = _read_time(since) if after is None else after
        moved_to = await store.replay_feed(desk.conn, agent, name, start, actor=desk.actor, now=desk.now)
        return f"delivers again what is behind number {moved_to}"

    print(at_desk(work, database_url))


def _acting(do: Callable[..., Awaitable[None]], agent: int, name: str) -> Callable[[Desk], Awaitable[None]]:
    async def work(desk: Desk) -> None:
        await do(desk.conn, agent, name, actor=desk.actor, now=desk.now)

    return work


def _key(key_file: Path | None) -> str:
    """From the file, standard input, or a person; never from the command line, which other users may see."""
    try:
        key = read_secret(None, key_file)
    except Invalid as error:
        raise typer.BadParameter(error.problem, param_hint="--key-file") from None
    if key is None and sys.stdin.isatty():
        key = getpass.getpass("API key of the consumer: ")
    if not key:
        raise typer.BadParameter("the consumer's API key is wanted", param_hint="--key-file")
    return key


def _read_time(text: str | None) -> datetime:
    try:
        at = datetime.fromisoformat(text or "")
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Invalid("since", "must look like 2026-01-31T12:00:00") from None


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _told(row: FeedRow) -> dict[str, object]:
    return row._asdict() | {"delivered_at": _time(row.delivered_at)}
