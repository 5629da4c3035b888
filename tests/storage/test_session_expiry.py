"""The worker ends sessions whose time is over, and only those."""

from datetime import UTC, datetime, timedelta

import asyncpg

from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.players.sessions import end_expired

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


async def test_only_expired_sessions_end(database_url: str) -> None:
    owner = await asyncpg.connect(database_url)
    for agent in (1, 2):
        player = f"aaaa{agent}00000000001"
        await owner.execute(
            "INSERT INTO player VALUES ($1, $2, 'ana1', NULL, '', false, NULL, NULL, $3)", agent, player, NOW
        )
        await owner.execute(
            "INSERT INTO wallet (agent_id, id, user_in_game, player_id, currency) VALUES ($1, 7, $2, $3, 'EUR')",
            agent, f"{player}-EUR", player,
        )  # fmt: skip
        for place, left in enumerate((-2, -1, 1)):
            await owner.execute(
                "INSERT INTO session (agent_id, token, player_id, wallet_id, provider_id, currency, created_at, expires_at)"
                " VALUES ($1, $2, $3, 7, 1, 'EUR', $4, $5)",
                agent, f"token{agent}{place:020}", player, NOW - timedelta(days=1), NOW + timedelta(hours=left),
            )  # fmt: skip
    await owner.execute("UPDATE session SET ended_at = created_at, end_reason = 'logout' WHERE token LIKE 'token1%0'")
    worker = await Database.open(database_url, WORKER_ROLE, size=1)
    try:
        assert await end_expired(worker, NOW)
        assert not await end_expired(worker, NOW)
    finally:
        await worker.close()
    rows = await owner.fetch(
        "SELECT agent_id, end_reason, ended_at = expires_at AS at_its_time FROM session ORDER BY token"
    )
    await owner.close()
    assert [tuple(row) for row in rows] == [
        (1, "logout", False), (1, "expired", True), (1, None, None),
        (2, "expired", True), (2, "expired", True), (2, None, None),
    ]  # fmt: skip
