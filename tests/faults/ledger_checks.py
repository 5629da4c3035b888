"""What the books must say whoever kept them: read by SQL of the tests' own, never by the code under test."""

from collections.abc import Mapping

import asyncpg

from pitboss.bench.world import World
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.play.relay import JournalRelay
from pitboss.storage.verify import Finding, verify

# Wallets say what they hold; all other accounts are what their entries make. Together that is nothing, at every instant.
_SNAPSHOT = """
SELECT
  (SELECT COALESCE(sum(balance), 0) FROM wallet)
  + (SELECT COALESCE(sum(e.amount), 0) FROM entry e JOIN account a ON a.agent_id = e.agent_id AND a.id = e.to_account)
  - (SELECT COALESCE(sum(e.amount), 0) FROM entry e JOIN account a ON a.agent_id = e.agent_id AND a.id = e.from_account)
    AS total,
  (SELECT count(*) FROM wallet WHERE balance < 0) AS negative,
  (SELECT COALESCE(sum(w.version), 0) FROM wallet w WHERE w.player_id IS NOT NULL)
  - (SELECT count(*) FROM transaction WHERE wallet_version IS NOT NULL AND wallet_id IN (
      SELECT id FROM wallet WHERE player_id IS NOT NULL)) AS unexplained_versions
"""


async def snapshot_problems(conn: asyncpg.Connection) -> list[str]:
    """What one consistent read of a running ledger finds wrong."""
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        row = await conn.fetchrow(_SNAPSHOT)
    assert row is not None
    return [f"{name} is {value}, not 0" for name, value in row.items() if value]


async def balances(database_url: str, world: World) -> dict[str, int]:
    """What every player's wallet holds, by userInGame."""
    conn = await asyncpg.connect(database_url)
    try:
        rows = await conn.fetch("SELECT user_in_game, balance FROM wallet WHERE player_id IS NOT NULL")
    finally:
        await conn.close()
    held = {row["user_in_game"]: row["balance"] for row in rows}
    return {seat.user_in_game: held[seat.user_in_game] for seats in world.seats for seat in seats}


def differences(expected: Mapping[str, int], found: Mapping[str, int]) -> list[str]:
    """Wallets that hold something else than those who moved the money counted."""
    return [f"{name}: {found[name]}, not {value}" for name, value in expected.items() if found[name] != value]


async def move_events(database_url: str) -> int:
    """Let the relay move everything that waits."""
    database = await Database.open(database_url, WORKER_ROLE, size=1)
    try:
        moved = 0
        while more := await JournalRelay(database).move_all():
            moved += more
        return moved
    finally:
        await database.close()


async def audit(database_url: str) -> list[Finding]:
    """What `pitboss verify` finds."""
    database = await Database.open(database_url, role=None, size=1)
    try:
        return await verify(database)
    finally:
        await database.close()


async def journal_problems(database_url: str) -> list[str]:
    """Numbers without a gap, and every wallet's events in the order of its versions."""
    conn = await asyncpg.connect(database_url)
    try:
        gaps = await conn.fetch(
            "SELECT agent_id, seq, row_number() OVER (PARTITION BY agent_id ORDER BY seq) AS place FROM journal"
        )
        order = await conn.fetch(
            "SELECT agent_id || ' ' || (event ->> 'user_in_game') AS wallet, (event ->> 'wallet_version')::bigint AS version"
            " FROM journal ORDER BY agent_id, seq"
        )
    finally:
        await conn.close()
    problems = [
        f"agent {row['agent_id']}: {row['seq']} at place {row['place']}" for row in gaps if row["seq"] != row["place"]
    ]
    last: dict[str, int] = {}
    for row in order:
        if row["version"] is not None and row["version"] <= last.get(row["wallet"], 0):
            problems.append(f"{row['wallet']}: version {row['version']} after {last[row['wallet']]}")
        if row["version"] is not None:
            last[row["wallet"]] = row["version"]
    return problems
