"""One agent with a feed to a consumer; deliveries happen when a test says so, at the time it says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from scripted_consumer import ScriptedConsumer

from agent_stage import Stage
from event_producer import Producer, bet
from pitboss.domain.outbound import EVERYWHERE_INSIDE, Reach
from pitboss.feed.delivery import FeedDelivery
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.feeds import administration
from pitboss.storage.secrets import open_box

NAME = "crm"


class Clock:
    """Stands still until it is stepped."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def step(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class FeedStage:
    stage: Stage
    consumer: ScriptedConsumer
    database: Database
    clock: Clock = field(default_factory=Clock)

    @property
    def agent_id(self) -> int:
        return self.stage.one.agent_id

    async def add(self, url: str | None = None, key: str | None = None, *, from_now: bool = False) -> None:
        box = await open_box(self.stage.owner, None)
        await administration.add_feed(
            self.stage.owner, box, self.agent_id, NAME, url or self.consumer.url, key or self.consumer.key, EVERYWHERE_INSIDE,
            from_now=from_now, actor="test", now=self.clock.now,
        )  # fmt: skip

    async def receive(self, *unique_ids: str, **more: Any) -> None:
        """Events arrive in the agent's store."""
        producer = Producer(self.stage.http, self.stage.one.events_api_key)
        await producer.must(*(bet(unique_id, **more) for unique_id in unique_ids))

    def delivery(self, reach: Reach = EVERYWHERE_INSIDE) -> FeedDelivery:
        return FeedDelivery(self.database, reach, None, self.clock)

    async def deliver(self, reach: Reach = EVERYWHERE_INSIDE) -> None:
        """One worker's turn, to its end."""
        delivery = self.delivery(reach)
        await delivery.turn()
        await delivery.finish()
        await delivery.aclose()

    async def row(self) -> administration.FeedRow:
        [row] = await administration.list_feeds(self.stage.owner, self.agent_id)
        return row

    async def dead(self) -> dict[str | None, str]:
        rows = await administration.list_dead(self.stage.owner, self.agent_id, NAME, 10_000)
        return {row.unique_id: row.problem for row in rows}

    async def due_in(self) -> float:
        """Seconds from now until it is tried again."""
        due = await self.stage.owner.fetchval("SELECT due FROM feed")
        return float((due - self.clock.now).total_seconds())


@asynccontextmanager
async def feeding(stage: Stage, consumer: ScriptedConsumer, database_url: str) -> AsyncIterator[FeedStage]:
    database = await Database.open(database_url, WORKER_ROLE, size=4)
    try:
        yield FeedStage(stage, consumer, database)
    finally:
        await database.close()
