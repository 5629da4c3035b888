"""Bet limit sets chosen for a player, by provider and category; a batch loads them with the player."""

import json
from collections.abc import Mapping

from pitboss.storage import statements
from pitboss.storage.database import Connection

Chosen = Mapping[str, Mapping[str, list[str]]]
"""Ids of sets, by the provider's id (as text) and the category."""


async def read_bet_limits(conn: Connection, agent_id: int, player_id: str) -> Chosen:
    """What was chosen for a player; empty where the defaults hold."""
    text: str | None = await conn.fetchval(statements.sql("players/bet_limits"), agent_id, player_id)
    chosen: Chosen = json.loads(text) if text else {}
    return chosen


async def set_bet_limits(
    conn: Connection, agent_id: int, player_id: str, provider_id: int, categories: Mapping[str, list[str]]
) -> None:
    """Choose sets for categories of a provider; no ids: the default again. Within the caller's transaction."""
    text: str | None = await conn.fetchval(statements.sql("players/lock_bet_limits"), agent_id, player_id)
    chosen = json.loads(text) if text else {}
    provider = str(provider_id)
    of_provider = {category: ids for category, ids in {**chosen.get(provider, {}), **categories}.items() if ids}
    chosen[provider] = of_provider
    kept = {code: by_category for code, by_category in chosen.items() if by_category}
    await conn.execute(
        statements.sql("players/set_bet_limits"), agent_id, player_id, json.dumps(kept) if kept else None
    )
