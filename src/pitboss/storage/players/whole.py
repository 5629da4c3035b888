"""All there is to tell of one player, of one instant."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pitboss.domain.tags import TagValue
from pitboss.storage.bonuses.given import BonusSeen, active_bonuses, non_active_bonuses
from pitboss.storage.database import Database
from pitboss.storage.events.reading import Insight, one_instant, player_insight
from pitboss.storage.play.history import Happened, newest_of_player
from pitboss.storage.players.limits import Limited, read_limited
from pitboss.storage.players.support import PlayerSeen, read_player
from pitboss.storage.players.tags import read_tags


class PlayerWhole(NamedTuple):
    """`active` and `over`: bonuses, as their agent is told. `happened`: what happened last, newest first. `insight`: what events
    say, None where none has come yet."""

    player: PlayerSeen
    tags: Mapping[str, TagValue]
    limited: Limited
    active: Sequence[BonusSeen]
    over: Sequence[BonusSeen]
    happened: Sequence[Happened]
    insight: Insight | None


async def read_whole_player(
    database: Database, agent_id: int, player_id: str, now: datetime, most: int
) -> PlayerWhole | None:
    """A player by its playerId, `most` of what happened to it; None where the agent has no such player."""
    async with one_instant(database, agent_id) as conn:
        # Bonuses are found for one player or for all; a plan made for either would read all.
        await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        player = await read_player(conn, agent_id, player_id, now)
        if player is None:
            return None
        return PlayerWhole(
            player,
            await read_tags(conn, agent_id, player_id),
            (await read_limited(conn, agent_id, [player_id]))[player_id],
            await active_bonuses(conn, agent_id, player.username),
            await non_active_bonuses(conn, agent_id, player.username, now),
            await newest_of_player(conn, agent_id, player_id, most),
            await player_insight(conn, agent_id, player_id),
        )
