"""What happened to players' wallets in play, newest first (the agent API, "history").

Order: a wallet's own numbering where one wallet is asked for, since neither ids nor clocks are in commit order; the time
of arrival across wallets.
"""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from pitboss.domain import ids
from pitboss.storage import statements
from pitboss.storage.database import Connection

_SETTLED_LATE = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class HistoryFilter(NamedTuple):
    """What to look for; None means all. `since` and `until` include their ends. `offset` items are passed over."""

    player_id: str | None
    game_id: int | None
    round_id: str | None
    since: datetime | None
    until: datetime | None
    limit: int
    offset: int


class HistoryRow(NamedTuple):
    """A bet, win, refund or cancel that moved, or could have moved, money. Amounts are signed minor units of `currency`."""

    id: uuid.UUID
    wallet_tx_id: uuid.UUID
    number: int
    kind: str
    provider_id: int
    provider_tx_id: str
    game_id: int | None
    round_id: str | None
    reason: str | None
    review: str | None
    real_amount: int
    bonus_amount: int
    balance_before: int
    balance_after: int
    settle_rate: Decimal | None
    at: datetime
    user_in_game: str
    currency: str
    player_id: str
    username: str


async def read_history(conn: Connection, agent_id: int, wanted: HistoryFilter) -> list[HistoryRow]:
    """One page of an agent's history. Needs a transaction of the tenant."""
    # A plan made for any filter would read every row; one made for these reads the index alone where it can.
    await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    path, parameters = await _query(conn, agent_id, wanted)
    if path is None:
        return []
    return [HistoryRow(*row) for row in await conn.fetch(statements.sql(path), agent_id, *parameters)]


class Happened(NamedTuple):
    """Anything that moved a wallet, transfers among it; signed minor units of a currency with `scale` decimals."""

    id: uuid.UUID
    at: datetime
    kind: str
    is_cancel: bool
    provider_id: int
    provider_tx_id: str
    game_id: int | None
    round_id: str | None
    reason: str | None
    real_amount: int
    bonus_amount: int
    balance_after: int
    currency: str
    scale: int

    @property
    def is_adjustment(self) -> bool:
        """Whether somebody of the house put a balance right (domain/ledger/adjustment.py)."""
        return self.kind in ("deposit", "withdraw") and self.reason is not None


async def newest_of_player(conn: Connection, agent_id: int, player_id: str, most: int) -> list[Happened]:
    """What happened last to a player's wallets, newest first."""
    rows = await conn.fetch(statements.sql("history/newest"), agent_id, player_id, most)
    return [Happened(*row) for row in rows]


async def _query(conn: Connection, agent_id: int, wanted: HistoryFilter) -> tuple[str | None, tuple[Any, ...]]:
    rest = wanted[1:]
    if wanted.player_id is None:
        lower = _id_at(wanted.since, -_SETTLED_LATE)
        return "history/in_time", (lower, *rest, _id_at(wanted.until, _SETTLED_LATE))
    rows = await conn.fetch(statements.sql("wallets/used_by_player"), agent_id, wanted.player_id)
    wallets = [row[0] for row in rows]
    if not wallets:
        return None, ()
    if len(wallets) == 1:
        return "history/of_wallet", (wallets[0], *rest)
    return "history/of_wallets", (wallets, *rest)


def _id_at(moment: datetime | None, margin: timedelta) -> uuid.UUID | None:
    """An id of that moment, moved by the margin; None where there is no bound, or none within the time that ids can tell."""
    if moment is None:
        return None
    microseconds = (moment - _EPOCH + margin) // timedelta(microseconds=1)
    nanoseconds = microseconds * 1000
    return uuid.UUID(ids.time_ordered_id(nanoseconds, 0)) if 0 <= nanoseconds < 1 << 63 else None
