"""`pitboss game`: switch games off and on."""

from typing import Annotated

import typer

from pitboss.cli.administration import HIGHEST_ID, AsJson, Desk, at_desk, show_object
from pitboss.cli.connect import DatabaseUrl
from pitboss.storage.games import switch_game

app = typer.Typer(no_args_is_help=True)

GameId = Annotated[str, typer.Argument(help="The game's code (acme_00001) or the hub's id of it.", metavar="GAMEID")]
ForAgent = Annotated[
    int | None, typer.Option("--agent", min=1, max=HIGHEST_ID, help="For this agent's players; for all when left out.")
]


@app.command("disable")
def disable(game: GameId, agent: ForAgent = None, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Stop new stakes in a game within a second; wins still reach the players.

    Example: pitboss game disable --agent 9 acme_00001
    """
    _switch(game, False, agent, as_json, database_url)


@app.command("enable")
def enable(game: GameId, agent: ForAgent = None, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Let a game be played again.

    Example: pitboss game enable --agent 9 acme_00001
    """
    _switch(game, True, agent, as_json, database_url)


def _switch(game: str, enabled: bool, agent: int | None, as_json: bool, database_url: str | None) -> None:
    async def work(desk: Desk) -> str:
        return await switch_game(desk.conn, game, enabled, agent, actor=desk.actor, now=desk.now)

    code = at_desk(work, database_url)
    show_object({"game": code, "agent_id": agent, "enabled": enabled}, as_json)
