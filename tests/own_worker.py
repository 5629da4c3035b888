"""The worker's turns that make events of what happened, one after the other until nothing is left."""

from datetime import UTC, datetime

from pitboss.storage.database import Database
from pitboss.storage.own_events import journals
from pitboss.storage.own_events.before import tell_before
from pitboss.storage.own_events.games import tell_games
from pitboss.storage.play.relay import JournalRelay
from pitboss.storage.verify import Finding, verify


class OwnWorker:
    def __init__(self, database: Database, owner: Database) -> None:
        self.database = database
        self._owner = owner

    async def catch_up(self) -> None:
        """Until the event store holds all that happened."""
        while await JournalRelay(self.database).move_all():
            pass
        async with self.database.anyone() as conn:
            while await journals.keep_up(conn, datetime.now(UTC)):
                pass

    async def tell_games(self) -> None:
        async with self.database.anyone() as conn:
            while await tell_games(conn, datetime.now(UTC)):
                pass

    async def tell_before(self) -> None:
        async with self.database.anyone() as conn:
            while await tell_before(conn, datetime.now(UTC)):
                pass

    async def findings(self) -> list[Finding]:
        return await verify(self._owner)
