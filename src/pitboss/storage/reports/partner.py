"""What the partner API's reports read: transactions and their ledger lines, rounds, balances now and at an earlier moment.

All need a transaction of the tenant. An id begins with the time its command arrived: bounds on it keep a report on one day from
reading years.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from pitboss.domain import ids
from pitboss.storage import statements
from pitboss.storage.database import Connection

_SETTLED_LATE = timedelta(days=31)
"""A seamless agent's wallet may answer long after it was first asked."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_ID = 2**63 - 1


class Wanted(NamedTuple):
    """Which transactions: of [since, until), None means all. `offset` rows are passed over."""

    since: datetime
    until: datetime
    player_id: str | None
    game_id: int | None
    limit: int
    offset: int


class TransactionRow(NamedTuple):
    """A bet, win, refund or cancel. Amounts are signed minor units of `currency`."""

    id: uuid.UUID
    wallet_tx_id: uuid.UUID
    number: int
    kind: str
    state: str
    provider_id: int
    provider_tx_id: str
    game_id: int | None
    round_id: str | None
    reason: str | None
    said: str
    real_amount: int
    bonus_amount: int
    balance_before: int
    balance_after: int
    told: int
    at: datetime
    currency: str
    player_id: str
    username: str


class Line(NamedTuple):
    """What a transaction moved of real, or of bonus money."""

    transaction: TransactionRow
    in_bonus: bool


class RoundRow(NamedTuple):
    """One player's part of a round; minor units of `currency`."""

    provider_id: int
    wallet_id: int
    round_id: str
    number: int
    game_id: int | None
    staked: int
    returned: int
    won: int
    finished: bool
    bets: int
    opened_at: datetime
    changed_at: datetime
    user_in_game: str
    currency: str
    player_id: str
    username: str


class OpenRound(NamedTuple):
    """A round nobody has finished. `waits`: for a seamless agent's wallet; `plays`: the player is with the studio."""

    round: RoundRow
    waits: bool
    plays: bool


class Balances(NamedTuple):
    """Minor units of one currency: the agent's own wallet, its players' real and bonus money."""

    agent: int
    players: int
    bonus: int


async def read_transactions(conn: Connection, agent_id: int, wanted: Wanted) -> tuple[list[TransactionRow], int]:
    """One page in the order of arrival, and how many there are in all."""
    found = await _parameters(conn, agent_id, wanted)
    if found is None:
        return [], 0
    total = await conn.fetchrow(statements.sql("partner_reports/count_transactions"), *found)
    rows = await conn.fetch(statements.sql("partner_reports/transactions"), *found, wanted.limit, wanted.offset)
    return [TransactionRow(*row) for row in rows], total[0] if total else 0


async def read_lines(conn: Connection, agent_id: int, wanted: Wanted) -> tuple[list[Line], int]:
    """The same of the ledger's lines; what moved nothing has none."""
    found = await _parameters(conn, agent_id, wanted)
    if found is None:
        return [], 0
    total = await conn.fetchrow(statements.sql("partner_reports/count_transactions"), *found)
    rows = await conn.fetch(statements.sql("partner_reports/lines"), *found, wanted.limit, wanted.offset)
    return [Line(TransactionRow(*tuple(row)[:-1]), row[-1]) for row in rows], total[1] if total else 0


async def _parameters(conn: Connection, agent_id: int, wanted: Wanted) -> tuple[Any, ...] | None:
    # A plan made for any filter would read every row; one made for these reads the index alone where it can.
    await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    wallets = None
    if wanted.player_id is not None:
        wallets = [
            row[0] for row in await conn.fetch(statements.sql("wallets/used_by_player"), agent_id, wanted.player_id)
        ]
        if not wallets:
            return None
    first, last = _id_at(wanted.since, -_SETTLED_LATE), _id_at(wanted.until, timedelta(days=1))
    return agent_id, first, last, wanted.since, wanted.until, wallets, wanted.game_id


def _id_at(moment: datetime, margin: timedelta) -> uuid.UUID:
    """The first id of a time; `moment` may be any there is, the margin reaches beyond."""
    nanoseconds = (moment - _EPOCH + margin) // timedelta(microseconds=1) * 1000
    return uuid.UUID(ids.time_ordered_id(min(max(nanoseconds, 0), _LAST_ID), 0))


async def find_rounds(
    conn: Connection, agent_id: int, provider_id: int, round_id: str, game_id: int, username: str | None
) -> list[RoundRow]:
    """The parts of a round, of one player or of all; no more than two."""
    await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    path = statements.sql("partner_reports/rounds")
    return [RoundRow(*row) for row in await conn.fetch(path, agent_id, provider_id, round_id, game_id, username)]


async def transactions_of_round(conn: Connection, agent_id: int, found: RoundRow) -> list[TransactionRow]:
    """What happened in it, in order; what was refused too."""
    path = statements.sql("partner_reports/of_round")
    rows = await conn.fetch(path, agent_id, found.wallet_id, found.provider_id, found.round_id)
    return [TransactionRow(*row) for row in rows]


async def read_open_rounds(
    conn: Connection,
    agent_id: int,
    untouched_since: datetime | None,
    opened: tuple[datetime | None, datetime | None],
    page: tuple[int, int],
    now: datetime,
) -> tuple[list[OpenRound], int]:
    """One page (limit, offset) of rounds that are open, the longest untouched first, and how many there are."""
    await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    common = (agent_id, untouched_since, *opened)
    total: int = await conn.fetchval(statements.sql("partner_reports/count_open_rounds"), *common)
    rows = await conn.fetch(statements.sql("partner_reports/open_rounds"), *common, *page, now)
    return [OpenRound(RoundRow(*tuple(row)[:-2]), row[-2], row[-1]) for row in rows], total


async def read_balances(conn: Connection, agent_id: int, as_of: datetime | None) -> Mapping[str, Balances]:
    """By currency, as they are, or as they were before `as_of`. Needs one snapshot (`quarters.one_snapshot`)."""
    rows = await conn.fetch(statements.sql("partner_reports/balances_now"), agent_id)
    found = {row[0]: Balances(int(row[1] or 0), int(row[2] or 0), int(row[3] or 0)) for row in rows}
    if as_of is None:
        return found
    since = (agent_id, _id_at(as_of, -_SETTLED_LATE), as_of)
    for code, agent, players in await conn.fetch(statements.sql("partner_reports/moved_since"), *since):
        known = found[code]
        found[code] = known._replace(agent=known.agent - int(agent), players=known.players - int(players))
    for code, bonus in await conn.fetch(statements.sql("partner_reports/bonus_moved_since"), *since):
        found[code] = found[code]._replace(bonus=found[code].bonus - int(bonus))
    return found
