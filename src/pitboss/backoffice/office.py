"""What every page works with: the running parts of a hub, and the owner's connection for administration."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from pitboss.domain.catalogue import Agent
from pitboss.domain.outbound import Reach
from pitboss.domain.staff.rights import Right
from pitboss.engine.hub import Hub
from pitboss.providers import Connectors
from pitboss.storage.database import Connection, Database
from pitboss.storage.staff.sessions import Visitor, is_signed_in


class Forbidden(Exception):
    """The person's role does not allow it, or is not signed in any more; the message is for the person."""


class Missing(Exception):
    """There is no such thing that this person may see; the message says what."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An administrative act under way, as the functions in `storage/` want it. `now` is UTC."""

    conn: Connection
    actor: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Office:
    """`hub` reads as the application, under row-level security; `owner` administers; `connectors` are the ways to the studios."""

    hub: Hub
    owner: Database
    connectors: Connectors

    def reach(self, who: Visitor) -> Reach:
        """Where addresses that this person enters may lead. This machine's own are for people of the whole hub: others would have
        it call what listens there for itself alone, and could read the answers in their error log."""
        private = self.hub.settings.allow_private_urls
        return Reach(private=private, loopback=private or who.agent_id is None)

    def agents_of(self, who: Visitor) -> dict[int, Agent]:
        """The agents somebody may see, by id: all, or one with those under it."""
        agents = self.hub.live.current.agents
        return {id_: agent for id_, agent in agents.items() if self._is_under(agent, who.agent_id, agents)}

    def agent(self, who: Visitor, agent_id: int) -> Agent:
        """One of them. Raises Missing."""
        agent = self.agents_of(who).get(agent_id)
        if agent is None:
            raise Missing(f"There is no agent {agent_id} here.")
        return agent

    @staticmethod
    def _is_under(agent: Agent, top: int | None, agents: Mapping[int, Agent]) -> bool:
        if top is None:
            return True
        seen: set[int] = set()
        at: Agent | None = agent
        while at is not None and at.id not in seen:
            if at.id == top:
                return True
            seen.add(at.id)
            at = None if at.parent_id is None else agents.get(at.parent_id)
        return False

    @asynccontextmanager
    async def reading(self, who: Visitor, agent_id: int) -> AsyncIterator[Connection]:
        """A transaction that sees this agent's rows and no other's. Raises Missing."""
        self.agent(who, agent_id)
        async with self.hub.database.tenant(agent_id) as conn:
            yield conn

    @asynccontextmanager
    async def acting(self, who: Visitor, right: Right, agent_id: int | None = None) -> AsyncIterator[Desk]:
        """For one act that needs `right`, on this agent if any. Looks again whether the person may: the page that asks was made a
        while ago. Raises Forbidden or Missing."""
        now = self.hub.clock()
        if not who.may(right):
            raise Forbidden(f"Your role ({who.role.value}) does not allow that.")
        if agent_id is not None:
            self.agent(who, agent_id)
        async with self.owner.anyone() as conn:
            if not await is_signed_in(conn, who, now):
                raise Forbidden("You are not signed in any more.")
            yield Desk(conn, who.actor, now)
