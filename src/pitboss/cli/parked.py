"""`pitboss parked`: calls to seamless agents' wallets that nobody sends any more until a person says so."""

from datetime import UTC
from typing import Annotated

import typer

from pitboss.cli.administration import AgentId, AsJson, Desk, at_desk, show_rows
from pitboss.cli.connect import DatabaseUrl
from pitboss.cli.reconcile import auditing, hub_beside, seamless_agent
from pitboss.domain.catalogue import Agent
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import format_minor
from pitboss.domain.seamless.call import Call
from pitboss.engine.hub import Hub
from pitboss.operators.parked import send_again, what_is_left
from pitboss.storage.operator_calls.unsettled import Taken, parked

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Wins, refunds, cancels and ends of rounds that a seamless agent's wallet did not take for too long."""


@app.command("list")
def list_(agent: AgentId, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """List what waits for a person, the oldest first.

    Example: pitboss parked list --agent 9
    """

    async def work(desk: Desk) -> list[dict[str, object]]:
        await desk.box()
        async with hub_beside(desk) as hub:
            found = seamless_agent(hub, agent)
            providers = hub.live.current.providers
            return [_row(found, providers[one.call.provider_id].code, one) for one in await parked(desk.conn, agent)]

    show_rows(at_desk(work, database_url), as_json)


@app.command("retry")
def retry(
    agent: AgentId,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="As the list tells them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Whatever is parked.")] = False,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Send parked calls again, with their own ids; the worker goes on with what is not taken at once.

    Exit code 0 when all of them are settled since. Where it is not clear what the wallet has booked: pitboss reconcile --repair.

    Example: pitboss parked retry --agent 9 18923ab5c6d7e8f90123456789abcdef
    """

    async def work(desk: Desk) -> list[dict[str, object]]:
        if bool(ids) == everything:
            raise Invalid("id", "is required: one or more, or --all")
        await desk.box()
        async with hub_beside(desk) as hub:
            seamless_agent(hub, agent)
            chosen = _choose(await parked(desk.conn, agent), ids)
            return [await _again(desk, hub, agent, one.call) for one in chosen]

    rows = at_desk(work, database_url)
    show_rows(rows, as_json)
    raise typer.Exit(1 if any(row["left"] for row in rows) else 0)


def _choose(waiting: list[Taken], ids: list[str] | None) -> list[Taken]:
    if not ids:
        return waiting
    unknown = set(ids).difference(one.call.reference for one in waiting)
    if unknown:
        raise Invalid("id", f"nothing parked is called {min(unknown)[:40]!r}")
    return [one for one in waiting if one.call.reference in ids]


async def _again(desk: Desk, hub: Hub, agent_id: int, call: Call) -> dict[str, object]:
    done = await send_again(hub, agent_id, call, auditing(desk))
    return {
        "id": call.reference,
        "call": call.kind.value,
        "subject": call.subject,
        "done": done or "it is parked no more",
        "left": await what_is_left(desk.conn, agent_id, call),
    }


def _row(agent: Agent, provider: str, one: Taken) -> dict[str, object]:
    call, code = one.call, one.user_in_game.partition("-")[2]
    return {
        "id": call.reference,
        "call": call.kind.value,
        "provider": provider,
        "subject": call.subject,
        "round_id": call.round_id,
        "player": one.user_in_game,
        "amount": format_minor(call.amount, agent.currencies[code].scale),
        "currency": code,
        "asked_at": call.asked_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "tries": call.tries,
        "last_error": call.last_error,
    }
