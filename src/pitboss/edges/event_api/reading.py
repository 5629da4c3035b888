"""Readers of the event API: the raw stream, insights into players and games, game selection (the contract, "The event API")."""

from urllib.parse import unquote_to_bytes

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from pitboss.domain.catalogue import Agent
from pitboss.domain.events.profiles import told_game, told_player
from pitboss.domain.events.rules import MAX_ID
from pitboss.edges.event_api import openapi
from pitboss.edges.event_api.desk import Desk, Unknown
from pitboss.edges.event_api.query import Query, game_selection
from pitboss.edges.json_http import AnyRequest, answer
from pitboss.storage.events import reading as store
from pitboss.wire import event_insights as wire

_LONGEST_STREAM = 10_000
_FIRST = 0
_LAST = 10**18 - 1


def reading_routes(desk: Desk) -> list[HTTPRouteHandler]:
    """Handlers of all that is read with GET."""

    @get(
        "/api/v1/events", operation_id="readEvents", operation_class=openapi.Stream, summary="events", **openapi.COMMON
    )
    async def events(request: AnyRequest) -> Response[bytes]:
        return await desk.serve(request, _stream)

    @get(
        "/api/v1/insights/players/{player_id:path}",
        operation_class=openapi.PlayerInsight,
        summary="player",
        **openapi.COMMON,
    )
    async def player(request: AnyRequest) -> Response[bytes]:
        return await desk.serve(request, _player)

    @get("/api/v1/insights/games/{game_id:path}", operation_class=openapi.GameInsight, summary="game", **openapi.COMMON)
    async def game(request: AnyRequest) -> Response[bytes]:
        return await desk.serve(request, _game)

    @get("/api/v1/insights/games", operation_class=openapi.GameSelection, summary="game selection", **openapi.COMMON)
    async def games(request: AnyRequest) -> Response[bytes]:
        return await desk.serve(request, _games)

    @get(
        "/api/v1/insights/dimensions", operation_class=openapi.Dimensions, summary="filter dimensions", **openapi.COMMON
    )
    async def dimensions(request: AnyRequest) -> Response[bytes]:
        return await desk.serve(request, _dimensions)

    return [events, player, game, games, dimensions]


async def _stream(desk: Desk, agent: Agent, request: AnyRequest) -> Response[bytes]:
    query = Query(request.scope["query_string"])
    after, most = query.whole("after", _FIRST, _FIRST, _LAST), query.whole("limit", 1_000, 1, _LONGEST_STREAM)
    query.check_all_read()
    async with desk.reading(agent) as connection:
        found = await store.read_after(connection, agent.id, after, most)
    last = found[-1].seq if found else after
    items = [wire.told_item(*numbered.event) for numbered in found]
    return _told({"items": items, "next": str(last), "more": len(found) == most})


async def _player(desk: Desk, agent: Agent, request: AnyRequest) -> Response[bytes]:
    player_id = _id(request, "/api/v1/insights/players/", "player_id")
    async with desk.reading(agent) as connection:
        known = await store.player_insight(connection, agent.id, player_id)
    if known is None:
        raise Unknown("player_id")
    return _told({
        "player_id": known.id, "profile": told_player(known.members), **_seen(known),
        "last_login": wire.told_time(known.last_login),
        "figures": [wire.told_figure(*figure) for figure in known.figures],
        "favourite_games": wire.told_favourites(known.favourites, len(known.figures)),
    })  # fmt: skip


async def _game(desk: Desk, agent: Agent, request: AnyRequest) -> Response[bytes]:
    game_id = _id(request, "/api/v1/insights/games/", "game_id")
    async with desk.reading(agent) as connection:
        known = await store.game_insight(connection, agent.id, game_id)
    if known is None:
        raise Unknown("game_id")
    return _told(_told_game(known))


async def _games(desk: Desk, agent: Agent, request: AnyRequest) -> Response[bytes]:
    wanted = game_selection(Query(request.scope["query_string"]))
    async with desk.reading(agent) as connection:
        total, games = await store.select_games(connection, agent.id, wanted)
    items = [_told_game(known) for known in games]
    return _told({"total": total, "page": wanted.page, "per_page": wanted.per_page, "items": items})


async def _dimensions(desk: Desk, agent: Agent, request: AnyRequest) -> Response[bytes]:
    Query(request.scope["query_string"]).check_all_read()
    async with desk.reading(agent) as connection:
        found = await store.dimensions(connection, agent.id)
    return _told({
        name: [{"value": value, "games": games} for value, games in found.get(name, ())] for name in openapi.DIMENSIONS
    })  # fmt: skip


def _id(request: AnyRequest, prefix: str, field: str) -> str:
    # An id may hold anything, slashes as well; of several, or one at either end, the routed path knows nothing any more.
    try:
        text = unquote_to_bytes(request.scope["raw_path"]).decode().removeprefix(prefix)
    except UnicodeDecodeError:
        raise Unknown(field) from None
    if not text or len(text) > MAX_ID or "\0" in text:
        raise Unknown(field)
    return text


def _told_game(known: store.Insight) -> dict[str, object]:
    return {
        "game_id": known.id, "profile": told_game(known.members), **_seen(known), "players": known.players,
        "figures": [wire.told_figure(*figure) for figure in known.figures],
    }  # fmt: skip


def _seen(known: store.Insight) -> dict[str, object]:
    return {"first_seen": wire.told_time(known.first_seen), "last_seen": wire.told_time(known.last_seen)}


def _told(tree: object) -> Response[bytes]:
    return answer(wire.encode(tree), 200)
