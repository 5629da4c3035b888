"""What a database must hold by what studios were told: each transaction once, as acknowledged, and nothing else."""

from collections import Counter

import asyncpg

from pitboss.bench.world import World
from studio import Memory, Sent

# What the row of a transaction may say, by the last word its studio got of it.
_STATES = {"OK": {"ok"}, "CANCELED": {"canceled", "refused"}, "OP_41": {"tombstone"}}


async def contradictions(database_url: str, world: World, memory: Memory) -> list[str]:
    """One line for each thing that was told and is not so, or is so and was never asked for."""
    conn = await asyncpg.connect(database_url)
    try:
        rows = await conn.fetch(
            "SELECT t.provider_tx_id, t.is_cancel, t.kind, t.state, t.real_amount, t.told, w.user_in_game"
            " FROM transaction t JOIN wallet w ON w.agent_id = t.agent_id AND w.id = t.wallet_id WHERE t.provider_id = $1",
            world.provider_id,
        )
    finally:
        await conn.close()
    stored = {row["provider_tx_id"]: row for row in rows if not row["is_cancel"]}
    times = Counter((row["provider_tx_id"], row["is_cancel"]) for row in rows)
    problems = [f"{tx_id}: stored {count} times" for (tx_id, _), count in times.items() if count > 1]
    problems += [f"{row['provider_tx_id']}: nobody sent it" for row in rows if row["provider_tx_id"] not in memory.sent]
    for sent in memory.sent.values():
        problems += _contradiction(sent, stored.get(sent.tx_id))
    return problems + [f"{sent}: never known" for sent in memory.unknown()] + memory.odd


def _contradiction(sent: Sent, row: asyncpg.Record | None) -> list[str]:
    if row is None:
        return [f"{sent}: not stored"]
    if row["state"] not in _STATES.get(sent.verdict or "", {"refused"}):
        return [f"{sent}: is {row['state']}"]
    if row["user_in_game"] != sent.user:
        return [f"{sent}: stored for {row['user_in_game']}"]
    moved = sent.amount if sent.kind == "WIN" else -sent.amount
    if row["state"] in ("ok", "canceled") and (row["kind"] != sent.kind.lower() or row["real_amount"] != moved):
        return [f"{sent}: stored as {row['kind']} of {row['real_amount']}"]
    if sent.told is not None and row["told"] != sent.told:
        return [f"{sent}: stored with the answer {row['told']}"]
    return []
