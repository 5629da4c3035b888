"""Short ways to read what reports are made of, and to let the workers move."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from agent_stage import Stage
from pitboss.storage.database import Database
from pitboss.storage.play.relay import JournalRelay
from pitboss.storage.reports.quarters import keep_up, one_snapshot
from pitboss.storage.reports.sums import Wanted, add_up_reports
from reports import naive

KEYS = ("player_id", "quarter", "provider_id", "game_id", "currency")
LONG_AGO, FAR_OFF = datetime.fromisoformat("2000-01-01T00:00Z"), datetime.fromisoformat("2100-01-01T00:00Z")


async def moved(worker: Database) -> None:
    """Until the journals hold everything."""
    while await JournalRelay(worker).move_all():
        pass


async def rolled_up(worker: Database) -> None:
    """Until the roll-ups hold everything."""
    await moved(worker)
    async with worker.anyone() as conn:
        while await keep_up(conn):
            pass


async def told(stage: Stage, agent_id: int) -> dict[naive.Key, naive.Line]:
    """Roll-ups and what is behind them, in the oracle's words."""
    async with stage.hub.database.tenant(agent_id) as conn:
        await one_snapshot(conn)
        rows = await add_up_reports(conn, agent_id, Wanted(LONG_AGO, FAR_OFF, KEYS, "EUR"))
    found: dict[naive.Key, naive.Line] = {}
    for row in rows:
        base = {name: Fraction(value) for name, value in row.base.items()}
        found[row.keys] = {name: row.counts[name] for name in naive.COUNTS} | {
            name: row.minor[name] for name in naive.AMOUNTS
        }
        found[row.keys] |= {
            "base_turnover": base["turnover"], "base": base["turnover"] - base["winnings"] - base["jackpot_winnings"],
            "base_promo": base["promo_winnings"],
        }  # fmt: skip
    return {key: line for key, line in found.items() if any(line.values())}


async def expected(stage: Stage, agent_id: int) -> dict[naive.Key, naive.Line]:
    """The oracle's figures of what is in the ledger now."""
    rows: list[Any] = await stage.owner.fetch(naive.ALL, agent_id)
    scales = {row["code"]: row["scale"] for row in await stage.owner.fetch("SELECT code, scale FROM currency")}
    return naive.figures(rows, scales)
