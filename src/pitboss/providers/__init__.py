"""Outbound to studios: what a connector must be able to do, and who does it for which provider."""

from pitboss.domain.catalogue import Provider
from pitboss.domain.outbound import Reach
from pitboss.providers.connector import (
    Connector,
    Done,
    Failed,
    Grant,
    Launch,
    Launcher,
    NotOffered,
    RoundAsked,
    listed_bet_values,
)
from pitboss.providers.remote import RemoteConnector, RemoteLauncher, StudioClient

__all__ = [
    "Connector",
    "Connectors",
    "Done",
    "Failed",
    "Grant",
    "Launch",
    "Launcher",
    "NotOffered",
    "RoundAsked",
    "connector_for",
    "listed_bet_values",
]

_LAUNCHER = RemoteLauncher()


def connector_for(provider: Provider) -> Launcher:
    """For launches, which need no call to the studio."""
    return _LAUNCHER


class Connectors:
    """The way to every studio, for one process; `reach` says which addresses may be called. Close it at the end.

    Every studio that speaks the wallet protocol is reached the same way; one with an interface of its own gets a folder here.
    """

    def __init__(self, reach: Reach) -> None:
        self._client = StudioClient(reach)
        self._remote = RemoteConnector(self._client)

    def of(self, provider: Provider) -> Connector:
        """The provider's connector."""
        return self._remote

    async def close(self) -> None:
        """Let go of all connections."""
        await self._client.close()
