"""Who may come in: a key of the event API in x-api-key, the agent's addresses (the contract, "The event API": 403)."""

from litestar import Request
from litestar.datastructures import State

from pitboss.domain.agents.keys import Scope, verify
from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.caller import caller_address, listed
from pitboss.engine.hub import Hub

AnyRequest = Request[object, object, State]


def let_in(hub: Hub, catalogue: Catalogue, request: AnyRequest) -> Agent | None:
    """The tenant whose key it is, or None: 403."""
    key = verify(catalogue, request.headers.get("x-api-key", ""), Scope.EVENTS_API, hub.clock(), hub.box.hash_key)
    agent = catalogue.agents.get(key.agent_id) if key else None
    if agent is None or not agent.active:
        return None
    if agent.allowed_ips:
        peer = request.client.host if request.client else None
        forwarded = request.headers.getall("x-forwarded-for", [])
        if not listed(caller_address(peer, forwarded, hub.settings.trusted_proxies), agent.allowed_ips):
            return None
    return agent
