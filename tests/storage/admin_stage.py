"""An owner's desk over a fresh database: what the administration's tests share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pitboss.domain.agents.entry import NewAgent
from pitboss.domain.catalogue import AgentType, Catalogue
from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.catalogue.new_provider import NewProvider
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.engine.arrivals import Arrivals
from pitboss.storage.agents import CreatedAgent, create_agent
from pitboss.storage.catalogue.games import Imported, import_games
from pitboss.storage.catalogue.providers import CreatedProvider, create_provider
from pitboss.storage.catalogue.snapshot import load_catalogue
from pitboss.storage.database import Connection, Database
from pitboss.storage.process import next_process_number
from pitboss.storage.secrets import SecretBox, ensure_master_key, open_box

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class Desk:
    conn: Connection
    box: SecretBox
    arrivals: Arrivals

    async def agent(self, name: str = "One", **changes: object) -> CreatedAgent:
        members: dict[str, object] = {"name": name, "type": AgentType.TRANSFER, "currencies": (CurrencyWish("EUR"),)}
        new = NewAgent(**{**members, **changes})  # type: ignore[arg-type]
        return await create_agent(
            self.conn, self.box, new, EVERYWHERE_INSIDE, actor="test", now=NOW, number=self.arrivals.number
        )

    async def provider(self, code: str = "acme", **changes: object) -> CreatedProvider:
        new = NewProvider(code=code, **changes)  # type: ignore[arg-type]
        url = "http://127.0.0.1:8080/wallet"
        return await create_provider(self.conn, self.box, new, EVERYWHERE_INSIDE, actor="test", now=NOW, wallet_url=url)

    async def games(self, code: str, document: object) -> Imported:
        return await import_games(self.conn, code, document, EVERYWHERE_INSIDE, actor="test", now=NOW)

    async def catalogue(self) -> Catalogue:
        return await load_catalogue(self.conn, self.box)


@asynccontextmanager
async def open_desk(database_url: str, key_dir: Path) -> AsyncIterator[Desk]:
    database = await Database.open(database_url, None, size=1)
    try:
        async with database.anyone() as conn:
            await ensure_master_key(conn, key_dir)
            box = await open_box(conn, None)
            yield Desk(conn, box, Arrivals(await next_process_number(conn)))
    finally:
        await database.close()
