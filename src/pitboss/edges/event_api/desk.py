"""What every reader of the event API goes through: the door, the rate, a place at the database, errors in the API's form."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from litestar import Response

from pitboss.domain.catalogue import Agent
from pitboss.edges.event_api import answers
from pitboss.edges.event_api.door import let_in
from pitboss.edges.gate import Busy, Gate
from pitboss.edges.json_http import AnyRequest
from pitboss.edges.rate_limit import RateLimit
from pitboss.engine.hub import Hub
from pitboss.storage.database import DATABASE_ERRORS, Connection
from pitboss.storage.events.reading import one_instant
from pitboss.wire import event_answers
from pitboss.wire import event_api as wire

log = structlog.get_logger()

_AT_ONCE, _WAITING = 2, 128

Reader = Callable[["Desk", Agent, AnyRequest], Awaitable[Response[bytes]]]


class Unknown(Exception):
    """404: there is no such thing; `field` names what was asked for."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Desk:
    """Serves the readers of one process."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._gate = Gate(_AT_ONCE, _WAITING, hub.settings.command_timeout)
        self._rate = RateLimit(hub.settings.agent_rate_per_second)

    async def serve(self, request: AnyRequest, reader: Reader) -> Response[bytes]:
        """The answer to one request."""
        agent = let_in(self.hub, self.hub.live.current, request)
        if agent is None:
            return answers.forbidden()
        wait = self._rate.wait(agent.id)
        if wait:
            return answers.too_much(wait)
        try:
            return await reader(self, agent, request)
        except wire.BadBody as bad:
            return answers.refused([event_answers.ItemError(None, None, bad.field, bad.message)], bad.status)
        except Unknown as unknown:
            return answers.refused([event_answers.ItemError(None, None, unknown.field, "is not known")], 404)
        except Busy:
            return answers.too_much(1)
        except DATABASE_ERRORS as error:
            log.warning("events_not_read", agent_id=agent.id, error=type(error).__name__)
            return answers.message(503, "not available now", retry_after=1)

    @asynccontextmanager
    async def reading(self, agent: Agent) -> AsyncIterator[Connection]:
        """One instant of the agent's store. Raises Busy."""
        async with self._gate.inside(), one_instant(self.hub.database, agent.id) as connection:
            yield connection
