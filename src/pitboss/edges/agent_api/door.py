"""Who may come in: key, address, rate, and for whom (the contract, "The agent API", Errors)."""

from datetime import datetime
from typing import Final

from pitboss.domain.agents.keys import Scope
from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.json_http import AnyRequest
from pitboss.edges.key_door import KeyDoor, NotLetIn, Why
from pitboss.engine.hub import Hub
from pitboss.wire.agent_api import ApiError, ErrorCode

_CODES: Final = {
    Why.KEY_UNKNOWN: ErrorCode.AGENT_NOT_FOUND,
    Why.ADDRESS_NOT_LISTED: ErrorCode.IP_NOT_ALLOWED,
    Why.TOO_MANY: ErrorCode.RATE_LIMITED,
}
_GENERATIONS = 64


class Door:
    """Lets calls in, by what stands in their headers."""

    def __init__(self, hub: Hub) -> None:
        self._keys = KeyDoor(hub, Scope.AGENT_API)
        self.agent_id_of = self._keys.agent_id_of

    def let_in(self, catalogue: Catalogue, request: AnyRequest, now: datetime) -> Agent:
        """The agent the call is for. Raises ApiError with the status that belongs to it."""
        try:
            caller = self._keys.let_in(catalogue, request, now)
        except NotLetIn as rejection:
            raise ApiError(_CODES[rejection.why], retry_after=rejection.retry_after) from None
        agent = _named(catalogue, caller, request.headers.get("x-agent-id"))
        if not caller.active or not agent.active:
            raise ApiError(ErrorCode.AGENT_NOT_ACTIVE)
        return agent


def _named(catalogue: Catalogue, caller: Agent, asked: str | None) -> Agent:
    """The caller itself, or the agent `X-Agent-Id` names when it stands under the caller."""
    if not asked:
        return caller
    agent = catalogue.agents.get(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    above = agent
    for _ in range(_GENERATIONS):
        if above is None:
            break
        if above.id == caller.id and agent is not None:
            return agent
        above = catalogue.agents.get(above.parent_id) if above.parent_id is not None else None
    raise ApiError(ErrorCode.AGENT_NOT_UNDER)
