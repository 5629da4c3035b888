"""Delivers agents' events, feed by feed: at least once, in the store's order, the same batch until it is taken (docs/feed.md).

Any number of workers: each feed is one worker's at a time, under a lease that every batch prolongs. No feed keeps another waiting,
and no call is made while a transaction is open.
"""

import asyncio
import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import httpx
import structlog

from pitboss.domain.outbound import Reach
from pitboss.feed.consumer import Accepted, Later, NotAllowed, PlainOnly, Refused, TooLarge, Verdict, send
from pitboss.guarded_http import guarded_client
from pitboss.storage.database import DATABASE_ERRORS, Connection, Database
from pitboss.storage.feeds import leases
from pitboss.storage.feeds.leases import Feed, Lost, Place, Queued
from pitboss.storage.secrets import MasterKeyError, SecretBox, open_box

log = structlog.get_logger()

MOST_EVENTS: Final = 1_000
"""Of one batch; fewer when the consumer is slow or refuses, more again when it takes them."""
AT_ONCE: Final = 32
"""Feeds that one worker is at."""
CALL_SECONDS: Final = 10.0
LEASE: Final = timedelta(seconds=15)
"""Longer than a call: what a worker that died had under way is over before another begins."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
MOST_REFUSED: Final = 1_000
"""Refused without one taken in between: then it is not the events that are wrong."""


class FeedDelivery:
    """`database` must be open as the worker's role; `reach` says which addresses may be called. `clock` gives UTC."""

    def __init__(
        self, database: Database, reach: Reach, master_key_file: str | None, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._client = guarded_client(reach, timeout=CALL_SECONDS, connections=AT_ONCE)
        self._master_key_file = master_key_file
        self._clock = clock
        self._box: SecretBox | None = None
        self._at_work: dict[tuple[int, str], asyncio.Task[None]] = {}
        self._closing = False

    async def turn(self) -> bool:
        """Set to work on every feed with something to deliver that nobody is at; false: what there is is being done."""
        room = AT_ONCE - len(self._at_work)
        if room <= 0 or self._closing:
            return False
        async with self._database.anyone() as conn:
            due = await leases.feeds_due(conn, self._clock(), room)
        for key in due:
            if key not in self._at_work:
                task = asyncio.create_task(self._work_off(*key))
                self._at_work[key] = task
                task.add_done_callback(lambda _, key=key: self._at_work.pop(key, None))  # type: ignore[misc]
        return False

    async def finish(self) -> None:
        """Wait until what is being done is done."""
        await asyncio.gather(*self._at_work.values(), return_exceptions=True)

    async def aclose(self) -> None:
        """Let the batches under way come to their end."""
        self._closing = True
        await self.finish()
        await self._client.aclose()

    async def _work_off(self, agent_id: int, name: str) -> None:
        try:
            now, holder = self._clock(), uuid.uuid4().hex
            async with self._database.anyone() as conn:
                box = await self._open_box(conn)
                feed = await leases.take_feed(conn, agent_id, name, holder, now, now + LEASE)
            if feed is not None:
                key = box.open(feed.sealed_key, leases.key_context(agent_id, name))
                await _Turn(self._database, self._client, feed, key, self._clock).run(lambda: self._closing)
        except Lost:
            log.info("feed_lost", agent_id=agent_id, feed=name)
        except MasterKeyError as error:
            log.warning("feed_without_key", agent_id=agent_id, feed=name, reason=str(error))
        except DATABASE_ERRORS as error:
            log.warning("feed_failed", agent_id=agent_id, feed=name, error=type(error).__name__)
        except Exception:
            log.exception("feed_broken", agent_id=agent_id, feed=name)

    async def _open_box(self, conn: Connection) -> SecretBox:
        if self._box is None:
            self._box = await open_box(conn, self._master_key_file)
        return self._box


class _Turn:
    """A feed while it is ours: batch after batch, until there is nothing left or the consumer wants to be left alone."""

    def __init__(
        self, database: Database, client: httpx.AsyncClient, feed: Feed, key: str, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._client = client
        self._feed = feed
        self._key = key
        self._clock = clock
        self._most = MOST_EVENTS
        self._packed = True
        self._refused = 0

    async def run(self, closing: Callable[[], bool]) -> None:
        """Until it is over. Raises Lost, and what the database raises."""
        more = True
        while more and not closing():
            more = await self._batch()
        async with self._database.anyone() as conn:
            await leases.release(conn, self._feed)

    async def _batch(self) -> bool:
        """One batch; whether to go on."""
        now = self._clock()
        async with self._database.anyone() as conn:
            place = await leases.hold(conn, self._feed, now, now + LEASE)
            again = await leases.events_once_more(conn, self._feed, self._most)
            queued = again or await leases.next_events(conn, self._feed, place, self._most)
        if not queued:
            return False
        live = [each for each in queued if not each.is_dead]
        verdict: Verdict = Accepted()
        if live:
            events = [each.event for each in live]
            verdict = await send(
                self._client,
                self._feed.url,
                self._key,
                events,
                packed=self._packed,
                within_seconds=CALL_SECONDS,
                now=self._clock(),
            )
        return await self._follow(verdict, place, queued, live, is_again=bool(again))

    async def _follow(
        self, verdict: Verdict, place: Place, queued: list[Queued], live: list[Queued], *, is_again: bool
    ) -> bool:
        if isinstance(verdict, Accepted):
            return await self._taken(queued, live, is_again=is_again)
        if isinstance(verdict, Refused):
            return await self._refuse(verdict, live)
        if isinstance(verdict, TooLarge):
            return await self._refuse(Refused({}, verdict.why), live)
        if isinstance(verdict, PlainOnly) and self._packed:
            self._packed = False
            return True
        if isinstance(verdict, PlainOnly | NotAllowed):
            why = verdict.why if isinstance(verdict, NotAllowed) else "HTTP 415, packed or not"
            return await self._stop(why)
        upto = None if is_again else _end(queued, live, smaller=verdict.slow)
        return await self._later(verdict, place, upto)

    async def _taken(self, queued: list[Queued], live: list[Queued], *, is_again: bool) -> bool:
        if live:
            self._most, self._refused = min(MOST_EVENTS, 2 * self._most), 0
        async with self._database.anyone() as conn:
            if is_again:
                await leases.revive(conn, self._feed, [each.seq for each in live])
            else:
                await leases.move(conn, self._feed, queued[-1].seq, len(live), self._clock())
        return True

    async def _refuse(self, verdict: Refused, live: list[Queued]) -> bool:
        """Set aside what is wrong, or look for it in half as many."""
        named = dict(verdict.named)
        if not named and len(live) == 1:
            named = {0: verdict.why}
        if not named:
            self._most = len(live) // 2
            return True
        self._refused += len(named)
        problems = [(live[place].seq, why) for place, why in sorted(named.items())]
        async with self._database.anyone() as conn:
            await leases.set_aside(conn, self._feed, problems, self._clock())
        log.warning("feed_events_refused", agent_id=self._feed.agent_id, feed=self._feed.name, events=len(problems))
        if self._refused >= MOST_REFUSED:
            return await self._stop(f"{self._refused} events refused one after the other, the last: {problems[-1][1]}")
        return True

    async def _later(self, verdict: Later, place: Place, upto: int | None) -> bool:
        pause_seconds: float | None = verdict.wait_seconds
        if pause_seconds is None:
            pause_seconds = min(
                FIRST_PAUSE_SECONDS * 2 ** min(place.tries, 10), LONGEST_PAUSE_SECONDS
            ) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
        due = self._clock() + timedelta(seconds=pause_seconds)
        async with self._database.anyone() as conn:
            await leases.try_later(conn, self._feed, due, upto, verdict.why)
        log.warning(
            "feed_waits",
            agent_id=self._feed.agent_id,
            feed=self._feed.name,
            seconds=round(pause_seconds, 1),
            reason=verdict.why[:200],
        )
        return False

    async def _stop(self, reason: str) -> bool:
        async with self._database.anyone() as conn:
            await leases.stop(conn, self._feed, reason)
        log.error("feed_paused", agent_id=self._feed.agent_id, feed=self._feed.name, reason=reason[:200])
        return False


def _end(queued: list[Queued], live: list[Queued], *, smaller: bool) -> int:
    """Where the batch to be tried again ends: where it ended, or in its middle for one that is slow."""
    return live[len(live) // 2 - 1].seq if smaller and len(live) > 1 else queued[-1].seq
