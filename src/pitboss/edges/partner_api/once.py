"""requestId: a write happens once, and every repetition gets the first answer, byte for byte.

The answer is stored in the transaction that did the work, under a key that lets one of many at once through. What was done is
remembered, and so are verdicts on the state of things (409). A request that could not be read, a player or game that is not there
(400, 404), and what failed (429, 500) leave nothing: the same requestId may be tried again, corrected or not.

Work that is a transaction of its own (Elsewhere) comes between two: one claims the requestId, one remembers the answer. When it
failed, or its process died, the requestId stays that request's and may be tried again as it was.
"""

from collections.abc import Awaitable, Callable, Mapping

from pitboss.edges.partner_api.call import Act, Afterwards, Elsewhere, Write, WriteCall
from pitboss.storage.database import Connection
from pitboss.storage.partner_requests import Answered, claim_request, find_answer, keep_answer, lock_answer, undoable
from pitboss.wire.partner_api import ErrorCode, PartnerError, digest, encode_data


async def once(
    call: WriteCall, operation: str, request_id: str, members: Mapping[str, object], write: Write
) -> Answered:
    """The answer to a request, made now or before. Raises PartnerError, DUPLICATE_REQUEST among them, and Busy."""
    said = digest(operation, members)
    async with call.tenant() as connection:
        known = await find_answer(connection, call.agent.id, request_id)
    if known is None or known.open_to(said):
        known = await _do(call, operation, request_id, said, await write(call))
    if known.said != said:
        raise PartnerError(ErrorCode.DUPLICATE_REQUEST, field="requestId")
    return known


async def _do(call: WriteCall, operation: str, request_id: str, said: bytes, act: Act | Elsewhere) -> Answered:
    """What this request, or another that was quicker, is answered."""
    agent_id = call.agent.id
    if isinstance(act, Elsewhere):
        async with call.tenant() as connection:
            if not await claim_request(connection, agent_id, request_id, operation, said, call.now):
                known = await lock_answer(connection, agent_id, request_id)
                if not known.open_to(said):
                    return known
        await act.work()
        act = act.act
    async with call.tenant() as connection:
        known, then = await _settle(call, connection, operation, request_id, said, act)
    error = await then() if then is not None else None
    if error is not None:
        known = Answered(said, error.status, error.body(request_id))
        async with call.tenant() as connection:
            await keep_answer(connection, agent_id, request_id, known.status, known.body)
    return known


async def _settle(
    call: WriteCall, connection: Connection, operation: str, request_id: str, said: bytes, act: Act
) -> tuple[Answered, Callable[[], Awaitable[PartnerError | None]] | None]:
    agent_id = call.agent.id
    if not await claim_request(connection, agent_id, request_id, operation, said, call.now):
        known = await lock_answer(connection, agent_id, request_id)
        if not known.open_to(said):
            return known, None
    then = None
    try:
        async with undoable(connection):
            data = await act(connection)
            if isinstance(data, Afterwards):
                data, then = data
            answered = Answered(said, 200, encode_data(request_id, data))
    except PartnerError as verdict:
        if verdict.status != 409:
            raise
        answered = Answered(said, verdict.status, verdict.body(request_id))
    await keep_answer(connection, agent_id, request_id, answered.status, answered.body)
    return answered, then
