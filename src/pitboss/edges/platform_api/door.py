"""Who may ask: the operator's id, its signature over the endpoint's name, its address (wallet protocol, "Platform endpoints")."""

import hmac

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.edges.caller import may_come_from_there
from pitboss.edges.json_http import AnyRequest
from pitboss.engine.error_log import NOBODY, Exchange
from pitboss.engine.hub import Hub
from pitboss.wire.platform import sign


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
    if not agent.active or not may_come_from_there(request, agent.allowed_ips, hub.settings.trusted_proxies):
        _note_denied(hub, agent.id, name, operator_id, request)
        return None
    return agent


def _note_denied(hub: Hub, agent_id: int, name: str, operator_id: str, request: AnyRequest) -> None:
    denied = Exchange("in", "platform", name, operator_id, request.url.path, 403, "Access denied", 0, None, None)
    hub.errors.note(agent_id, denied)
