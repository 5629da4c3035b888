"""`pitboss game`: switch games off and on, and look at what they return."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated

import typer

from pitboss.cli.administration import HIGHEST_ID, AsJson, Desk, at_desk, show_object, show_rows
from pitboss.cli.connect import DatabaseUrl
from pitboss.domain.catalogue import Catalogue
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import format_decimal
from pitboss.engine.game_figures import GameReturn, returns_of
from pitboss.storage.catalogue.games import switch_game
from pitboss.storage.catalogue.snapshot import load_catalogue
from pitboss.storage.reports.game_figures import read_figures, rebuild

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


@app.command("rtp")
def rtp(
    agent: ForAgent = None,
    again: Annotated[
        bool, typer.Option("--rebuild", help="Have the worker count anew from the journals' beginning.")
    ] = False,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Show what games returned against what they should, with the band that chance leaves a fair game (99.9 %, for life).

    A verdict of too_high or too_low is a game outside of its band: it looks broken. Promotional stakes are not in it.

    Example: pitboss game rtp --agent 9
    """

    async def work(desk: Desk) -> list[dict[str, object]]:
        if again:
            await rebuild(desk.conn)
        catalogue = await load_catalogue(desk.conn, await desk.box())
        if agent is not None and agent not in catalogue.agents:
            raise Invalid("agent", f"there is no agent {agent}")
        figures = await read_figures(desk.conn, agent)
        return [_told(catalogue, line) for line in returns_of(catalogue, figures, agent, desk.now)]

    show_rows(at_desk(work, database_url), as_json)


def _told(catalogue: Catalogue, line: GameReturn) -> dict[str, object]:
    scale = catalogue.currencies[line.currency].scale
    shown = {
        name: None if value is None else format_decimal(value)
        for name, value in line.told._asdict().items()
        if name != "verdict"
    }
    return {
        "game": line.game.code,
        "name": line.game.name,
        "currency": line.currency,
        "rounds": line.played.rounds,
        "turnover": _amount(line.played.staked, scale),
        "winnings": _amount(line.played.won, scale),
        "theoretical": None if line.game.rtp is None else format_decimal(line.game.rtp),
        "actual": shown["actual"],
        "low": shown["low"],
        "high": shown["high"],
        "verdict": line.told.verdict.value,
        "promo_stakes": line.promo_stakes,
    }


def _amount(minor: Decimal, scale: int) -> str:
    """Converted parts are shown in whole minor units."""
    return format_decimal(minor.quantize(Decimal(1), ROUND_HALF_EVEN).scaleb(-scale))
