"""A version of the agent API: a translation at the edge, over one set of handlers."""

from collections.abc import Mapping
from dataclasses import dataclass

from pitboss.edges.agent_api.call import Handler
from pitboss.wire.agent_api import ApiError, ErrorCode


@dataclass(frozen=True, slots=True)
class Version:
    """`calls` by their name in the URL."""

    path: str
    name: str
    calls: Mapping[str, Handler]

    def handler(self, name: str) -> Handler:
        """What serves the call. Raises NOT_FOUND for one the version does not have."""
        handler = self.calls.get(name)
        if handler is None:
            raise ApiError(ErrorCode.NOT_FOUND)
        return handler
