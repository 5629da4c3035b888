"""Opens one hub process's running parts, and closes them in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime

from pitboss.domain.catalogue import Agent, AgentType, Catalogue
from pitboss.domain.seamless.operator_call import NotSent, OperatorAnswer, OperatorCall, OperatorWallets
from pitboss.engine.arrivals import Arrivals
from pitboss.engine.credit import CreditWatch
from pitboss.engine.decide import Accounts
from pitboss.engine.engine import Engine
from pitboss.engine.error_log import ErrorLog
from pitboss.engine.hub import Hub
from pitboss.engine.live_catalogue import LiveCatalogue
from pitboss.engine.seamless import SeamlessPlay
from pitboss.settings import Settings
from pitboss.storage import migrate
from pitboss.storage.api_errors import ApiErrorRow, write_errors
from pitboss.storage.catalogue import snapshot as catalogue_store
from pitboss.storage.database import APP_ROLE, Database
from pitboss.storage.embedded.durability import check_durability
from pitboss.storage.play.batch import PlayStore
from pitboss.storage.process import next_process_number
from pitboss.storage.secrets import SecretBox, open_box

CONNECTIONS = 24
"""More than the engine's pipelines and the edges' gates take together, so that neither waits for the other."""


def utc_now() -> datetime:
    """The clock of production."""
    return datetime.now(UTC)


Clock = Callable[[], datetime]
AgentOf = Callable[[int], Awaitable[Agent | None]]
WalletsOpener = Callable[[Settings, AgentOf, ErrorLog], AbstractAsyncContextManager[OperatorWallets]]


class _NoWallets:
    async def ask(self, call: OperatorCall) -> OperatorAnswer:
        return NotSent("this process calls no operators")


@asynccontextmanager
async def no_wallets(settings: Settings, agent_of: AgentOf, errors: ErrorLog) -> AsyncIterator[OperatorWallets]:
    """For processes that call no operators."""
    yield _NoWallets()


@asynccontextmanager
async def open_hub(
    settings: Settings, wallets: WalletsOpener = no_wallets, clock: Clock = utc_now
) -> AsyncIterator[Hub]:
    """A hub at work: database checked, catalogue loaded and kept fresh, engine running. At the end what was taken is finished.
    `clock`: UTC; for whoever wants to stand at another instant.

    Raises SchemaTooNew, SchemaTooOld, DurabilityError or OSError when this database cannot be served.
    """
    database = await Database.open(settings.database_url, APP_ROLE, size=CONNECTIONS)
    try:
        async with database.anyone() as connection:
            await migrate.ensure_current(connection)
            if not settings.allow_unsafe_database:
                await check_durability(connection)
            box = await open_box(connection, settings.master_key_file)
            process = await next_process_number(connection)
        async with _at_work(settings, database, box, process, wallets, clock) as hub:
            yield hub
    finally:
        await database.close()


def engine_over(
    settings: Settings,
    database: Database,
    arrivals: Arrivals,
    agent: Callable[[int], Agent],
    clock: Clock = utc_now,
) -> Engine:
    """An engine, not running yet, over a database that is open as the application's role. `agent`: as configured now."""

    def accounts(agent_id: int) -> Accounts:
        configured = agent(agent_id)
        seamless = configured.type is AgentType.SEAMLESS
        operator = configured.operator_accounts if seamless else None
        return Accounts(configured.house_accounts, operator, configured.bonus_accounts)

    return Engine(
        PlayStore(database),
        arrivals,
        accounts,
        clock,
        max_queued=settings.max_queued,
        max_batch=settings.max_batch,
        command_timeout=settings.command_timeout,
    )


@asynccontextmanager
async def _at_work(
    settings: Settings, database: Database, box: SecretBox, process: int, open_wallets: WalletsOpener, clock: Clock
) -> AsyncIterator[Hub]:
    async def load() -> Catalogue:
        async with database.anyone() as connection:
            return await catalogue_store.load_catalogue(connection, box)

    async def version() -> int:
        async with database.anyone() as connection:
            return await catalogue_store.config_version(connection)

    live = LiveCatalogue(await load(), version, load)

    credit = CreditWatch(database, live, clock)
    await credit.refresh()

    def agent(agent_id: int) -> Agent:
        return live.current.agents[agent_id]

    async def agent_of(agent_id: int) -> Agent | None:
        return live.current.agents.get(agent_id)

    async def write(agent_id: int, rows: Sequence[ApiErrorRow]) -> None:
        await write_errors(database, agent_id, rows)

    errors = ErrorLog(write)
    arrivals = Arrivals(process)
    engine = engine_over(settings, database, arrivals, agent, clock)
    tasks = [asyncio.create_task(work) for work in (engine.run(), live.keep_fresh(), credit.keep_fresh(), errors.run())]
    try:
        async with open_wallets(settings, agent_of, errors) as wallets:
            seamless = SeamlessPlay(engine, wallets, arrivals, agent)
            yield Hub(settings, database, box, live, engine, arrivals, clock, wallets, errors, seamless)
            await seamless.close()
            await engine.drain()
        await errors.finish()
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
