"""Players' own limits and the counters beside their wallets, stored.

Only players that have limits have rows here, and only for them does anybody look: `player.limited` tells.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from pitboss.domain.limits.player_limits import Held, LimitKind, LimitName, Pending, Period, PlayerLimits, period_start
from pitboss.domain.limits.use import PeriodUse, Standing, Use
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.packing import array_text
from pitboss.storage.players.players import lock_player

_COOL_OFF, _SELF_EXCLUSION = "coolOff", "selfExclusion"
_ID, _AT = 1, 5
_COUNTERS = ("", "_deposited", "_staked", "_lost", "_played_us")
_NAMES = (
    *("use_player", "use_currency", "use_last_stake_at"),
    *(f"use_{period}{counter}" for period in Period for counter in _COUNTERS),
)


class Limited(NamedTuple):
    """A player's limits, and what each of its wallets has used, by currency."""

    limits: PlayerLimits
    uses: Mapping[str, Use]

    def standing(self, currency: str) -> Standing:
        """What decides about the wallet in `currency`."""
        others = tuple(use for code, use in self.uses.items() if code != currency)
        return Standing(self.limits, currency, self.uses.get(currency, Use()), others)


async def read_limited(conn: Connection, agent_id: int, players: Sequence[str]) -> dict[str, Limited]:
    """Limits and counters of these players (their playerIds), whether they have any or not."""
    limits: dict[str, dict[LimitName, Held[int]]] = defaultdict(dict)
    for row in await conn.fetch(statements.sql("limits/limits"), agent_id, players):
        name = LimitName(LimitKind(row[1]), Period(row[2]), row[3])
        limits[row[0]][name] = Held(row[4], Pending(row[5], row[6]) if row[6] else None)
    away: dict[tuple[str, str], Held[datetime]] = {}
    for row in await conn.fetch(statements.sql("limits/away"), agent_id, players):
        away[row[0], row[1]] = Held(row[2], Pending(row[3], row[4]) if row[4] else None)
    uses: dict[str, dict[str, Use]] = defaultdict(dict)
    for row in await conn.fetch(statements.sql("limits/uses"), agent_id, players):
        uses[row[0]][row[1]] = _use(tuple(row[2:]))
    return {
        player: Limited(
            PlayerLimits(
                limits[player], away.get((player, _COOL_OFF), Held()), away.get((player, _SELF_EXCLUSION), Held())
            ),
            uses[player],
        )
        for player in players
    }


async def find_standing(conn: Connection, agent_id: int, player_id: str, currency: str) -> Standing | None:
    """What limits the player in a currency; None for most, who have no limits."""
    if not await conn.fetchval(statements.sql("limits/is_limited"), agent_id, player_id):
        return None
    return (await read_limited(conn, agent_id, [player_id]))[player_id].standing(currency)


async def lock_limits(conn: Connection, agent_id: int, player_id: str, now: datetime) -> Limited:
    """The same of one player, for who is about to change its limits: nobody else does, and no stake is taken, until the transaction
    ends. Counters of one that had no limits until now tell what it played since its month, and week, began."""
    await lock_player(conn, agent_id, player_id)
    was_limited = await conn.fetchval(statements.sql("limits/is_limited"), agent_id, player_id)
    wallets = await conn.fetch(statements.sql("limits/lock_wallets_of"), agent_id, player_id)
    if not was_limited:
        uses = await _recount(conn, agent_id, [(row[0], row[1]) for row in wallets], now)
        await _put_uses(conn, agent_id, [use_row(player_id, currency, use, now) for currency, use in uses.items()])
    return (await read_limited(conn, agent_id, [player_id]))[player_id]


async def store_limits(conn: Connection, agent_id: int, player_id: str, limits: PlayerLimits) -> None:
    """Write the limits of a player that `lock_limits` has locked."""
    await conn.execute(statements.sql("limits/drop_limits"), agent_id, player_id)
    rows = [
        (agent_id, player_id, *(part.value for part in name[:2]), name.currency, *_held(held))
        for name, held in limits.limits.items()
    ]
    await conn.executemany(statements.sql("limits/put_limit"), rows)
    await conn.execute(statements.sql("limits/drop_away"), agent_id, player_id)
    away = {_COOL_OFF: limits.cool_off_until, _SELF_EXCLUSION: limits.self_excluded_until}
    aways = [(agent_id, player_id, kind, *_held(held)) for kind, held in away.items() if not held.empty]
    await conn.executemany(statements.sql("limits/put_away"), aways)
    await conn.execute(statements.sql("limits/set_limited"), agent_id, player_id, bool(rows or aways))


def _held(held: Held[Any]) -> tuple[Any, Any, Any]:
    pending = held.pending
    return held.value, pending.value if pending else None, pending.since if pending else None


def use_values(rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """Parameters of the piece `limits/put_uses` for rows made by `use_row`."""
    return dict(zip(_NAMES, map(array_text, zip(*rows, strict=True)), strict=True))


def use_row(player_id: str, currency: str, use: Use, now: datetime) -> tuple[Any, ...]:
    """A wallet's counters as they are written."""
    counters = (value for period in Period for value in use.of(period, now))
    return (player_id, currency, use.last_stake_at, *counters)


async def _put_uses(conn: Connection, agent_id: int, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        values = {"agent_id": agent_id, **use_values(rows)}
        statement = statements.alone("limits/put_uses")
        await conn.execute(statement.sql, *(values[name] for name in statement.parameters))


def _use(columns: tuple[Any, ...]) -> Use:
    last_stake_at, *counters = columns
    periods = {period: PeriodUse(*counters[place * 5 : place * 5 + 5]) for place, period in enumerate(Period)}
    return Use(periods, last_stake_at)


async def _recount(
    conn: Connection, agent_id: int, wallets: Sequence[tuple[int, str]], now: datetime
) -> dict[str, Use]:
    """Counters of a player's wallets (id, currency), by currency."""
    since = min(period_start(period, now) for period in Period)
    story: list[tuple[Any, ...]] = []
    for wallet_id, currency in wallets:
        rows = await conn.fetch(statements.sql("limits/played_since"), agent_id, wallet_id, _midnight(since, now))
        story += [(currency, *row) for row in rows]
    # As it happened, whichever wallet it was: the time from stake to stake is the player's.
    story.sort(key=lambda told: (told[_AT], told[_ID]))
    return _count([currency for _, currency in wallets], story)


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), now.tzinfo)


def _count(currencies: Iterable[str], story: Iterable[tuple[Any, ...]]) -> dict[str, Use]:
    uses = {currency: Use() for currency in currencies}
    for currency, _, kind, state, amount, at, round_at in story:
        use = uses[currency]
        if kind == "bet":
            others = (other.last_stake_at for code, other in uses.items() if code != currency)
            use = use.attempted(at, max((last for last in others if last is not None), default=None))
            if state == "ok":
                use = use.staked(-amount, at)
        elif state == "ok" and kind == "win":
            use = use.won(amount, at)
        elif state == "ok" and kind == "refund":
            use = use.returned(amount, round_at or at, at)
        elif state == "ok" and kind == "deposit":
            use = use.deposited(amount, at)
        uses[currency] = use
    return uses
