"""Whether a request comes from where it may."""

from collections.abc import Sequence

from pitboss.domain.caller import Network, caller_address, listed
from pitboss.edges.json_http import AnyRequest


def may_come_from_there(request: AnyRequest, networks: Sequence[Network], trusted: Sequence[Network]) -> bool:
    """Whether a request's caller is in one of the networks; where there are none, everybody is welcome."""
    if not networks:
        return True
    peer = request.client.host if request.client else None
    return listed(caller_address(peer, request.headers.getall("x-forwarded-for", []), trusted), networks)
