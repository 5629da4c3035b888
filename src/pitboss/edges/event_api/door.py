"""Who may come in: a key of the event API in x-api-key, the agent's addresses (the contract, "The event API": 403)."""

from pitboss.domain.agents.keys import Scope, verify
from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.caller import may_come_from_there
from pitboss.edges.json_http import AnyRequest
from pitboss.engine.hub import Hub


def let_in(hub: Hub, catalogue: Catalogue, request: AnyRequest) -> Agent | None:
    """The tenant whose key it is, or None: 403."""
    key = verify(catalogue, request.headers.get("x-api-key", ""), Scope.EVENTS_API, hub.clock(), hub.box.hash_key)
    agent = catalogue.agents.get(key.agent_id) if key else None
    if agent is None or not agent.active:
        return None
    return agent if may_come_from_there(request, agent.allowed_ips, hub.settings.trusted_proxies) else None
