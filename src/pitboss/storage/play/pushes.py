"""What studios' open games have yet to be told: left in the transaction in which it happened, taken by a worker.

Told at least once or dropped when too old; news of the same subject replaces what was not told yet.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from pitboss.storage import statements
from pitboss.storage.database import Connection

END_SESSION, BALANCE_CHANGED = "endsession", "balancechanged"
MOST_AT_ONCE = 16


class Push(NamedTuple):
    """One piece of news for one studio. `subject`: the session's token, or the userInGame; `since`: when it happened (UTC)."""

    agent_id: int
    kind: str
    provider_id: int
    subject: str
    reason: str
    since: datetime
    again: int

    def __repr__(self) -> str:
        return f"Push({self.kind}, agent {self.agent_id}, provider {self.provider_id})"


class EndedSession(NamedTuple):
    """A session that is over, or that should be."""

    provider_id: int
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"EndedSession(provider {self.provider_id})"


async def leave_ended(
    conn: Connection, agent_id: int, ended: Iterable[EndedSession], reason: str, now: datetime
) -> None:
    """Let the open games of these sessions be told that they are over. In the transaction that ended them."""
    await conn.executemany(
        statements.sql("push/leave"),
        [
            (agent_id, END_SESSION, session.provider_id, session.token, reason, now)
            for session in ended
            if session.expires_at > now
        ],
    )


async def leave_balances(conn: Connection, agent_id: int, wallets: Sequence[str], now: datetime) -> None:
    """Let the studios where these wallets (userInGame) are being played with be told of their balance."""
    if not wallets:
        return
    rows = await conn.fetch(statements.sql("push/studios_of"), agent_id, wallets, now)
    await conn.executemany(
        statements.sql("push/leave"), [(agent_id, BALANCE_CHANGED, row[1], row[0], "", now) for row in rows]
    )


async def agents_due(conn: Connection, now: datetime, busy: Sequence[int]) -> list[int]:
    """Agents with news that are due, but for `busy` providers'."""
    return [row[0] for row in await conn.fetch(statements.sql("push/agents_due"), now, busy)]


async def claim(conn: Connection, agent_id: int, now: datetime, until: datetime, busy: Sequence[int]) -> list[Push]:
    """Some of an agent's. They are the caller's until `until`; then they are due again."""
    rows = await conn.fetch(statements.sql("push/claim"), agent_id, now, until, busy, MOST_AT_ONCE)
    return [Push(*row) for row in rows]


async def drop(conn: Connection, push: Push, now: datetime) -> None:
    """It was told, or nobody wants to hear it any more. Newer news of the same, come meanwhile, are due at once."""
    if await conn.fetchval(statements.sql("push/drop"), *push[:4], push.again) is None:
        await try_later(conn, push, now)


async def try_later(conn: Connection, push: Push, due: datetime) -> None:
    """It could not be told."""
    await conn.execute(statements.sql("push/try_later"), *push[:4], due)


async def told_balance(conn: Connection, push: Push) -> tuple[int, str] | None:
    """What the wallet of a balance's news holds now: minor units, bonus money included, and their currency."""
    row = await conn.fetchrow(statements.sql("push/told"), push.agent_id, push.subject)
    return None if row is None else (row[0], row[1])


class AskedOf(NamedTuple):
    """Whose balance a seamless agent's wallet is to be asked for: as it knows the player, and with which of its tokens."""

    operator_user_id: str
    operator_token: str | None
    currency: str

    def __repr__(self) -> str:
        return f"AskedOf({self.operator_user_id!r})"


async def asked_of(conn: Connection, push: Push, now: datetime) -> AskedOf | None:
    """None when no game is open there any more."""
    row = await conn.fetchrow(statements.sql("push/operators_own"), push.agent_id, push.subject, push.provider_id, now)
    return None if row is None else AskedOf(*row)
