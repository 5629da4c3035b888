"""`pitboss reports`: what reports are made of."""

import typer

from pitboss.cli.administration import AgentOrAll, Desk, at_desk
from pitboss.cli.connect import DatabaseUrl
from pitboss.domain.invalid import Invalid
from pitboss.storage.reports.rebuild import all_agents
from pitboss.storage.reports.rebuild import rebuild as rebuild_agent

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _reports() -> None:
    """What reports are made of."""


@app.command("rebuild")
def rebuild(
    agent: AgentOrAll = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make the roll-ups anew from the journals, while the hub goes on; reports change to the new ones at once.

    Example: pitboss reports rebuild --agent 9
    """

    async def work(desk: Desk) -> list[tuple[int, int]]:
        known = await all_agents(desk.conn)
        if agent is not None and agent not in known:
            raise Invalid("agent", f"there is no agent {agent}")
        done = []
        for agent_id in known if agent is None else [agent]:
            events = 0

            def count(more: int) -> None:
                nonlocal events
                events += more

            await rebuild_agent(desk.conn, agent_id, count)
            done.append((agent_id, events))
        return done

    for agent_id, events in at_desk(work, database_url):
        print(f"agent {agent_id}: {events} events")
