"""Who may come in: partner key, address, rate (the contract, "The partner API")."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pitboss.domain.agents.keys import Scope
from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.key_door import AddressNotListed, KeyDoor, KeyUnknown, TooMany
from pitboss.engine.hub import Hub
from pitboss.wire.partner_api import ErrorCode, PartnerError


class Door:
    """Lets calls in, by what stands in their headers."""

    def __init__(self, hub: Hub) -> None:
        self._keys = KeyDoor(hub, Scope.PARTNER_API)
        self.agent_id_of = self._keys.agent_id_of

    def let_in(
        self,
        catalogue: Catalogue,
        headers: Mapping[str, str],
        forwarded_for: Sequence[str],
        peer: str | None,
        now: datetime,
    ) -> Agent:
        """The agent whose key it is. Raises PartnerError: 401, 403, 429."""
        try:
            agent = self._keys.let_in(catalogue, headers, forwarded_for, peer, now)
        except KeyUnknown:
            raise PartnerError(ErrorCode.AUTHENTICATION) from None
        except AddressNotListed:
            raise PartnerError(ErrorCode.IP_NOT_ALLOWED) from None
        except TooMany as wait:
            raise PartnerError(ErrorCode.RATE_LIMITED, retry_after=wait.seconds) from None
        if not agent.active:
            raise PartnerError(ErrorCode.AUTHENTICATION, "the agent is switched off")
        return agent
