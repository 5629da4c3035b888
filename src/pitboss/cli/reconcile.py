"""`pitboss reconcile`: a seamless agent's wallet beside the hub's books, transaction by transaction."""

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from pitboss.cli.administration import AgentId, AsJson, Desk, at_desk, show_rows
from pitboss.cli.connect import DatabaseUrl
from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import format_minor
from pitboss.domain.seamless.reconcile import Difference
from pitboss.engine.hub import Hub
from pitboss.engine.open import open_hub
from pitboss.log import configure_logging
from pitboss.operators import open_wallets
from pitboss.operators.parked import Auditing
from pitboss.operators.reconcile import Finding, Reconciler, Report
from pitboss.storage.audit import Act, act
from pitboss.storage.operator_calls.reconciling import Span, count, span

_SHOWN = 200


def reconcile(
    agent: AgentId,
    begin: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day, UTC: 2026-01-31.")],
    end: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day, UTC.")],
    repair: Annotated[bool, typer.Option("--repair", help="Do what is safe about it, and say what was done.")] = False,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Questions to the wallet at once.")] = 16,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Ask a seamless agent's wallet for the status of every BET, WIN and REFUND, and tell what differs.

    Exit code 0 when nothing differs (any more) and nothing is unknown, else 1.

    Example: pitboss reconcile --agent 9 --from 2026-01-30 --to 2026-01-31
    """

    async def work(desk: Desk) -> dict[str, object]:
        # The hub below reads the master key, which may still have to be made.
        await desk.box()
        days = _day("from", begin), _day("to", end)
        if days[1] < days[0]:
            raise Invalid("to", "is before --from")
        async with hub_beside(desk) as hub:
            found = seamless_agent(hub, agent)
            at_once = min(concurrency, found.wallet_terms.concurrency)
            within = _within(*days)
            with _progress(await count(desk.conn, agent, within)) as progress:
                reconciler = Reconciler(hub, found, desk.conn, at_once)
                report = await reconciler.run(within, progress, auditing(desk) if repair else None)
            return _told(found, days, report)

    told = at_desk(work, database_url)
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _show(told)
    raise typer.Exit(1 if told["left"] else 0)


@asynccontextmanager
async def hub_beside(desk: Desk) -> AsyncIterator[Hub]:
    """A hub of this command's own that calls wallets, beside those at work. What it logs is no answer: errors alone are told."""
    configure_logging(logging.ERROR)
    async with open_hub(desk.settings, open_wallets) as hub:
        yield hub


def seamless_agent(hub: Hub, agent_id: int) -> Agent:
    """Raises Invalid."""
    agent = hub.live.current.agents.get(agent_id)
    if agent is None:
        raise Invalid("agent", f"there is no agent {agent_id}")
    if agent.type is not AgentType.SEAMLESS:
        raise Invalid("agent", "is a transfer agent: its players' money is in the hub's own ledger, see pitboss verify")
    return agent


def auditing(desk: Desk) -> Auditing:
    """Each act at its own time: a long reconciliation is not one instant."""

    def open_act() -> AbstractAsyncContextManager[Act]:
        return act(desk.conn, desk.actor, datetime.now(UTC), reload=False)

    return open_act


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(option, "must be a day such as 2026-01-31") from None


def _within(first: date, last: date) -> Span:
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC)
    # The last day there can be has no day after it.
    return span(begin, end + timedelta(days=1) if last < date.max else end)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    # Loaded only when there is something to show.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("comparing", total=total)

        def advance(some: int) -> None:
            progress.advance(task, some)

        yield advance


def _told(agent: Agent, days: tuple[date, date], report: Report) -> dict[str, object]:
    differences = [one for one in report.findings if one.verdict.difference is not Difference.CANNOT_BE_ASKED]
    unknown = [one for one in report.findings if one.verdict.difference is Difference.CANNOT_BE_ASKED]
    return {
        "agent_id": agent.id,
        "from": days[0].isoformat(),
        "to": days[1].isoformat(),
        "compared": report.compared,
        "agreed": report.compared - len(report.findings),
        "unsent": report.unsent,
        "repaired": sum(one.repaired for one in report.findings),
        "left": report.left,
        "differences": [_row(agent, one) for one in differences],
        "unknown": [_row(agent, one) for one in unknown],
    }


def _row(agent: Agent, finding: Finding) -> dict[str, object]:
    held = finding.held
    code = held.user_in_game.partition("-")[2]
    scale = agent.currencies[code].scale
    return {
        "difference": str(finding.verdict.difference),
        "id": held.id,
        "transaction_id": str(held.number),
        "provider": held.provider,
        "provider_transaction_id": held.provider_tx_id,
        "round_id": held.round_id,
        "type": held.kind.upper(),
        "player": held.user_in_game,
        "user_id": held.user_id,
        "amount": None if held.amount is None else format_minor(held.amount, scale),
        "currency": code,
        "at": held.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "hub": held.state,
        "under_way": _under_way(finding),
        "operator": finding.told,
        "operator_said": finding.said,
        "repair": finding.verdict.repair,
        "why_not": finding.verdict.why,
        "done": finding.done,
        "repaired": finding.repaired,
    }


def _under_way(finding: Finding) -> str | None:
    held = finding.held
    if held.undo is not None:
        return f"cancel {held.undo}"
    return None if held.call is None else f"{held.kind} {held.call}"


def _show(told: dict[str, object]) -> None:
    for title in ("differences", "unknown"):
        rows = told[title]
        assert isinstance(rows, list)
        if not rows:
            continue
        print(f"{title}:")
        show_rows([_line(row) for row in rows[:_SHOWN]], as_json=False)
        if len(rows) > _SHOWN:
            print(f"and {len(rows) - _SHOWN} more: --json tells all")
    print(
        "{compared} transactions compared, {agreed} agree, {repaired} repaired, {left} left".format(**told)
        + (f"; {told['unsent']} the hub itself refused" if told["unsent"] else "")
    )


def _line(row: dict[str, object]) -> dict[str, object]:
    amount = "-" if row["amount"] is None else f"{row['amount']} {row['currency']}"
    if row["repaired"]:
        outcome = f"repaired: {row['done']}"
    elif row["done"]:
        outcome = f"not yet: {row['done']}"
    elif row["repair"]:
        outcome = f"--repair would: {str(row['repair']).replace('_', ' ')}"
    else:
        outcome = f"by a person: {row['why_not']}" if row["operator"] else str(row["operator_said"])
    return {
        "difference": row["difference"],
        "type": row["type"],
        "id": row["id"],
        "transaction_id": row["transaction_id"],
        "player": row["player"],
        "amount": amount,
        "hub": row["under_way"] or row["hub"],
        "operator": row["operator"],
        "what": outcome,
    }
