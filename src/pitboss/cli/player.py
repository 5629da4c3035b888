"""`pitboss player`: block, let in again, show and adjust players."""

from typing import Annotated

import typer

from pitboss.cli import player_limits
from pitboss.cli.administration import AgentId, AsJson, Desk, at_desk, show_object
from pitboss.cli.connect import DatabaseUrl
from pitboss.cli.player_adjusting import adjust
from pitboss.domain.money import format_minor
from pitboss.storage.players.support import PlayerSeen, block_player, see_player

app = typer.Typer(no_args_is_help=True)
app.add_typer(player_limits.app, name="limits")

Username = Annotated[str, typer.Argument(metavar="USERNAME", help="The player's name with its agent.")]


@app.command("block")
def block(username: Username, agent: AgentId, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Stop a player from staking and launching at once; wins of what was staked still come.

    Example: pitboss player block --agent 9 daniel
    """
    _block(agent, username, True, as_json, database_url)


@app.command("unblock")
def unblock(username: Username, agent: AgentId, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Let a blocked player play again.

    Example: pitboss player unblock --agent 9 daniel
    """
    _block(agent, username, False, as_json, database_url)


def _block(agent: int, username: str, blocked: bool, as_json: bool, database_url: str | None) -> None:
    async def work(desk: Desk) -> None:
        await block_player(desk.conn, agent, username, blocked, actor=desk.actor, now=desk.now)

    at_desk(work, database_url)
    show_object({"agent_id": agent, "username": username, "blocked": blocked}, as_json)


@app.command("show")
def show(username: Username, agent: AgentId, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Show a player with its wallets and open sessions.

    Example: pitboss player show --agent 9 daniel
    """

    async def work(desk: Desk) -> PlayerSeen:
        return await see_player(desk.conn, agent, username, desk.now)

    show_object(_told(at_desk(work, database_url)), as_json)


@app.command("adjust")
def adjust_(
    username: Username,
    agent: AgentId,
    currency: Annotated[str, typer.Option(help="One of the agent's currencies.")],
    amount: Annotated[str, typer.Option(help="A plain decimal; to the player, from the agent's wallet.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the transaction and in the audit.")],
    debit: Annotated[bool, typer.Option("--debit", help="From the player instead, to the agent's wallet.")] = False,
    request_id: Annotated[
        str | None, typer.Option(help="Makes a repeat safe: the same id moves money once only.")
    ] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Put a player's balance right by hand. Not for seamless agents, whose players' money is with themselves.

    Example: pitboss player adjust --agent 9 daniel --currency EUR --amount 12.50 --reason "a round that broke off"
    """

    async def work(desk: Desk) -> dict[str, object]:
        return await adjust(desk, agent, username, currency, amount, debit, reason, request_id)

    show_object(at_desk(work, database_url), as_json)


def _told(player: PlayerSeen) -> dict[str, object]:
    return {
        "agent_id": player.agent_id,
        "username": player.username,
        "player_id": player.player_id,
        "display_name": player.display_name,
        "country": player.country or None,
        "blocked": player.blocked,
        "created_at": player.created_at.isoformat(),
        "wallets": [
            {
                "currency": wallet.currency,
                "balance": format_minor(wallet.balance, wallet.scale),
                "bonus_balance": format_minor(wallet.bonus_balance, wallet.scale),
            }
            for wallet in player.wallets
        ],
        "sessions": [
            {
                "provider": session.provider,
                "game": session.game,
                "currency": session.currency,
                "created_at": session.created_at.isoformat(),
                "expires_at": session.expires_at.isoformat(),
            }
            for session in player.sessions
        ],
    }
