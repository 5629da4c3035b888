"""`pitboss session`: end what players play."""

from typing import Annotated

import typer

from pitboss.cli.administration import AgentId, AsJson, Desk, at_desk, show_object
from pitboss.cli.connect import DatabaseUrl
from pitboss.domain.invalid import Invalid
from pitboss.storage.players.support import end_sessions

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _session() -> None:
    """End players' sessions."""


@app.command("end")
def end(
    username: Annotated[str, typer.Argument(metavar="USERNAME", help="The player's name with its agent.")],
    agent: AgentId,
    reason: Annotated[str, typer.Option(help="Why; kept with the session.")] = "support",
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """End all open sessions of a player: no more stakes; wins of what was staked still come.

    Example: pitboss session end --agent 9 daniel
    """

    async def work(desk: Desk) -> int:
        if not reason.isprintable() or not 1 <= len(reason) <= 100:
            raise Invalid("reason", "must be 1 to 100 printable characters")
        return await end_sessions(desk.conn, agent, username, reason, actor=desk.actor, now=desk.now)

    ended = at_desk(work, database_url)
    show_object({"agent_id": agent, "username": username, "ended": ended}, as_json)
