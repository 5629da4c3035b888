"""Who may come in with a key: right scope, listed address, not too often. Of no dialect: each has its own error for a rejection."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, auto

from pitboss.domain.agents.keys import Scope, verify
from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.caller import may_come_from_there
from pitboss.edges.json_http import AnyRequest
from pitboss.edges.rate_limit import RateLimit
from pitboss.engine.error_log import NOBODY
from pitboss.engine.hub import Hub


class Why(Enum):
    """Why somebody is not let in: a closed list, for which each dialect has a table."""

    KEY_UNKNOWN = auto()
    """The key is missing, of another scope, unknown, expired or revoked."""
    ADDRESS_NOT_LISTED = auto()
    """The agent has a list of addresses, and the caller's is not on it."""
    TOO_MANY = auto()
    """Too many calls."""


class NotLetIn(Exception):
    """`retry_after`: seconds after which the next call may pass, where waiting helps."""

    def __init__(self, why: Why, retry_after: int | None = None) -> None:
        super().__init__(why.name)
        self.why = why
        self.retry_after = retry_after


class KeyDoor:
    """Lets callers in whose key is of `scope`; counts calls by itself."""

    def __init__(self, hub: Hub, scope: Scope) -> None:
        self._hub = hub
        self._scope = scope
        self._rate = RateLimit(hub.settings.agent_rate_per_second)

    def let_in(self, catalogue: Catalogue, request: AnyRequest, now: datetime) -> Agent:
        """The agent whose key it is, switched on or not. Raises NotLetIn."""
        key = verify(catalogue, _bearer(request.headers), self._scope, now, self._hub.box.hash_key)
        agent = catalogue.agents.get(key.agent_id) if key else None
        if key is None or agent is None:
            raise NotLetIn(Why.KEY_UNKNOWN)
        if not may_come_from_there(request, agent.allowed_ips, self._hub.settings.trusted_proxies):
            raise NotLetIn(Why.ADDRESS_NOT_LISTED)
        # The tenant's limit holds for all of its keys together, so that a second key buys nothing.
        wait = self._rate.wait(key.public_id) or self._rate.wait(agent.id)
        if wait:
            raise NotLetIn(Why.TOO_MANY, wait)
        return agent

    def agent_id_of(self, catalogue: Catalogue, request: AnyRequest, now: datetime) -> int:
        """Whose key it is, let in or not; NOBODY for a key that is none."""
        key = verify(catalogue, _bearer(request.headers), self._scope, now, self._hub.box.hash_key)
        return NOBODY if key is None else key.agent_id


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
