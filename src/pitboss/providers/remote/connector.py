"""Launch URLs of studios that speak the wallet protocol (its section "Game launch URL")."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pitboss.domain.catalogue import Provider
from pitboss.providers.connector import Launch


class RemoteConnector:
    """The query is the wallet protocol's own; the hub is the studio's operator."""

    def launch_url(self, provider: Provider, launch: Launch) -> str | None:
        """The provider's launch address with the launch's parameters; a query the address has already is kept in front."""
        if not provider.launch_url:
            return None
        parts = urlsplit(provider.launch_url)
        own = parse_qsl(parts.query, keep_blank_values=True)
        query = urlencode([*own, *_parameters(provider, launch)])
        return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def _parameters(provider: Provider, launch: Launch) -> list[tuple[str, str]]:
    wanted = (
        ("mode", "fun" if launch.token is None else "real"),
        ("token", launch.token),
        ("lobby_id", launch.lobby_id),
        ("game_id", str(launch.game.provider_game_id) if launch.game and launch.lobby_id is None else None),
        ("currency", provider.unit_for(launch.currency).code if launch.currency else None),
        ("language", launch.language),
        ("operator_id", provider.operator_id),
        ("home_url", launch.home_url),
        ("deposit_url", launch.deposit_url),
        ("device", launch.device),
    )
    return [(name, value) for name, value in wanted if value is not None]
