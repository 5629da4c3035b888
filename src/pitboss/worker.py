"""Composition root of the worker: what runs behind the requests, and in which order it is opened and closed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.domain.outbound import Reach
from pitboss.engine.arrivals import Arrivals
from pitboss.engine.bonuses import BonusKeeper, take_from_all
from pitboss.engine.error_log import ErrorLog
from pitboss.engine.game_figures import FigureKeeper
from pitboss.engine.jobs import Job, keep_at, one_at_a_time
from pitboss.engine.late_catalogue import LateCatalogue
from pitboss.engine.open import engine_over
from pitboss.engine.seamless import SeamlessPlay
from pitboss.feed.delivery import FeedDelivery
from pitboss.operators import State, WalletClient, open_wallets
from pitboss.operators.recovery import Recovery
from pitboss.processes import give_way, spare_the_collector
from pitboss.providers import Connectors
from pitboss.providers.grants import StudioGrants
from pitboss.providers.pushes import PushDelivery, leave_balance_pushes
from pitboss.settings import Settings
from pitboss.storage import migrate
from pitboss.storage.api_errors import ApiErrorRow, drop_old_errors, write_errors
from pitboss.storage.database import APP_ROLE, WORKER_ROLE, Database
from pitboss.storage.events.upkeep import tidy
from pitboss.storage.own_events import journals
from pitboss.storage.own_events.before import tell_before
from pitboss.storage.own_events.games import tell_games
from pitboss.storage.partner_requests import drop_old_requests
from pitboss.storage.play.journal import JournalReaders
from pitboss.storage.play.relay import JournalRelay
from pitboss.storage.players.sessions import end_expired
from pitboss.storage.process import next_process_number
from pitboss.storage.reports import game_figures, quarters

CONNECTIONS = 9


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Relay, pushes, figures and the event store's upkeep side by side until `stop` is set; none waits for another."""
    database = await Database.open(settings.database_url, WORKER_ROLE, size=CONNECTIONS)
    # The addresses were judged when a person entered them; this is against names that point elsewhere since.
    connectors = Connectors(Reach(private=settings.allow_private_urls, loopback=True))
    late = LateCatalogue(database, settings.master_key_file)

    async def catalogue() -> Catalogue | None:
        return await late.of_now(_utc_now())

    async def agent_of(agent_id: int) -> Agent | None:
        known = await catalogue()
        return None if known is None else known.agents.get(agent_id)

    async def write(agent_id: int, rows: Sequence[ApiErrorRow]) -> None:
        await write_errors(database, agent_id, rows)

    errors = ErrorLog(write)
    reach = Reach(private=settings.allow_private_urls, loopback=True)
    figures = FigureKeeper(database, catalogue, _utc_now)
    try:
        async with database.anyone() as connection:
            await migrate.ensure_current(connection)
        async with (
            open_wallets(settings, agent_of, errors) as wallets,
            _playing(settings, database, wallets, catalogue, connectors) as playing,
            aclosing(PushDelivery(database, connectors, wallets, catalogue, _utc_now)) as delivery,
            aclosing(FeedDelivery(database, reach, settings.master_key_file, _utc_now)) as feeds,
            aclosing(JournalReaders(database)) as readers,
            asyncio.TaskGroup() as tasks,
        ):
            spare_the_collector()
            give_way()
            behind = [*_behind_play(database, readers), *_telling(database, delivery, feeds)]
            for job in [*behind, *_upkeep(settings, database, figures, errors), *playing]:
                tasks.create_task(keep_at(job, stop))
        await errors.finish()
    finally:
        await connectors.close()
        await database.close()


@asynccontextmanager
async def _playing(
    settings: Settings,
    database: Database,
    wallets: WalletClient,
    catalogue: Callable[[], Awaitable[Catalogue | None]],
    connectors: Connectors,
) -> AsyncIterator[list[Job]]:
    """What needs an engine of its own: the recovery of calls to operators, bonuses that end, gifts that studios will not take.
    There is nothing to do while there is no catalogue."""
    known: list[Catalogue] = []
    play_database = await Database.open(settings.database_url, APP_ROLE, size=CONNECTIONS)
    async with play_database.anyone() as connection:
        arrivals = Arrivals(await next_process_number(connection))

    def agent(agent_id: int) -> Agent:
        return known[0].agents[agent_id]

    engine = engine_over(settings, play_database, arrivals, agent)
    play = SeamlessPlay(engine, wallets, arrivals, agent)
    recovery = Recovery(database, play, _utc_now, lambda agent_id: wallets.states().get(agent_id, State.CLOSED))
    wallets.when_closed(recovery.answers_again)

    async def ready() -> bool:
        current = await catalogue()
        if current is not None:
            known[:] = [current]
        return current is not None

    async def recover() -> bool:
        return await ready() and await recovery.turn()

    async def refused(agent_id: int, campaign_id: str) -> None:
        if await ready():
            await take_from_all(database.anyone, engine, arrivals, agent_id, campaign_id)

    keeper = BonusKeeper(database, engine, arrivals, _utc_now, ready)
    grants = StudioGrants(database, connectors, catalogue, _utc_now, refused)

    running = asyncio.create_task(engine.run())
    try:
        yield [
            Job("operator_calls", recover),
            Job("studio_grants", grants.turn, idle_seconds=0.5),
            Job("ended_bonuses", keeper.turn, idle_seconds=5.0),
        ]
        await recovery.close()
        await engine.drain()
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await play_database.close()


def _behind_play(database: Database, readers: JournalReaders) -> list[Job]:
    """The relay and the journals' readers, which take turns. The longer one pauses, the more it finds to add up at once."""
    relay = JournalRelay(database)

    async def own() -> bool:
        async with readers.turn() as (connection, kept):
            return bool(await journals.keep_up(connection, _utc_now(), kept))

    async def reports() -> bool:
        async with readers.turn() as (connection, kept):
            return bool(await quarters.keep_up(connection, kept))

    async def balances() -> bool:
        async with readers.turn() as (connection, kept):
            return await leave_balance_pushes(connection, kept, _utc_now())

    async def figures() -> bool:
        async with readers.turn() as (connection, kept):
            return bool(await game_figures.keep_up(connection, kept))

    jobs = [
        Job("relay", relay.turn),
        Job("own_events", own, idle_seconds=0.5),
        Job("reports", reports, idle_seconds=1.0),
        Job("balance_pushes", balances),
        Job("game_figures", figures, idle_seconds=1.0),
    ]
    return one_at_a_time(jobs)


def _telling(database: Database, delivery: PushDelivery, feeds: FeedDelivery) -> list[Job]:
    """What others hear of what happened, and what of it is not in the journals."""

    async def own_games() -> bool:
        async with database.anyone() as connection:
            return await tell_games(connection, _utc_now())

    async def own_before() -> bool:
        async with database.anyone() as connection:
            return await tell_before(connection, _utc_now())

    return [
        Job("own_event_games", own_games, idle_seconds=2.0),
        Job("own_event_before", own_before, idle_seconds=60.0),
        Job("push_delivery", delivery.turn),
        Job("feeds", feeds.turn),
    ]


def _upkeep(settings: Settings, database: Database, figures: FigureKeeper, errors: ErrorLog) -> list[Job]:
    """What ends, idles or is too old."""
    requests_kept = timedelta(days=settings.partner_request_days)

    async def expired() -> bool:
        return await end_expired(database, _utc_now())

    async def old_errors() -> bool:
        return await drop_old_errors(database, _utc_now())

    async def old_requests() -> bool:
        return await drop_old_requests(database, _utc_now() - requests_kept)

    async def event_store() -> bool:
        return await tidy(database, _utc_now())

    return [
        Job("game_figures_idle", figures.close_idle, idle_seconds=600.0),
        Job("expired_sessions", expired, idle_seconds=60.0),
        Job("api_errors", errors.turn),
        Job("old_api_errors", old_errors, idle_seconds=60.0),
        Job("old_partner_requests", old_requests, idle_seconds=60.0),
        Job("event_store", event_store, idle_seconds=600.0),
        Job("rtp_watch", figures.watch, idle_seconds=60.0),
    ]
