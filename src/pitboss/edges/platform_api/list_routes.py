"""`games/list/all` and `lobbies/list/all`: the lists an operator builds its own lobby from."""

import asyncio
from collections.abc import Iterator
from itertools import islice

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec

from pitboss.edges.platform_api.door import AnyRequest, let_in
from pitboss.edges.platform_api.lists import games_list, lobbies_list
from pitboss.engine.hub import Hub
from pitboss.wire import platform

_BUNDLE = 100
_DENIED = ResponseSpec(
    platform.Denied, generate_examples=False, description="the signature or the address is not the operator's"
)


def list_routes(hub: Hub) -> list[HTTPRouteHandler]:
    """Both handlers. They read the catalogue in memory and nothing else."""

    @get(
        "/api/generic/games/list/all",
        media_type="application/json",
        tags=["platform API"],
        summary="games",
        description="Every game of the operator's providers; one that cannot be played now has `enabled` 0. "
        + _signed("games"),
        responses={
            200: ResponseSpec(platform.GamesList, generate_examples=False, description="the list"),
            403: _DENIED,
        },
    )
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
        return _answer(platform.games_list(pieces))

    @get(
        "/api/generic/lobbies/list/all",
        media_type="application/json",
        tags=["platform API"],
        summary="lobbies",
        description="What a launch URL may name as `lobby_id`. " + _signed("lobbies"),
        responses={
            200: ResponseSpec(platform.LobbiesList, generate_examples=False, description="the list"),
            403: _DENIED,
        },
    )
    async def list_lobbies(request: AnyRequest) -> Response[bytes]:
        catalogue = hub.live.current
        agent = let_in(hub, catalogue, "lobbies", request)
        return _DENIES if agent is None else _answer(platform.lobbies_list(lobbies_list(catalogue, agent)))

    return [list_games, list_lobbies]


def _bundles(games: Iterator[platform.ListedGame]) -> Iterator[list[platform.ListedGame]]:
    while bundle := list(islice(games, _BUNDLE)):
        yield bundle


def _signed(name: str) -> str:
    return f'Headers: `X-Operator-Id`, and `X-Authorization` = sha1("{name}" + operator id + secret).'


def _answer(body: bytes, status: int = 200) -> Response[bytes]:
    return Response(body, status_code=status, media_type="application/json", headers={"cache-control": "no-store"})


_DENIES = _answer(platform.ACCESS_DENIED, 403)
