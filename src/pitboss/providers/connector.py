"""The connector interface: what the hub asks of any studio."""

from dataclasses import dataclass, field
from typing import Protocol

from pitboss.domain.catalogue import Game, Provider
from pitboss.domain.money import Currency


@dataclass(frozen=True, slots=True)
class Launch:
    """What opens in the player's browser: a game, or a lobby where `lobby_id` is given. Without a token it is for fun.

    `currency` is the player's; a connector writes what its studio calls it.
    """

    game: Game | None
    lobby_id: str | None
    token: str | None = field(repr=False)
    currency: Currency | None
    language: str
    device: str
    home_url: str | None
    deposit_url: str | None


class Connector(Protocol):
    """One studio's interface."""

    def launch_url(self, provider: Provider, launch: Launch) -> str | None:
        """Where the player's browser is sent, or None when the provider has no launch address."""
        ...
