"""Who may come in: key, address, rate, and for whom (the contract, "The agent API", Errors)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pitboss.domain.agents.keys import Scope, verify
from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.agent_api.rate_limit import RateLimit
from pitboss.edges.caller import caller_address, listed
from pitboss.engine.hub import Hub
from pitboss.wire.agent_api import ApiError, ErrorCode

_GENERATIONS = 64


class Door:
    """Lets calls in, by what stands in their headers."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._rate = RateLimit(hub.settings.agent_rate_per_second)

    def let_in(
        self,
        catalogue: Catalogue,
        headers: Mapping[str, str],
        forwarded_for: Sequence[str],
        peer: str | None,
        now: datetime,
    ) -> Agent:
        """The agent the call is for. Raises ApiError with the status that belongs to it."""
        key = verify(catalogue, _bearer(headers), Scope.AGENT_API, now, self._hub.box.hash_key)
        caller = catalogue.agents.get(key.agent_id) if key else None
        if key is None or caller is None:
            raise ApiError(ErrorCode.AGENT_NOT_FOUND)
        self._admit_address(caller, forwarded_for, peer)
        self._admit_rate(key.public_id, caller.id)
        agent = _named(catalogue, caller, headers.get("x-agent-id"))
        if not caller.active or not agent.active:
            raise ApiError(ErrorCode.AGENT_NOT_ACTIVE)
        return agent

    def _admit_address(self, agent: Agent, forwarded_for: Sequence[str], peer: str | None) -> None:
        if not agent.allowed_ips:
            return
        address = caller_address(peer, forwarded_for, self._hub.settings.trusted_proxies)
        if not listed(address, agent.allowed_ips):
            raise ApiError(ErrorCode.IP_NOT_ALLOWED)

    def _admit_rate(self, key_id: str, agent_id: int) -> None:
        # The tenant's limit holds for all of its keys together, so that a second key buys nothing.
        wait = self._rate.wait(key_id) or self._rate.wait(agent_id)
        if wait:
            raise ApiError(ErrorCode.RATE_LIMITED, retry_after=wait)


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


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
