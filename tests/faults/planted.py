"""Bugs planted in doubles of the store and the engine, to see that the checks catch them. Never in the product."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from pitboss.domain.play.state import Wallet
from pitboss.engine.engine import Engine, _Line, _Pending
from pitboss.storage import statements
from pitboss.storage.database import Database
from pitboss.storage.packing import array_text
from pitboss.storage.play import batch as play
from pitboss.storage.play.batch import BatchTransaction, Changes, PlayStore


class PlantedStore(PlayStore):
    """A store whose transactions are those of `transaction_class`."""

    transaction_class: type[BatchTransaction] = BatchTransaction

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._planted_database = database

    @asynccontextmanager
    async def begin(self, agent_id: int) -> AsyncIterator[BatchTransaction]:
        async with self._planted_database.tenant(agent_id) as connection:
            yield self.transaction_class(connection, agent_id, True)


class UnlockedTransaction(BatchTransaction):
    """Reads wallets without locking them, and writes them whatever version they have by then."""

    async def lock(self, names: Sequence[str], wait: bool) -> tuple[dict[str, Wallet], int]:
        query = statements.sql("play/wait_for_wallets")
        assert "FOR NO KEY UPDATE" in query
        rows = await self._connection.fetch(query.replace("FOR NO KEY UPDATE", ""), self._agent_id, array_text(names))
        return {row[1]: Wallet(*row[:8]) for row in rows}, max((row[8] for row in rows), default=0)

    async def store(self, changes: Changes) -> None:
        pieces = play._pieces(changes)
        values = play._values(self._agent_id, changes)
        statement = statements.together(*(path for path, _ in pieces))
        guard = "AND w.version = u.from_version"
        assert guard in statement.sql or not changes.wallets
        unguarded = statement.sql.replace(guard, "")
        await self._connection.fetchrow(unguarded, *(values[name] for name in statement.parameters))


class UnlockedStore(PlantedStore):
    """The dropped lock."""

    transaction_class = UnlockedTransaction


class ForgetfulTransaction(BatchTransaction):
    """Loses the last entry of every tenth batch."""

    batches = itertools.count()

    async def store(self, changes: Changes) -> None:
        if changes.entries and next(self.batches) % 10 == 9:
            changes.entries.pop()
        await super().store(changes)


class ForgetfulStore(PlantedStore):
    """The entry that is not written."""

    transaction_class = ForgetfulTransaction


class _DiskFull(OSError):
    """What the planted commit fails with."""


class HastyStore(PlayStore):
    """Every tenth commit fails: harmless for an engine that answers after the commit."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.commits = itertools.count()

    @asynccontextmanager
    async def begin(self, agent_id: int) -> AsyncIterator[BatchTransaction]:
        async with super().begin(agent_id) as transaction:
            yield transaction
            if next(self.commits) % 10 == 9:
                raise _DiskFull("no space left")


class HastyEngine(Engine):
    """Answers before the commit."""

    async def _attempt(
        self, agent_id: int, batch: list[_Pending], *, wait: bool, line: _Line | None = None
    ) -> list[_Pending]:
        async with self._store.begin(agent_id) as transaction:
            outcomes, held = await self._decide(transaction, agent_id, batch, wait)
            for pending, outcome in outcomes:
                pending.resolve(outcome)
        return held
