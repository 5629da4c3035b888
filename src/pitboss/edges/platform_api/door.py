"""Who may ask: the operator's id, its signature over the endpoint's name, its address (wallet protocol, "Platform endpoints")."""

import hmac

from litestar import Request
from litestar.datastructures import State

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.caller import caller_address, listed
from pitboss.engine.error_log import NOBODY, Exchange
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
    if agent is None or not right:
        _note_denied(hub, NOBODY, name, operator_id, request)
        return None
    if not agent.active or not _from_its_address(hub, agent, request):
        _note_denied(hub, agent.id, name, operator_id, request)
        return None
    return agent


def _from_its_address(hub: Hub, agent: Agent, request: AnyRequest) -> bool:
    if not agent.allowed_ips:
        return True
    peer = request.client.host if request.client else None
    forwarded = request.headers.getall("x-forwarded-for", [])
    return listed(caller_address(peer, forwarded, hub.settings.trusted_proxies), agent.allowed_ips)


def _note_denied(hub: Hub, agent_id: int, name: str, operator_id: str, request: AnyRequest) -> None:
    denied = Exchange("in", "platform", name, operator_id, request.url.path, 403, "Access denied", 0, None, None)
    hub.errors.note(agent_id, denied)
