"""What support does for and against players: block, let in again, end what they play. Counts from the next batch on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from pitboss.domain.invalid import Invalid
from pitboss.domain.limits.player_limits import PlayerLimits
from pitboss.domain.money import Currency, format_decimal
from pitboss.domain.tags import (
    MAX_NAME,
    MAX_TEXT,
    MOST_OF_A_PLAYER,
    NotAsExpected,
    TagChange,
    TagValue,
    TooManyTags,
    change_tags,
)
from pitboss.storage import statements
from pitboss.storage.audit import act
from pitboss.storage.database import Connection
from pitboss.storage.players.happenings import leave_player_change
from pitboss.storage.players.limits import Limited, lock_limits, read_limited, store_limits
from pitboss.storage.players.sessions import end_sessions_of, stop_games_of
from pitboss.storage.players.tags import lock_tags, store_tags


class WalletSeen(NamedTuple):
    """One wallet of a player; minor units of a currency with `scale` decimals."""

    currency: str
    scale: int
    balance: int
    bonus_balance: int


class SessionSeen(NamedTuple):
    """A session that has not ended; without its token, which would let its reader in."""

    provider: str
    game: str | None
    currency: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PlayerSeen:
    """A player as support sees one."""

    agent_id: int
    player_id: str
    username: str
    display_name: str | None
    country: str
    blocked: bool
    created_at: datetime
    wallets: tuple[WalletSeen, ...]
    sessions: tuple[SessionSeen, ...]


async def block_player(
    conn: Connection, agent_id: int, username: str, blocked: bool, *, actor: str, now: datetime
) -> None:
    """Stop a player from staking, or let it again. Wins still reach it. Again is no error. Raises Invalid."""
    async with act(conn, actor, now, reload=False) as under_way:
        player_id = await _find(conn, agent_id, username)
        changed = await conn.fetchval(
            "UPDATE player SET blocked = $3 WHERE agent_id = $1 AND player_id = $2 AND blocked <> $3 RETURNING true",
            agent_id,
            player_id,
            blocked,
        )
        if changed:
            await leave_player_change(conn, agent_id, player_id, {"is_blocked": blocked}, now)
        if blocked:
            await stop_games_of(conn, agent_id, player_id, "player_blocked", now)
        action = "player.block" if blocked else "player.unblock"
        await under_way.record(action, player_id, {"username": username}, agent_id)


async def end_sessions(
    conn: Connection, agent_id: int, username: str, reason: str, *, actor: str, now: datetime
) -> int:
    """End all open sessions of a player and answer how many there were. Raises Invalid."""
    async with act(conn, actor, now, reload=False) as under_way:
        player_id = await _find(conn, agent_id, username)
        ended = await end_sessions_of(conn, agent_id, player_id, reason, now)
        detail = {"username": username, "ended": ended, "reason": reason}
        await under_way.record("session.end", player_id, detail, agent_id)
        return ended


async def see_player(conn: Connection, agent_id: int, username: str, now: datetime) -> PlayerSeen:
    """A player with its wallets and open sessions, in one snapshot. Raises Invalid."""
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        seen = await read_player(conn, agent_id, await _find(conn, agent_id, username), now)
        assert seen is not None
        return seen


async def read_player(conn: Connection, agent_id: int, player_id: str, now: datetime) -> PlayerSeen | None:
    """The same by its playerId, in the caller's transaction; None where the agent has no such player."""
    row = await conn.fetchrow(
        "SELECT agent_id, player_id, username, display_name, country, blocked, created_at FROM player"
        " WHERE agent_id = $1 AND player_id = $2",
        agent_id,
        player_id,
    )
    if row is None:
        return None
    wallets = await conn.fetch(statements.sql("wallets/of_player"), agent_id, player_id)
    sessions = await conn.fetch(
        "SELECT p.code, g.code, s.currency, s.created_at, s.expires_at FROM session s"
        " JOIN provider p ON p.id = s.provider_id LEFT JOIN game g ON g.id = s.game_id"
        " WHERE s.agent_id = $1 AND s.player_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3"
        " ORDER BY s.created_at DESC LIMIT 100",
        agent_id, player_id, now,
    )  # fmt: skip
    return PlayerSeen(
        **row, wallets=tuple(WalletSeen(*w) for w in wallets), sessions=tuple(SessionSeen(*s) for s in sessions)
    )


async def read_currencies(conn: Connection) -> Mapping[str, Currency]:
    """All currencies there are, by code."""
    return {row[0]: Currency(*row) for row in await conn.fetch("SELECT code, scale FROM currency")}


async def set_tag(
    conn: Connection, agent_id: int, username: str, name: str, value: TagValue | None, *, actor: str, now: datetime
) -> None:
    """Give a player's tag a value, or with None take it away. Again is no error. Raises Invalid."""
    if not name.isprintable() or name != name.strip() or not 1 <= len(name) <= MAX_NAME:
        raise Invalid("name", f"must be 1 to {MAX_NAME} printable characters, without spaces at the ends")
    if isinstance(value, str) and (len(value) > MAX_TEXT or not value.isprintable()):
        raise Invalid("value", f"must be at most {MAX_TEXT} printable characters")
    async with act(conn, actor, now, reload=False) as under_way:
        player_id = await _find(conn, agent_id, username)
        before = await lock_tags(conn, agent_id, player_id)
        if value is None:
            after = {kept: tag for kept, tag in before.items() if kept != name}
        else:
            changed = change_tags(before, [TagChange(name, value)], replace=False)
            if isinstance(changed, TooManyTags):
                raise Invalid("name", f"would be more than {MOST_OF_A_PLAYER} of the player's")
            assert not isinstance(changed, NotAsExpected), "nothing was expected of it"
            after = dict(changed)
        await store_tags(conn, agent_id, player_id, before, after, now)
        told = format_decimal(value) if isinstance(value, Decimal) else value
        await under_way.record("player.tag", player_id, {"username": username, "tag": name, "value": told}, agent_id)


async def currency_of(conn: Connection, agent_id: int, username: str, code: str | None) -> Currency:
    """What a player's limits are in: the currency named, else the player's, else the agent's base currency. Raises Invalid."""
    player_id = await _find(conn, agent_id, username)
    row = await conn.fetchrow(
        "SELECT c.code, c.scale FROM player p JOIN agent a ON a.id = $1"
        " JOIN agent_currency o ON o.agent_id = $1 AND o.currency = coalesce($3, p.currency, a.base_currency)"
        " JOIN currency c ON c.code = o.currency WHERE p.agent_id = $1 AND p.player_id = $2",
        agent_id, player_id, code,
    )  # fmt: skip
    if row is None:
        raise Invalid("currency", "is none of the agent's")
    return Currency(*row)


async def see_limits(conn: Connection, agent_id: int, username: str) -> tuple[Limited, Mapping[str, Currency]]:
    """A player's own limits, what is used of them, and the currencies there are. Raises Invalid."""
    player_id = await _find(conn, agent_id, username)
    known = await read_limited(conn, agent_id, [player_id])
    return known[player_id], await read_currencies(conn)


async def change_limits(
    conn: Connection,
    agent_id: int,
    username: str,
    change: Callable[[PlayerLimits], PlayerLimits],
    *,
    actor: str,
    now: datetime,
) -> tuple[Limited, Mapping[str, Currency]]:
    """Set a player's own limits to what `change` makes of them; then what `see_limits` tells. Raises Invalid, as `change` may."""
    async with act(conn, actor, now, reload=False) as under_way:
        player_id = await _find(conn, agent_id, username)
        known = await lock_limits(conn, agent_id, player_id, now)
        changed = known._replace(limits=change(known.limits))
        await store_limits(conn, agent_id, player_id, changed.limits)
        detail = {
            "username": username,
            "limits": {" ".join(name).strip(): held.value for name, held in sorted(changed.limits.limits.items())},
            "cool_off_until": _iso(changed.limits.cool_off_until.value),
            "self_excluded_until": _iso(changed.limits.self_excluded_until.value),
        }
        await under_way.record("player.limits", player_id, detail, agent_id)
        return changed, await read_currencies(conn)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


async def _find(conn: Connection, agent_id: int, username: str) -> str:
    player_id: str | None = await conn.fetchval(
        "SELECT player_id FROM player WHERE agent_id = $1 AND username = $2", agent_id, username
    )
    if player_id is not None:
        return player_id
    if not await conn.fetchval("SELECT 1 FROM agent WHERE id = $1", agent_id):
        raise Invalid("agent", f"there is no agent {agent_id}")
    raise Invalid("username", f"agent {agent_id} has no player {username[:40]!r}")
