"""A search reaches rounds by keys that are there anyway, however many there are: what PostgreSQL reads for a page is counted."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from explained import Explained

from pitboss.bench.stored import fill
from pitboss.bench.world import build_world
from pitboss.storage.database import APP_ROLE, Database
from pitboss.storage.rounds import search
from pitboss.storage.rounds.search import RoundFilter, WantedState

TRANSACTIONS = 24_000
GROWING = ("transaction", "round", "wallet", "player", "entry")


@pytest.fixture
async def much(database_url: str, tmp_path: Path) -> Any:
    """A database in which much was played: its address, the agent, and a message far down."""
    world = await build_world(database_url, tmp_path, players=20)
    await fill(database_url, world, TRANSACTIONS, lambda _: None)
    conn = await asyncpg.connect(database_url)
    try:
        await conn.execute("VACUUM ANALYZE")
        agent_id = world.seats[0][0].agent_id
        row = await conn.fetchrow(
            "SELECT t.*, w.user_in_game, r.number AS round_number FROM transaction t JOIN wallet w ON w.id = t.wallet_id"
            " JOIN round r ON r.wallet_id = t.wallet_id AND r.round_id = t.round_id WHERE t.kind = 'win'"
            " ORDER BY t.id OFFSET $1 LIMIT 1",
            TRANSACTIONS // 4,
        )
        yield agent_id, row
    finally:
        await conn.close()


async def test_every_search_reads_little_of_much(database_url: str, much: Any) -> None:
    agent_id, row = much
    searches = {
        RoundFilter(): 600,
        RoundFilter(player=row["user_in_game"]): 600,
        RoundFilter(since=row["at"]): 600,
        RoundFilter(until=row["at"]): 600,
        RoundFilter(until=row["at"], game_id=row["game_id"], state=WantedState.FINISHED): 600,
        RoundFilter(transaction=row["provider_tx_id"]): 40,
        RoundFilter(transaction=row["id"].hex): 40,
        RoundFilter(transaction=row["wallet_tx_id"].hex): 40,
        RoundFilter(round=row["round_id"], player=row["user_in_game"]): 40,
        RoundFilter(state=WantedState.UNKNOWN): 40,
        RoundFilter(state=WantedState.REFUSED, player=row["user_in_game"]): 40,
        # Twenty players had a round of that name.
        RoundFilter(round=row["round_id"]): 400,
        # Numbers are no keys: all that was said to a player, or what arrived since.
        RoundFilter(round=str(row["round_number"]), player=row["user_in_game"]): 3 * TRANSACTIONS // 20,
        RoundFilter(transaction=str(row["number"]), until=datetime.now(UTC)): 4 * TRANSACTIONS,
    }  # fmt: skip
    database = await Database.open(database_url, APP_ROLE, size=1)
    try:
        for wanted, most in searches.items():
            async with database.tenant(agent_id) as conn:
                explained = Explained(conn, GROWING)
                page = await search.search(explained, agent_id, wanted)  # type: ignore[arg-type]
            assert explained.slow == [], wanted
            assert explained.touched <= most, (wanted, explained.touched)
            assert page.rows or wanted.state in (WantedState.UNKNOWN, WantedState.REFUSED), wanted
    finally:
        await database.close()


async def test_an_agents_rounds_are_as_many_as_its_database_has(database_url: str, much: Any) -> None:
    agent_id, _ = much
    database, found, cursor = await Database.open(database_url, APP_ROLE, size=1), [], None
    try:
        while True:
            async with database.tenant(agent_id) as conn:
                page = await search.search(conn, agent_id, RoundFilter(), cursor, 200)
            found += [row[:3] for row in page.rows]
            cursor = page.older
            if cursor is None:
                break
    finally:
        await database.close()
    assert len(found) == len(set(found)) == TRANSACTIONS // 2
