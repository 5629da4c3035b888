"""Unsettled calls to seamless operators, as the recovery worker takes them: by turns, each held by one worker for a lease.

And as a person does: what is parked goes out again, what an operator kept is cancelled again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pitboss.domain.invalid import Invalid
from pitboss.domain.seamless.call import LEASE, Call, CallKind, Phase, find_call, next_place, turn_in_round
from pitboss.domain.seamless.outlook import why_not_now
from pitboss.domain.seamless.reconcile import Held
from pitboss.domain.seamless.words import undo_words
from pitboss.storage import statements
from pitboss.storage.audit import act
from pitboss.storage.database import Connection


class Taken(NamedTuple):
    """A call that this worker has, and whose wallet it is about."""

    user_in_game: str
    call: Call


async def agents_with_due(conn: Connection, now: datetime) -> list[int]:
    """Agents with a call that somebody should send now."""
    return [row[0] for row in await conn.fetch(statements.sql("operator_calls/agents_with_due"), now)]


async def take_due(conn: Connection, agent_id: int, now: datetime, most: int) -> list[Taken]:
    """Up to `most` due calls, taken until LEASE from `now`; of each round only the first."""
    rows = await conn.fetch(statements.sql("operator_calls/take_due"), agent_id, now, now + LEASE, most)
    return [Taken(row[0], _call(tuple(row)[1:])) for row in rows]


async def make_all_due(conn: Connection, agent_id: int, now: datetime) -> None:
    """An operator answers again: what waits for it is due at once."""
    await conn.execute(statements.sql("operator_calls/all_due"), agent_id, now)


async def make_due(conn: Connection, agent_id: int, wanted: Call, *, actor: str, now: datetime) -> None:
    """A person will not wait until a call is due: the worker tries it next. Raises Invalid where that cannot be, or need not."""
    async with act(conn, actor, now, reload=False) as under_way:
        key = (wanted.wallet_id, wanted.provider_id, wanted.kind, wanted.subject)
        if await conn.fetchval(statements.sql("operator_calls/make_due"), agent_id, *key, now) is None:
            raise Invalid("call", _why_not(await of_wallet(conn, agent_id, wanted.wallet_id), wanted, now))
        detail = {"call": wanted.kind, "subject": wanted.subject}
        await under_way.record("recovery.try_now", wanted.reference, detail, agent_id)


def _why_not(calls: tuple[Call, ...], wanted: Call, now: datetime) -> str:
    call = find_call(calls, wanted.provider_id, wanted.kind, wanted.subject)
    if call is None:
        return "is settled already"
    if call.is_taken(now):
        return "is being tried at this moment"
    return why_not_now(call) or "is due already"


async def parked(conn: Connection, agent_id: int) -> list[Taken]:
    """What waits for a person, the oldest first; taken by nobody."""
    rows = await conn.fetch(statements.sql("operator_calls/parked"), agent_id)
    return [Taken(row[0], _call(tuple(row)[1:])) for row in rows]


async def unpark(conn: Connection, agent_id: int, wanted: Call, now: datetime) -> Taken | None:
    """A parked call is under way again, from its beginning, and taken where it is its turn in its round. None: it is not parked any
    more. In a transaction of the caller's."""
    user_in_game, calls = await _lock(conn, agent_id, wanted.wallet_id)
    call = find_call(calls, wanted.provider_id, wanted.kind, wanted.subject)
    if call is None or call.phase is not Phase.PARKED:
        return None
    again = call._replace(phase=Phase.ASK, due=now, asked_at=now, tries=0)
    if call.kind is CallKind.BET:
        # A bet is parked only while it is made void, and is never sent again.
        again = again._replace(phase=Phase.VOID_AGAIN if await _is_canceled(conn, agent_id, call) else Phase.VOID)
    if turn_in_round(calls, again):
        again = again._replace(taken_until=now + LEASE)
    await conn.execute(
        statements.sql("operator_calls/unpark"), agent_id, call.wallet_id, call.provider_id, call.kind, call.subject,
        again.phase, now, again.taken_until,
    )  # fmt: skip
    if call.kind in (CallKind.WIN, CallKind.REFUND):
        await conn.execute(
            statements.sql("operator_calls/unpark_transaction"), agent_id, call.provider_id, call.subject
        )
    return Taken(user_in_game, again)


async def open_cancel(conn: Connection, agent_id: int, held: Held, now: datetime) -> Taken | None:
    """A cancel of what is void here and stands with the operator, taken. None: something is under way about it. In a transaction of
    the caller's. It moves nothing here."""
    user_in_game, calls = await _lock(conn, agent_id, held.wallet_id)
    if any(find_call(calls, held.provider_id, kind, held.provider_tx_id) for kind in (held.kind, CallKind.CANCEL)):
        return None
    words = undo_words(held.user_id, held.number, held.round_number, None, held.game_id)
    call = Call(
        held.provider_id, held.wallet_id, CallKind.CANCEL, held.provider_tx_id, held.round_id, next_place(calls), held.id, 0,
        words, now, Phase.ASK, now, now + LEASE, 0, None,
    )  # fmt: skip
    if not turn_in_round(calls, call):
        call = call._replace(taken_until=None)
    await conn.execute(statements.sql("operator_calls/insert"), agent_id, *call)
    return Taken(user_in_game, call)


async def of_wallet(conn: Connection, agent_id: int, wallet_id: int) -> tuple[Call, ...]:
    """A wallet's unsettled calls, in their order."""
    rows = await conn.fetch(statements.sql("play/load_calls"), agent_id, [wallet_id])
    return tuple(_call(tuple(row)) for row in rows)


async def _lock(conn: Connection, agent_id: int, wallet_id: int) -> tuple[str, tuple[Call, ...]]:
    user_in_game: str = await conn.fetchval(statements.sql("operator_calls/lock_wallet"), agent_id, wallet_id)
    return user_in_game, await of_wallet(conn, agent_id, wallet_id)


async def _is_canceled(conn: Connection, agent_id: int, call: Call) -> bool:
    state = await conn.fetchval(statements.sql("operator_calls/state_of"), agent_id, call.provider_id, call.subject)
    return bool(state == "canceled")


def _call(row: Sequence[Any]) -> Call:
    return Call(*row)._replace(kind=CallKind(row[2]), phase=Phase(row[10]))
