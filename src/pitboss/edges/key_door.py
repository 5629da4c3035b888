"""Who may come in with a key: right scope, listed address, not too often. Of no dialect: each has its own error for a rejection."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pitboss.domain.agents.keys import Scope, verify
from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.caller import caller_address, listed
from pitboss.edges.rate_limit import RateLimit
from pitboss.engine.error_log import NOBODY
from pitboss.engine.hub import Hub


class KeyUnknown(Exception):
    """The key is missing, of another scope, unknown, expired or revoked."""


class AddressNotListed(Exception):
    """The agent has a list of addresses, and the caller's is not on it."""


class TooMany(Exception):
    """Too many calls; the next may pass in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class KeyDoor:
    """Lets callers in whose key is of `scope`; counts calls by itself."""

    def __init__(self, hub: Hub, scope: Scope) -> None:
        self._hub = hub
        self._scope = scope
        self._rate = RateLimit(hub.settings.agent_rate_per_second)

    def let_in(
        self,
        catalogue: Catalogue,
        headers: Mapping[str, str],
        forwarded_for: Sequence[str],
        peer: str | None,
        now: datetime,
    ) -> Agent:
        """The agent whose key it is, switched on or not. Raises KeyUnknown, AddressNotListed, TooMany."""
        key = verify(catalogue, _bearer(headers), self._scope, now, self._hub.box.hash_key)
        agent = catalogue.agents.get(key.agent_id) if key else None
        if key is None or agent is None:
            raise KeyUnknown
        self._admit_address(agent, forwarded_for, peer)
        # The tenant's limit holds for all of its keys together, so that a second key buys nothing.
        wait = self._rate.wait(key.public_id) or self._rate.wait(agent.id)
        if wait:
            raise TooMany(wait)
        return agent

    def agent_id_of(self, catalogue: Catalogue, headers: Mapping[str, str], now: datetime) -> int:
        """Whose key it is, let in or not; NOBODY for a key that is none."""
        key = verify(catalogue, _bearer(headers), self._scope, now, self._hub.box.hash_key)
        return NOBODY if key is None else key.agent_id

    def _admit_address(self, agent: Agent, forwarded_for: Sequence[str], peer: str | None) -> None:
        if not agent.allowed_ips:
            return
        address = caller_address(peer, forwarded_for, self._hub.settings.trusted_proxies)
        if not listed(address, agent.allowed_ips):
            raise AddressNotListed


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
