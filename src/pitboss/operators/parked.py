"""What waits for a person goes out again, and is settled as any call is (docs/operations.md, "Agreeing with seamless agents")."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from pitboss.domain.seamless.call import Call, Phase, find_call
from pitboss.engine.hub import Hub
from pitboss.storage.audit import Act
from pitboss.storage.database import Connection
from pitboss.storage.operator_calls import unsettled
from pitboss.storage.operator_calls.unsettled import Taken

Auditing = Callable[[], AbstractAsyncContextManager[Act]]
"""Opens a transaction with the audit in it."""


async def send_again(hub: Hub, agent_id: int, call: Call, auditing: Auditing) -> str | None:
    """A parked call goes out again, now or when its turn in its round has come; the worker goes on with it. None: it is not parked
    any more."""
    taken = await take_again(agent_id, call, auditing)
    return None if taken is None else await carry(hub, agent_id, taken)


async def take_again(agent_id: int, call: Call, auditing: Auditing) -> Taken | None:
    """The first half: it is parked no more, but this process's to `carry`, after a lease a worker's. None: it was not parked."""
    async with auditing() as act:
        taken = await unsettled.unpark(act.conn, agent_id, call, act.now)
        if taken is not None:
            detail = {"call": call.kind, "subject": call.subject, "user_in_game": taken.user_in_game}
            await act.record("parked.retry", call.reference, detail, agent_id)
    return taken


async def carry(hub: Hub, agent_id: int, taken: Taken) -> str:
    """The second half: send it, with no transaction open, and store what came of it. What was done, in words."""
    if taken.call.taken_until is None:
        return "sent again in its turn"
    await hub.seamless.carry(agent_id, taken.user_in_game, taken.call)
    return f"{taken.call.message()[0]} sent again"


async def what_is_left(conn: Connection, agent_id: int, call: Call) -> str | None:
    """How it stands now, in words; None: it is settled."""
    left = find_call(
        await unsettled.of_wallet(conn, agent_id, call.wallet_id), call.provider_id, call.kind, call.subject
    )
    if left is None or left.phase is Phase.VOID_AGAIN:
        # It is canceled there; that it will be once more is what any void bet gets.
        return None
    return f"{left.phase}: {left.last_error or 'waits for its turn'}"
