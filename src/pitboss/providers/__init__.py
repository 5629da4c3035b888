"""Outbound to studios: what a connector must be able to do, and who does it for which provider."""

from pitboss.domain.catalogue import Provider
from pitboss.providers.connector import Connector, Launch
from pitboss.providers.remote import RemoteConnector

__all__ = ["Connector", "Launch", "connector_for"]

_REMOTE = RemoteConnector()


def connector_for(provider: Provider) -> Connector:
    """Every studio that speaks the wallet protocol is reached the same way; one with an interface of its own gets a folder here."""
    return _REMOTE
