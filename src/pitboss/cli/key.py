"""`pitboss key`: create, rotate, revoke and list API keys."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from pitboss.cli.administration import AgentId, AgentOrAll, AsJson, Desk, at_desk, show_object, show_rows
from pitboss.cli.connect import DatabaseUrl
from pitboss.domain.agents.keys import NewKey, Scope
from pitboss.domain.invalid import Invalid
from pitboss.storage.keys import KeyRow, create_key, list_keys, revoke_key, rotate_key

app = typer.Typer(no_args_is_help=True)

KeyScope = Annotated[Scope, typer.Option("--scope", help="Which interface it opens.")]
_MOST_HOURS = 24 * 90


@app.command("create")
def create(
    agent: AgentId,
    scope: KeyScope,
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="It ends after so many days.")] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Create one more API key. It is shown this once.

    Example: pitboss key create --agent 9 --scope partner_api --days 365
    """

    async def work(desk: Desk) -> NewKey:
        ends = None if days is None else desk.now + timedelta(days=days)
        return await create_key(
            desk.conn, await desk.box(), agent, scope, actor=desk.actor, now=desk.now, expires_at=ends
        )

    _show(at_desk(work, database_url), agent, scope, as_json)


@app.command("rotate")
def rotate(
    agent: AgentId,
    scope: KeyScope,
    grace_hours: Annotated[int, typer.Option(min=0, max=_MOST_HOURS, help="The old key goes on working so long.")] = 24,
    at_once: Annotated[bool, typer.Option("--now", help="The old key ends now.")] = False,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Create a key in place of the one in use, which goes on working for a while. The new one is shown this once.

    Example: pitboss key rotate --agent 9 --scope agent_api
    """

    async def work(desk: Desk) -> NewKey:
        grace = timedelta(hours=0 if at_once else grace_hours)
        return await rotate_key(desk.conn, await desk.box(), agent, scope, actor=desk.actor, now=desk.now, grace=grace)

    _show(at_desk(work, database_url), agent, scope, as_json)


def _show(key: NewKey, agent_id: int, scope: Scope, as_json: bool) -> None:
    show_object({"agent_id": agent_id, "scope": scope.value, "key_id": key.public_id, "key": key.text}, as_json)
    if not as_json:
        typer.echo("The key is not shown again.", err=True)


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `key list` shows it; not the key.")],
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """End a key at once, on every running process within a second.

    Example: pitboss key revoke a2sjcc0k3v9x1m7q
    """

    async def work(desk: Desk) -> dict[str, object]:
        if key_id.startswith("pb_"):
            raise Invalid(
                "key_id", "is the key's id, not the key; and a key typed here should be revoked by its id now"
            )
        return _told(await revoke_key(desk.conn, key_id, actor=desk.actor, now=desk.now), desk.now)

    show_object(at_desk(work, database_url), as_json)


@app.command("list")
def list_(
    agent: AgentOrAll = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """List keys by their ids; the keys themselves are nowhere.

    Example: pitboss key list --agent 9
    """

    async def work(desk: Desk) -> list[dict[str, object]]:
        return [_told(row, desk.now) for row in await list_keys(desk.conn, agent)]

    show_rows(at_desk(work, database_url), as_json)


def _told(row: KeyRow, now: datetime) -> dict[str, object]:
    def when(at: datetime | None) -> str | None:
        return None if at is None else at.isoformat(timespec="seconds")

    return {
        "key_id": row.public_id,
        "agent_id": row.agent_id,
        "scope": row.scope.value,
        "live": row.live(now),
        "created_at": when(row.created_at),
        "expires_at": when(row.expires_at),
        "revoked_at": when(row.revoked_at),
    }
