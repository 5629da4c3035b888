"""POST /api/v1/events: a batch, in or not in, and the answer that says which (the contract, "The event API")."""

import asyncio
from typing import NamedTuple

import structlog
from litestar import Response, post
from litestar.exceptions import InternalServerException
from litestar.handlers import HTTPRouteHandler

from pitboss.domain.catalogue import Agent
from pitboss.edges.event_api import answers
from pitboss.edges.event_api.body import Held, Load, Overloaded, UnknownEncoding, known_encoding, read_packed, unpack
from pitboss.edges.event_api.door import let_in
from pitboss.edges.event_api.gathering import Gathering, NotStored
from pitboss.edges.event_api.judgement import Judgement, Rejected, judge
from pitboss.edges.event_api.openapi import Ingestion
from pitboss.edges.event_api.rate import EventRate
from pitboss.edges.gate import Busy
from pitboss.edges.json_http import AnyRequest, answer
from pitboss.engine.hub import Hub
from pitboss.storage.events.writing import Stored
from pitboss.wire import event_answers
from pitboss.wire import event_api as wire
from pitboss.wire.event_batch import decode_items

log = structlog.get_logger()

_MOST_HELD = 128 * 1024 * 1024
_LARGE = 256 * 1024
"""Packed bodies beyond this are unpacked in a thread."""
_CONFLICT = "conflict: other data was received under this unique_id"


def ingestion_route(hub: Hub) -> HTTPRouteHandler:
    """The handler of POST /api/v1/events."""
    desk = _Desk(hub)

    @post(
        "/api/v1/events",
        status_code=200,
        operation_id="postEvents",
        operation_class=Ingestion,
        request_max_body_size=None,
        tags=["event API"],
        security=[{"eventsKey": []}],
        summary="events",
    )
    async def ingest(request: AnyRequest) -> Response[bytes]:
        return await desk.serve(request)

    return ingest


class _Batch(NamedTuple):
    agent: Agent
    judgement: Judgement


class _Desk:
    """Takes a batch from its headers to its answer."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._gathering = Gathering(hub)
        self._rate = EventRate(hub.settings.event_rate_per_second)
        self._held = Held(_MOST_HELD)

    async def serve(self, request: AnyRequest) -> Response[bytes]:
        """The answer to one request."""
        agent = let_in(self._hub, self._hub.live.current, request)
        if agent is None:
            return answers.forbidden()
        wait = self._rate.wait(agent.id)
        if wait:
            return answers.too_much(wait)
        self._rate.charge(agent.id, 1)
        try:
            with Load(self._held) as load:
                batch = await self._batch(agent, request, load)
                return await self._taken(batch, lenient=_lenient(request))
        except UnknownEncoding:
            return answers.message(415, "content-encoding must be gzip, zstd or none")
        except wire.BadBody as bad:
            return answers.refused([event_answers.ItemError(None, None, bad.field, bad.message)], bad.status)
        except (Busy, Overloaded):
            return answers.too_much(1)
        except InternalServerException:
            # The caller hung up in the middle; nobody will read this.
            return answers.refused([event_answers.ItemError(None, None, "body", "is not complete")])

    async def _batch(self, agent: Agent, request: AnyRequest, load: Load) -> _Batch:
        encoding = known_encoding(request.headers.get("content-encoding", ""))
        body = await read_packed(request.stream(), load)
        if encoding is not None:
            if len(body) > _LARGE:
                body = await asyncio.to_thread(unpack, body, encoding, load)
            else:
                body = unpack(body, encoding, load)
        items = decode_items(body)
        self._rate.charge(agent.id, len(items))
        return _Batch(agent, await judge(items, self._hub.live.current, agent, self._hub.clock()))

    async def _taken(self, batch: _Batch, *, lenient: bool) -> Response[bytes]:
        events, places, rejected = batch.judgement
        if rejected and not lenient:
            return answers.refused(_told(rejected))
        try:
            stored = await self._gathering.store(batch.agent.id, events) if events else Stored(0, [], [])
        except NotStored:
            return answer(event_answers.encode(event_answers.NotStored([event.unique_id for event in events])), 510)
        conflicts = [events[position].unique_id for position in stored.conflicts]
        if conflicts:
            log.warning("event_conflict", agent_id=batch.agent.id, unique_ids=conflicts[:20], count=len(conflicts))
        if not lenient:
            return answers.nothing()
        for position in stored.conflicts:
            error = wire.FieldError("unique_id", _CONFLICT)
            rejected.append(Rejected(places[position], events[position].unique_id, [error]))
        return _judged(stored, rejected)


def _lenient(request: AnyRequest) -> bool:
    """Whether the caller prefers lenient handling (RFC 7240)."""
    preferences = ",".join(request.headers.getall("prefer", [])).split(",")
    for preference in preferences:
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "handling":
            # Of two, the first counts.
            return value.strip().strip('"').lower() == "lenient"
    return False


def _told(rejected: list[Rejected]) -> list[event_answers.ItemError]:
    return [
        event_answers.ItemError(item.place, item.unique_id, error.field, error.message)
        for item in rejected
        for error in item.errors
    ][: event_answers.MAX_ERRORS]


def _judged(stored: Stored, rejected: list[Rejected]) -> Response[bytes]:
    told = [
        event_answers.RejectedItem(
            item.place, item.unique_id, [event_answers.MemberError(*error) for error in item.errors]
        )
        for item in sorted(rejected)
    ]
    body = event_answers.encode(event_answers.Judged(stored.accepted, len(stored.repeats), told))
    return answer(body, 207 if told else 200, {"preference-applied": "handling=lenient"})
