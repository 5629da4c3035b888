"""The words of the wallet protocol's platform endpoints (`/api/generic/…`), which operators call."""

from collections.abc import Sequence
from hashlib import sha1
from typing import Any

import msgspec
from msgspec import Struct

from pitboss.wire.studio import RoundLog


def sign(name: str, operator_id: str, secret: str) -> str:
    """What X-Authorization must hold: 40 hex digits of sha1(name + operatorId + secret)."""
    return sha1((name + operator_id + secret).encode(), usedforsecurity=False).hexdigest()


ACCESS_DENIED = b'{"error":"Access denied"}'


class ListedGame(Struct, frozen=True):
    """One game for an operator. `id` is the hub's; `platform`: desktop, mobile, or both with a comma; flags are 1 or 0."""

    id: int
    title: str
    platform: str
    type: str
    enabled: int
    fun_mode: int
    campaigns: int
    vendor: str
    created_at: str
    details: dict[str, object]


class GamesList(Struct, frozen=True):
    """The answer of games."""

    games: list[ListedGame]


class ListedLobby(Struct, frozen=True):
    """One lobby: `lobby_id` is what a launch URL says instead of a game_id."""

    lobby_id: str
    vendor: str
    details: dict[str, object]


class LobbiesList(Struct, frozen=True):
    """The answer of lobbies."""

    lobbies: list[ListedLobby]


class HandHistory(Struct, frozen=True):
    """The answer of handHistory. `data`: the studio's own words where `type` is json, a page's address where it is url."""

    success: bool
    data: Any
    type: str


class Failure(Struct, frozen=True):
    """The answer of a handHistory that cannot be told."""

    success: bool
    error: str


class Denied(Struct, frozen=True):
    """The answer of 403."""

    error: str


def encode_games(games: Sequence[ListedGame]) -> bytes:
    """Some games as JSON, members in the document's order; pieces for `games_list`."""
    return msgspec.json.encode(games)[1:-1]


def games_list(pieces: Sequence[bytes]) -> bytes:
    """The whole answer of games, a GamesList."""
    return b'{"games":[%b]}' % b",".join(pieces)


def lobbies_list(answer: LobbiesList) -> bytes:
    """The whole answer of lobbies."""
    return msgspec.json.encode(answer)


def failure(error: str) -> bytes:
    """`success` false, and why."""
    return msgspec.json.encode(Failure(False, error))


def hand_history(log: RoundLog) -> bytes:
    """A page's URL, or all that the studio said of the round."""
    if log.page is not None:
        return msgspec.json.encode(HandHistory(True, log.page, "url"))
    data = {"log_type": log.log_type} if bytes(log.document) == b"{}" else log.document
    return msgspec.json.encode(HandHistory(True, data, "json"))
