"""Segments of players over HTTP: how many, which, and all of them as CSV."""

import csv
import io
import re
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from litestar import Response, post
from litestar.exceptions import InternalServerException
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from pitboss.domain.catalogue import Agent
from pitboss.domain.events.event import PLAYER_MEMBERS
from pitboss.domain.events.profiles import told_player
from pitboss.domain.events.rules import MAX_ID
from pitboss.domain.events.segments import BadFilter, Filter, FilterReader
from pitboss.edges.event_api import openapi
from pitboss.edges.event_api.desk import Desk
from pitboss.edges.json_http import AnyRequest, answer
from pitboss.storage.events.segments import Player, count_segment, read_segment
from pitboss.wire import event_insights as wire
from pitboss.wire.event_api import BadBody
from pitboss.wire.event_items import parse_object

_MAX_BODY = 256 * 1024
_CSV = "text/csv"
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_WHOLE = re.compile(r"[0-9]{1,5}")
_MOST, _USUAL, _EXPORTED = 10_000, 1_000, 2_000


class _Asked(NamedTuple):
    wanted: Filter
    after: str
    limit: int


def segment_routes(desk: Desk) -> list[HTTPRouteHandler]:
    """Handlers of the segments' calls."""

    @post("/api/v1/insights/segments/count", operation_class=openapi.SegmentCount, summary="count a segment", **_POST)
    async def count(request: AnyRequest) -> Response[bytes]:
        return await desk.serve(request, _count)

    @post(
        "/api/v1/insights/segments/players", operation_class=openapi.SegmentPlayers, summary="list a segment", **_POST
    )
    async def players(request: AnyRequest) -> Response[bytes]:
        return await desk.serve(request, _players)

    @post(
        "/api/v1/insights/segments/export",
        operation_class=openapi.SegmentExport,
        summary="export a segment",
        **_POST | {"media_type": _CSV},
    )
    async def export(request: AnyRequest) -> Response[Any]:
        return await desk.serve(request, _export)

    return [count, players, export]


_POST: dict[str, Any] = {**openapi.COMMON, "status_code": 200, "request_max_body_size": None}


async def _count(desk: Desk, agent: Agent, request: AnyRequest) -> Response[bytes]:
    asked = await _asked(desk, request, frozenset({"filter"}))
    async with desk.reading(agent) as connection:
        players = await count_segment(connection, agent.id, asked.wanted)
    return answer(wire.encode({"players": players}), 200)


async def _players(desk: Desk, agent: Agent, request: AnyRequest) -> Response[bytes]:
    asked = await _asked(desk, request, frozenset({"filter", "after", "limit"}))
    async with desk.reading(agent) as connection:
        found = await read_segment(connection, agent.id, asked.wanted, asked.after, asked.limit)
    items = [{"player_id": player.player_id, "profile": told_player(player.members)} for player in found]
    after = found[-1].player_id if len(found) == asked.limit else None
    return answer(wire.encode({"items": items, "next": after}), 200)


async def _export(desk: Desk, agent: Agent, request: AnyRequest) -> Response[Any]:
    asked = await _asked(desk, request, frozenset({"filter"}))
    async with desk.reading(agent) as connection:
        # What cannot be read is told now, not in the middle.
        first = await read_segment(connection, agent.id, asked.wanted, "", _EXPORTED)
    headers = {"cache-control": "no-store", "content-disposition": 'attachment; filename="segment.csv"'}
    lines = _lines(desk, agent, asked.wanted, first)
    return Stream(lines, media_type=_CSV, headers=headers, status_code=200)


async def _lines(desk: Desk, agent: Agent, wanted: Filter, found: list[Player]) -> AsyncIterator[bytes]:
    yield _csv([["player_id", *PLAYER_MEMBERS]])
    while found:
        yield _csv([player.player_id, *map(_cell, told_player(player.members).values())] for player in found)
        if len(found) < _EXPORTED:
            return
        async with desk.reading(agent) as connection:
            found = await read_segment(connection, agent.id, wanted, found[-1].player_id, _EXPORTED)


def _csv(rows: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "|".join(map(str, value)) if isinstance(value, list) else str(value)


async def _asked(desk: Desk, request: AnyRequest, known: frozenset[str]) -> _Asked:
    members = parse_object(await _body(request))
    for name in members:
        if name not in known:
            raise BadBody(name[:40], "is no member of this call")
    if "filter" not in members:
        raise BadBody("filter", "is missing")
    try:
        wanted = FilterReader(desk.hub.clock()).read(members["filter"])
    except BadFilter as bad:
        raise BadBody(bad.path, bad.problem) from None
    return _Asked(wanted, _after(members.get("after")), _limit(members.get("limit")))


def _after(said: object) -> str:
    if said is None:
        return ""
    if not isinstance(said, str) or len(said) > MAX_ID or _NO_TEXT.search(said):
        raise BadBody("after", "must be a player_id")
    return said


def _limit(said: object) -> int:
    if said is None:
        return _USUAL
    if not isinstance(said, str) or _WHOLE.fullmatch(said) is None or not 1 <= int(said) <= _MOST:
        raise BadBody("limit", f"must be a whole number from 1 to {_MOST}")
    return int(said)


async def _body(request: AnyRequest) -> bytes:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _MAX_BODY:
                raise BadBody("body", f"must be at most {_MAX_BODY} bytes", 413)
    except InternalServerException:
        raise BadBody("body", "is not complete") from None
    return bytes(body)
