"""Who stands behind a token, and what a wallet holds: the reads of authenticate and balance."""

from datetime import datetime
from typing import NamedTuple

from pitboss.storage import statements
from pitboss.storage.database import Database


class Standing(NamedTuple):
    """A session with its player and wallet as they are now. `told`: minor units of `currency`, bonus money included; of a seamless
    player the hub has none of its own, and the last two are what its operator knows player (None: not told yet) and session by."""

    provider_id: int
    game_id: int | None
    expires_at: datetime
    ended: bool
    user_in_game: str
    currency: str
    username: str
    display_name: str | None
    country: str
    blocked: bool
    told: int
    player_id: str
    operator_user_id: str | None
    operator_token: str | None

    def __repr__(self) -> str:
        return f"Standing({self.user_in_game}, provider {self.provider_id}, game {self.game_id})"

    def admits(self, provider_id: int, now: datetime) -> bool:
        """Whether the session is this provider's and still open."""
        return not self.ended and self.provider_id == provider_id and now < self.expires_at


async def standing_of(database: Database, agent_id: int, token: str, now: datetime) -> Standing | None:
    """The session of a token, ended ones included; None when the agent has none such."""
    async with database.tenant(agent_id) as connection:
        row = await connection.fetchrow(statements.sql("identity/standing"), agent_id, token, now)
    return None if row is None else Standing(*row)


async def player_has_wallet(database: Database, agent_id: int, user_in_game: str) -> bool:
    """Whether a player of the agent is known by this userInGame."""
    async with database.tenant(agent_id) as connection:
        found = await connection.fetchval(statements.sql("identity/player_has_wallet"), agent_id, user_in_game)
    return found is not None
