"""`games/list/all` and `lobbies/list/all`: the lists an operator builds its own lobby from."""

import asyncio
from collections.abc import Iterator
from itertools import islice

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from pitboss.edges.json_http import AnyRequest, answer
from pitboss.edges.platform_api.door import let_in
from pitboss.edges.platform_api.lists import games_list, lobbies_list
from pitboss.edges.platform_api.openapi import documented
from pitboss.engine.hub import Hub
from pitboss.wire import platform

_BUNDLE = 100
_DENIES = answer(platform.ACCESS_DENIED, 403)


def list_routes(hub: Hub) -> list[HTTPRouteHandler]:
    """Both handlers. They read the catalogue in memory and nothing else."""
    return [_games_route(hub), _lobbies_route(hub)]


def _games_route(hub: Hub) -> HTTPRouteHandler:
    text = "Every game of the operator's providers; one that cannot be played now has `enabled` 0."

    @get("/api/generic/games/list/all", **documented("games", text, platform.GamesList, "the list"))
    async def list_games(request: AnyRequest) -> Response[bytes]:
        catalogue = hub.live.current
        agent = let_in(hub, catalogue, "games", request)
        if agent is None:
            return _DENIES
        pieces = []
        for games in _bundles(games_list(catalogue, agent)):
            pieces.append(platform.encode_games(games))
            # Twenty thousand games take a seventh of a second: others must not wait for all of them.
            await asyncio.sleep(0)
        return answer(platform.games_list(pieces))

    return list_games


def _lobbies_route(hub: Hub) -> HTTPRouteHandler:
    text = "What a launch URL may name as `lobby_id`."

    @get("/api/generic/lobbies/list/all", **documented("lobbies", text, platform.LobbiesList, "the list"))
    async def list_lobbies(request: AnyRequest) -> Response[bytes]:
        catalogue = hub.live.current
        agent = let_in(hub, catalogue, "lobbies", request)
        return _DENIES if agent is None else answer(platform.lobbies_list(lobbies_list(catalogue, agent)))

    return list_lobbies


def _bundles(games: Iterator[platform.ListedGame]) -> Iterator[list[platform.ListedGame]]:
    while bundle := list(islice(games, _BUNDLE)):
        yield bundle
