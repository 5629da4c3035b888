"""Fills a database with play that never was, consistent to the last row: for measurements over much data, never for a hub at work.

Every player of an agent, in turn, stakes 1.00 and then wins 0.95, over the days before now. Rows are those the hub would have
written (transactions, entries, rounds, journal, roll-ups), so that `pitboss verify` and the reports hold over them.
"""

import asyncio
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from pitboss.domain import ids
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.process import next_process_number
from pitboss.storage.reports.quarters import reader_of

DAYS = 30
_CHUNK = 250_000
_PATIENCE = 3600.0
_PIECES = ("transactions", "entries", "rounds", "journal")
_EPOCH = datetime.fromisoformat("1970-01-01T00:00Z")


class Table(NamedTuple):
    """Where it is played: an agent's players, each with one wallet, at one game."""

    agent_id: int
    provider_id: int
    game_id: int
    house: int


async def invent_play(
    conn: Connection, others: list[Connection], table: Table, wanted: int, now: datetime, say: Callable[[str], None]
) -> int:
    """How many transactions were made: `wanted`, or a few less, so that every player had as many rounds. Needs owners' connections
    (`others` work beside the first), a journal that has everything told, and no hub at work."""
    seats = await conn.fetchval(
        "SELECT count(*) FROM wallet WHERE agent_id = $1 AND player_id IS NOT NULL", table.agent_id
    )
    total: int = wanted - wanted % (2 * seats)
    if not total:
        return 0
    head = await conn.fetchval(
        "SELECT COALESCE(max(last_seq), 0) FROM journal_head WHERE agent_id = $1", table.agent_id
    )
    step_us = timedelta(days=DAYS) // timedelta(microseconds=1) // total
    # A quarter of an hour is left, so that nothing measured afterwards meets it.
    start_us = (now - timedelta(minutes=15) - _EPOCH) // timedelta(microseconds=1) - step_us * total
    number = ids.number(await next_process_number(conn), 0)
    place = (*table, number)
    # Pieces beside one another: no table waits for another, there is no key between them.
    jobs = itertools.chain.from_iterable(
        ((piece, first, min(first + _CHUNK, total)) for piece in _PIECES) for first in range(0, total, _CHUNK)
    )

    async def work(connection: Connection) -> None:
        await connection.execute("SET synchronous_commit = off")
        for piece, first, last in jobs:
            more = (head,) if piece == "journal" else ()
            statement = statements.sql("invented_play/turns") + statements.sql(f"invented_play/{piece}")
            await connection.execute(statement, *place, first, last, start_us, step_us, *more, timeout=_PATIENCE)
            if piece == "journal":
                say(f"{last:,} transactions stored")

    await asyncio.gather(*(work(connection) for connection in (conn, *others)))
    await _finish(conn, table.agent_id, total // seats, head + total)
    return total


async def _finish(conn: Connection, agent_id: int, turns: int, head: int) -> None:
    for piece in ("player_quarters", "game_quarters", "revenue"):
        await conn.execute(statements.sql(f"invented_play/{piece}"), agent_id, 0, timeout=_PATIENCE)
    async with conn.transaction():
        await conn.execute(statements.sql("invented_play/wallets"), agent_id, turns)
        await conn.execute(
            "INSERT INTO journal_head VALUES ($1, $2) ON CONFLICT (agent_id) DO UPDATE SET last_seq = excluded.last_seq",
            agent_id,
            head,
        )
        for reader in (reader_of(0), "game_figures", "balance_pushes"):
            await conn.execute(
                "INSERT INTO journal_cursor VALUES ($1, $2, $3)"
                " ON CONFLICT (agent_id, reader) DO UPDATE SET last_seq = excluded.last_seq",
                agent_id, reader, head,
            )  # fmt: skip


async def balances_of(conn: Connection, agent_id: int) -> dict[int, int]:
    """What each player's wallet holds, minor units, by the wallet's id."""
    rows = await conn.fetch("SELECT id, balance FROM wallet WHERE agent_id = $1 AND player_id IS NOT NULL", agent_id)
    return {row[0]: row[1] for row in rows}


async def sampled_difference(conn: Connection, agent_id: int) -> str | None:
    """What the roll-ups of one day say otherwise than its transactions, of those told by themselves alone; None when they agree."""
    day = await conn.fetchval(
        "SELECT date_trunc('day', max(quarter)) - interval '3 days' FROM game_quarter WHERE agent_id = $1", agent_id
    )
    rolled = await conn.fetchrow(
        "SELECT sum(bets), sum(turnover), sum(wins), sum(winnings) FROM game_quarter WHERE agent_id = $1"
        " AND quarter >= $2::timestamptz AND quarter < $2::timestamptz + interval '1 day'",
        agent_id, day, timeout=_PATIENCE,
    )  # fmt: skip
    direct = await conn.fetchrow(
        "SELECT count(*) FILTER (WHERE kind = 'bet'), -sum(real_amount) FILTER (WHERE kind = 'bet'),"
        " count(*) FILTER (WHERE kind = 'win'), sum(real_amount) FILTER (WHERE kind = 'win') FROM transaction"
        " WHERE agent_id = $1 AND provider_id <> 0 AND at >= $2::timestamptz AND at < $2::timestamptz + interval '1 day'",
        agent_id, day, timeout=_PATIENCE,
    )  # fmt: skip
    assert rolled is not None and direct is not None
    if tuple(rolled) == tuple(direct):
        return None
    return f"roll-ups of {day:%Y-%m-%d}: {tuple(rolled)}, transactions: {tuple(direct)}"
