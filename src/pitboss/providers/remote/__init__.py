"""Studios that speak the wallet protocol: the house, another hub, anyone who implements the platform's side of it."""

from pitboss.providers.remote.client import StudioClient
from pitboss.providers.remote.connector import RemoteConnector, RemoteLauncher

__all__ = ["RemoteConnector", "RemoteLauncher", "StudioClient"]
