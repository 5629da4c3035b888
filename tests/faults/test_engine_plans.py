"""How PostgreSQL reaches what a batch needs: by the whole key, however many rows there are and before it knows any statistics."""

import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from engines import open_desk

from pitboss.bench.world import World
from pitboss.storage import statements
from pitboss.storage.packing import array_text

_KEYS = {
    "transaction": "transaction_pkey",
    "round": "round_pkey",
    "session": "session_pkey",
    "player": "player_pkey",
    "wallet": "wallet_agent_id_user_in_game_key",
}
_BATCH = 64


def _scans(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Relation Name" in node:
        yield node
    for inner in node.get("Plans", []):
        yield from _scans(inner)


async def _plan(conn: asyncpg.Connection, agent_id: int, path: str, *arguments: object) -> list[dict[str, Any]]:
    async with conn.transaction():
        await conn.execute(f"SET LOCAL ROLE pitboss_app; SET LOCAL app.agent_id = {agent_id}")
        text = await conn.fetchval(f"EXPLAIN (FORMAT JSON) {statements.sql(path)}", agent_id, *arguments)
    return list(_scans(json.loads(text)[0]["Plan"]))


@pytest.mark.parametrize("analyzed", [False, True])
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_batch_reaches_every_row_by_its_whole_key(
    database_url: str, world: World, analyzed: bool, mode: str
) -> None:
    seat = world.seats[0][0]
    async with open_desk(database_url, world) as desk:
        for number in range(200):
            await desk.engine.submit(desk.bet(seat, str(number), 1))
    conn = await asyncpg.connect(database_url)
    try:
        await conn.execute(f"SET plan_cache_mode = {mode}")
        # Of a table as small as this the planner would otherwise read every row.
        await conn.execute("SET enable_seqscan = off")
        if analyzed:
            await conn.execute("ANALYZE")
        names = [f"new-{number}" for number in range(_BATCH)]
        load = await _plan(
            conn, seat.agent_id, "play/load",
            *map(
                array_text,
                (
                    [world.provider_id] * _BATCH, [seat.wallet_id] * _BATCH, names, names, [seat.token] * _BATCH,
                    [seat.player_id] * _BATCH,
                ),
            ),
            _BATCH,
        )  # fmt: skip
        users = [player.user_in_game for player in world.seats[0]]
        # Without statistics the planner takes the way that spares the sort; the first ANALYZE ends that.
        lock = await _plan(conn, seat.agent_id, "play/lock_wallets", array_text(users)) if analyzed else []
    finally:
        await conn.close()
    assert {scan["Relation Name"] for scan in load} == {"transaction", "round", "session", "player"}
    for scan in [*load, *lock]:
        assert "Filter" not in scan, f"{scan['Relation Name']} is read and thrown away: {scan['Filter']}"
        assert scan["Index Name"] == _KEYS[scan["Relation Name"]]
