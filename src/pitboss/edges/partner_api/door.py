"""Who may come in: partner key, address, rate (the contract, "The partner API")."""

from datetime import datetime
from typing import Final

from pitboss.domain.agents.keys import Scope
from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.json_http import AnyRequest
from pitboss.edges.key_door import KeyDoor, NotLetIn, Why
from pitboss.engine.hub import Hub
from pitboss.wire.partner_api import ErrorCode, PartnerError

_CODES: Final = {
    Why.KEY_UNKNOWN: ErrorCode.AUTHENTICATION,
    Why.ADDRESS_NOT_LISTED: ErrorCode.IP_NOT_ALLOWED,
    Why.TOO_MANY: ErrorCode.RATE_LIMITED,
}


class Door:
    """Lets calls in, by what stands in their headers."""

    def __init__(self, hub: Hub) -> None:
        self._keys = KeyDoor(hub, Scope.PARTNER_API)
        self.agent_id_of = self._keys.agent_id_of

    def let_in(self, catalogue: Catalogue, request: AnyRequest, now: datetime) -> Agent:
        """The agent whose key it is. Raises PartnerError: 401, 403, 429."""
        try:
            agent = self._keys.let_in(catalogue, request, now)
        except NotLetIn as rejection:
            raise PartnerError(_CODES[rejection.why], retry_after=rejection.retry_after) from None
        if not agent.active:
            raise PartnerError(ErrorCode.AUTHENTICATION, "the agent is switched off")
        return agent
