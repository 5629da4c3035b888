"""Bonuses that were given: campaigns, what players have of them, and what became of them.

For the partner API: `give_grant`, `active_bonuses`, `non_active_bonuses`; removal goes through the engine
(`pitboss.engine.bonuses.remove_bonus`). A campaign's `code` is the wallet protocol's `campaign_code` and the partner API's
`bonusInstanceCode`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import asyncpg

from pitboss.domain.bonus.gift import Gift
from pitboss.storage import statements
from pitboss.storage.database import Connection

YEAR = timedelta(days=365)
MOST_NON_ACTIVE = 500


class Receiver(NamedTuple):
    """A player who gets a gift: its wallet in the gift's currency, and the id of its grant (32 hex digits)."""

    player_id: str
    wallet_id: int
    grant_id: str


class Given(NamedTuple):
    """A campaign, made now (`new`) or before under the same reference. `same`: by the same words."""

    id: str
    code: str
    new: bool
    same: bool = True


class Campaign(NamedTuple):
    """One gift as it is stored; amounts in minor units of `currency`. `players`: username, userInGame and how many free stakes were
    used, in the order of names."""

    id: UUID
    code: str
    reference: str
    template: str
    kind: str
    provider_id: int
    games: tuple[int, ...]
    currency: str
    value: int
    stakes: int
    multiplier: Decimal
    valid_from: datetime
    use_by: datetime
    created_at: datetime
    canceled_at: datetime | None
    studio_state: str
    studio_id: str | None
    players: tuple[tuple[str, str, int], ...]


class BonusSeen(NamedTuple):
    """One player's bonus, for its agent; amounts in minor units of `currency`."""

    username: str
    code: str
    template: str
    name: str
    kind: str
    state: str
    currency: str
    games: tuple[int, ...]
    value: int
    stakes: int
    used: int
    balance: int
    required: int
    counted: int
    converted: int
    valid_from: datetime
    use_by: datetime
    expires_at: datetime
    created_at: datetime
    closed_at: datetime | None

    @property
    def remaining(self) -> int:
        """Free stakes left; none once it is over."""
        return self.stakes - self.used if self.state == "active" else 0

    @property
    def remaining_wagering(self) -> int:
        """What must still be staked."""
        return max(self.required - self.counted, 0)


async def give_grant(
    conn: Connection,
    agent_id: int,
    campaign_id: str,
    code: str,
    gift: Gift,
    receivers: Sequence[Receiver],
    now: datetime,
) -> Given:
    """Record a gift for these players, within the caller's transaction; its studio is told afterwards
    (`pitboss.providers.grants`). The same reference again is the campaign that was recorded first, and nothing changes."""
    made = await conn.fetchval(
        statements.sql("bonus/give_campaign"), agent_id, campaign_id, code, gift.reference, gift.said, gift.template, gift.name,
        gift.kind.value, gift.provider_id, gift.games, gift.wager_games, gift.currency, gift.value, gift.stakes, gift.multiplier,
        gift.max_conversion, gift.valid_from, gift.use_by, gift.expires_at, now,
    )  # fmt: skip
    if made is None:
        row = await conn.fetchrow(statements.sql("bonus/by_reference"), agent_id, gift.reference)
        assert row is not None, "what stood in the way of this campaign is committed"
        return Given(row["id"].hex, row["code"], False, row["said"] == gift.said)
    # In the order of the wallets, like every batch, so that two gifts to the same players cannot wait for each other for ever.
    for receiver in sorted(receivers, key=lambda receiver: receiver.wallet_id):
        await conn.execute(statements.sql("bonus/mark_wallet"), agent_id, receiver.wallet_id)
        await conn.execute(
            statements.sql("bonus/give_grant"), agent_id, receiver.grant_id, campaign_id, code, receiver.wallet_id,
            receiver.player_id, now, gift.use_by, gift.expires_at,
        )  # fmt: skip
    return Given(campaign_id, code, True)


async def find_campaign(conn: Connection, agent_id: int, campaign_id: str) -> Campaign | None:
    """A campaign by its id (32 hex digits)."""
    row = await conn.fetchrow(statements.sql("bonus/campaign"), agent_id, campaign_id)
    return None if row is None else _campaign(row)


async def campaigns_of(
    conn: Connection, agent_id: int, username: str, currency: str, begins: datetime | None, ends: datetime | None
) -> list[Campaign]:
    """A player's free spins in a currency that could be used within a time, newest first, at most a thousand."""
    rows = await conn.fetch(statements.sql("bonus/campaigns_of"), agent_id, username, currency, begins, ends)
    return [_campaign(row) for row in rows]


async def payouts_of(
    conn: Connection, agent_id: int, username: str, currency: str, codes: Sequence[str]
) -> Mapping[str, int]:
    """What a player's free stakes have won so far by campaign code, minor units; campaigns without winnings are left out."""
    rows = await conn.fetch(statements.sql("bonus/payouts_of"), agent_id, username, currency, list(codes))
    return {row["code"]: row["payout"] for row in rows}


def _campaign(row: asyncpg.Record) -> Campaign:
    members = dict(row)
    players = tuple((username, name, used) for username, name, used in json.loads(members.pop("players")))
    return Campaign(**members | {"games": tuple(row["games"]), "players": players})


async def active_bonuses(conn: Connection, agent_id: int, username: str | None) -> list[BonusSeen]:
    """Bonuses that are not over, of one player or of all, newest first; at most a thousand."""
    rows = await conn.fetch(statements.sql("bonus/active"), agent_id, username)
    return [_seen(row) for row in rows]


async def non_active_bonuses(conn: Connection, agent_id: int, username: str | None, now: datetime) -> list[BonusSeen]:
    """Bonuses issued in the last year that are over (`state` says why), at most 500, what ended last comes first."""
    rows = await conn.fetch(statements.sql("bonus/over"), agent_id, username, now - YEAR, MOST_NON_ACTIVE)
    return [_seen(row) for row in rows]


def _seen(row: asyncpg.Record) -> BonusSeen:
    return BonusSeen(**dict(row) | {"games": tuple(row["games"])})


class PlayersBonus(NamedTuple):
    """Where a player's bonus is: its wallet's userInGame, and the bonus's state and campaign."""

    user_in_game: str
    state: str
    campaign_id: UUID


async def find_bonus(conn: Connection, agent_id: int, username: str, code: str) -> PlayersBonus | None:
    """A player's bonus of this code, whatever became of it."""
    row = await conn.fetchrow(statements.sql("bonus/of_player"), agent_id, username, code)
    return None if row is None else PlayersBonus(*row)


async def open_grants_of(conn: Connection, agent_id: int, campaign_id: str) -> list[str]:
    """The userInGame of all who still have something of a campaign."""
    rows = await conn.fetch(statements.sql("bonus/open_of_campaign"), agent_id, campaign_id)
    return [row[0] for row in rows]


async def cancel_campaign(conn: Connection, agent_id: int, campaign_id: str, now: datetime) -> bool:
    """Note that the campaign is called off and that its studio must hear of it; False when it was before."""
    return await conn.fetchval(statements.sql("bonus/cancel_campaign"), agent_id, campaign_id, now) is not None


class DueGrant(NamedTuple):
    """A player's bonus whose time is over."""

    agent_id: int
    user_in_game: str
    code: str


async def due_grants(conn: Connection, now: datetime, most: int) -> list[DueGrant]:
    """Bonuses of all agents that should end by now."""
    rows = await conn.fetch(statements.sql("bonus/due_grants"), now, most)
    return [DueGrant(*row) for row in rows]


class StudioCall(NamedTuple):
    """What a studio is to be told of a campaign: everything in `grant`, or, when `cancel`, that it is over."""

    agent_id: int
    id: UUID
    code: str
    kind: str
    provider_id: int
    games: tuple[int, ...]
    currency: str
    value: int
    stakes: int
    valid_from: datetime
    use_by: datetime
    cancel: bool
    users: tuple[str, ...]
    tries: int


async def claim_calls(
    conn: Connection, agent_id: int, campaign_id: str | None, now: datetime, until: datetime, most: int
) -> list[StudioCall]:
    """Calls to studios that are due, theirs until `until`: of one campaign, due or not, or of any."""
    rows = await conn.fetch(statements.sql("bonus/claim_calls"), agent_id, campaign_id, now, until, most)
    return [
        StudioCall(**dict(row) | {"games": tuple(row["games"]), "users": tuple(json.loads(row["users"]))})
        for row in rows
    ]


async def agents_with_calls(conn: Connection, now: datetime) -> list[int]:
    """Agents with calls to studios that are due."""
    return [row[0] for row in await conn.fetch(statements.sql("bonus/agents_with_calls"), now)]


async def settle_call(
    conn: Connection, call: StudioCall, state: str, studio_id: str | None, error: str | None, due: datetime | None
) -> None:
    """What came of a call: the campaign's new state with its studio, or when to try again. A campaign that was called off
    meanwhile stays so."""
    await conn.execute(
        statements.sql("bonus/settle_call"), call.agent_id, call.id, "canceling" if call.cancel else "asking", state, studio_id,
        error, due,
    )  # fmt: skip
