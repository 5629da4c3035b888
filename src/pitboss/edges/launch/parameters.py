"""The query of a launch URL, read once (wallet protocol, "Game launch URL / Lobby launch URL")."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pitboss.domain.sessions import DEVICES, language_tag, return_url, valid_token

_GAME_ID = re.compile(r"[0-9]{1,6}")
_LOBBY_ID = re.compile(r"[A-Za-z0-9_.-]{1,50}")
_CURRENCY = re.compile(r"[A-Z0-9]{2,10}")
_OPERATOR_ID = re.compile(r"[\x21-\x7e]{1,20}")


class LaunchError(Exception):
    """A launch that cannot be: `status` is the HTTP status, `reason` is for the log, `text` for the player."""

    def __init__(self, reason: str, text: str = "This link is not complete or not valid.", status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text
        self.status = status


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was asked for; None for what was not said. `game_id` is the hub's."""

    real: bool
    token: str | None = field(repr=False)
    game_id: int | None
    lobby_id: str | None
    currency: str | None
    operator_id: str | None
    language: str | None
    device: str | None
    home_url: str | None
    deposit_url: str | None


def read_parameters(query: Sequence[tuple[str, str]]) -> Parameters:
    """The parameters of a query; unknown ones are passed over, empty ones are not said. Raises LaunchError."""
    said: dict[str, str] = {}
    for name, value in query:
        if said.setdefault(name, value) != value:
            raise LaunchError("a parameter is given twice")
    given = {name: value for name, value in said.items() if value}
    mode = given.get("mode")
    if mode not in ("real", "fun"):
        raise LaunchError("mode must be real or fun")
    device = given.get("device")
    if device is not None and device not in DEVICES:
        raise LaunchError("device must be desktop or mobile")
    game_id = _matching(given, "game_id", _GAME_ID)
    return Parameters(
        real=mode == "real",
        token=_token(given) if mode == "real" else None,
        game_id=int(game_id) if game_id is not None else None,
        lobby_id=_matching(given, "lobby_id", _LOBBY_ID),
        currency=_matching(given, "currency", _CURRENCY),
        operator_id=_matching(given, "operator_id", _OPERATOR_ID),
        language=language_tag(given["language"]) if "language" in given else None,
        device=device,
        home_url=_url(given, "home_url") or _url(given, "lobby_url"),
        deposit_url=_url(given, "deposit_url"),
    )


def _matching(given: dict[str, str], name: str, pattern: re.Pattern[str]) -> str | None:
    value = given.get(name)
    if value is not None and pattern.fullmatch(value) is None:
        raise LaunchError(f"{name} is malformed")
    return value


def _token(given: dict[str, str]) -> str:
    token = given.get("token")
    if token is None or not valid_token(token):
        raise LaunchError("token is missing or malformed")
    return token


def _url(given: dict[str, str], name: str) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    url = return_url(value)
    if url is None:
        raise LaunchError(f"{name} must be an http or https URL")
    return url
