"""Who may ask: the operator's id, its signature over the endpoint's name, its address (wallet protocol, "Platform endpoints")."""

import hmac

from litestar import Request
from litestar.datastructures import State

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.caller import caller_address, listed
from pitboss.engine.hub import Hub
from pitboss.wire.platform import sign

AnyRequest = Request[object, object, State]


def let_in(hub: Hub, catalogue: Catalogue, name: str, request: AnyRequest) -> Agent | None:
    """The agent that asks, or None: 403."""
    headers = request.headers
    operator_id = headers.get("x-operator-id") or headers.get("x-tt-operator-id") or ""
    agent = catalogue.agents_by_operator_id.get(operator_id)
    # An unknown operator takes as long as a wrong signature.
    expected = sign(name, operator_id, agent.secret if agent else "")
    given = headers.get("x-authorization", "")
    right = hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogateescape"))
    if agent is None or not right or not agent.active:
        return None
    if agent.allowed_ips:
        peer = request.client.host if request.client else None
        forwarded = request.headers.getall("x-forwarded-for", [])
        if not listed(caller_address(peer, forwarded, hub.settings.trusted_proxies), agent.allowed_ips):
            return None
    return agent
