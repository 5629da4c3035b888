"""Tells open pages what happened behind their back: balance, finished rounds, logged out."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass

from pitboss_studio.games.game import Json

QUEUE_LIMIT = 100


@dataclass(frozen=True)
class Event:
    """One message to a page: its kind and JSON data."""

    kind: str
    data: Json


class Broadcaster:
    """Subscriptions by player. A page that does not read loses its stream and reconnects to the current state."""

    def __init__(self) -> None:
        self._queues: dict[int, set[asyncio.Queue[Event | None]]] = defaultdict(set)
        self._closed = False

    def publish(self, player_id: int, kind: str, data: Json) -> None:
        """Hand an event to every open page of the player."""
        for queue in list(self._queues.get(player_id, ())):
            if queue.qsize() >= QUEUE_LIMIT:
                queue.put_nowait(None)
                self._drop(player_id, queue)
            else:
                queue.put_nowait(Event(kind, data))

    async def listen(self, player_id: int, heartbeat: float) -> AsyncIterator[Event]:
        """Events as they come, and a `heartbeat` after that many seconds of silence; ends when the studio stops."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._queues[player_id].add(queue)
        try:
            yield Event("heartbeat", {})
            while not self._closed:
                try:
                    event = await asyncio.wait_for(queue.get(), heartbeat)
                except TimeoutError:
                    event = Event("heartbeat", {})
                if event is None:
                    return
                yield event
        finally:
            self._drop(player_id, queue)

    def close(self) -> None:
        """End every stream, so that the server can stop without waiting for pages to go away."""
        self._closed = True
        for queues in list(self._queues.values()):
            for queue in queues:
                queue.put_nowait(None)

    def _drop(self, player_id: int, queue: "asyncio.Queue[Event | None]") -> None:
        queues = self._queues.get(player_id)
        if queues is not None:
            queues.discard(queue)
            if not queues:
                del self._queues[player_id]
