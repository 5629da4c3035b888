"""Telling studios of gifts, and of gifts called off (studio protocol, `grant` and `cancelgrant`).

A campaign is in the books before its studio hears of it. Whoever recorded it may tell at once; what was not answered is told again
by the worker, under the same code, until the studio answers or the gift's time is over.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from pitboss.domain.catalogue import Catalogue
from pitboss.engine.bonuses import Open
from pitboss.providers import Connectors
from pitboss.providers.connector import Done, Failed, Grant, NotOffered
from pitboss.storage.bonuses import given
from pitboss.storage.bonuses.given import StudioCall
from pitboss.storage.database import DATABASE_ERRORS, Connection, Database
from pitboss.wire.studio import GrantStatus

log = structlog.get_logger()

CLAIMED_FOR = timedelta(seconds=15)
"""Longer than a call may take."""
_MOST_AT_ONCE = 20
_LONGEST_PAUSE_SECONDS = 60
_TOLD_LONGEST_AFTER = timedelta(days=1)

Answer = Done[str] | Done[GrantStatus] | NotOffered | Failed


async def tell_now(
    open_connection: Open,
    connectors: Connectors,
    catalogue: Catalogue,
    agent_id: int,
    campaign_id: str,
    clock: Callable[[], datetime],
) -> Answer | None:
    """Tell a campaign's studio what it has to know; what it answered, None when there is nothing to tell (any more)."""
    now = clock()
    async with open_connection() as connection:
        claimed = await given.claim_calls(connection, agent_id, campaign_id, now, now + CLAIMED_FOR, 1)
    if not claimed:
        return None
    answer = await _ask(connectors, catalogue, claimed[0])
    async with open_connection() as connection:
        await _settle(connection, claimed[0], answer, clock())
    return answer


async def _ask(connectors: Connectors, catalogue: Catalogue, call: StudioCall) -> Answer:
    provider = catalogue.providers.get(call.provider_id)
    if provider is None:
        return Failed("this process does not know the studio yet")
    connector = connectors.of(provider)
    if call.cancel:
        return await connector.cancel_grant(provider, call.code)
    games = tuple(catalogue.games[game_id] for game_id in call.games if game_id in catalogue.games)
    grant = Grant(
        call.code, call.kind, call.users, games, call.stakes, call.value, catalogue.currencies[call.currency], call.valid_from,
        call.use_by,
    )  # fmt: skip
    return await connector.grant(provider, grant)


async def _settle(connection: Connection, call: StudioCall, answer: Answer, now: datetime) -> None:
    if isinstance(answer, Failed) and answer.refusal is None and now < call.use_by + _TOLD_LONGEST_AFTER:
        pause = min(2 ** min(call.tries, 10), _LONGEST_PAUSE_SECONDS)
        state = "canceling" if call.cancel else "asking"
        await given.settle_call(connection, call, state, None, answer.reason, now + timedelta(seconds=pause))
        return
    error = answer.reason if isinstance(answer, Failed) else None
    if call.cancel:
        await given.settle_call(connection, call, "canceled", None, error, None)
    elif isinstance(answer, Done):
        assert isinstance(answer.answer, str)
        await given.settle_call(connection, call, "granted", answer.answer, None, None)
    else:
        await given.settle_call(connection, call, "refused", None, error or "the studio does not offer it", None)


class StudioGrants:
    """Tells what is due, of all agents. `refused(agent_id, campaign_id)` is called when a studio will not take a gift."""

    def __init__(
        self,
        database: Database,
        connectors: Connectors,
        catalogue: Callable[[], Awaitable[Catalogue | None]],
        clock: Callable[[], datetime],
        refused: Callable[[int, str], Awaitable[None]],
    ) -> None:
        self._database = database
        self._connectors = connectors
        self._catalogue = catalogue
        self._clock = clock
        self._refused = refused

    async def turn(self) -> bool:
        """Tell some of what is due; whether anything was."""
        catalogue = await self._catalogue()
        if catalogue is None:
            return False
        any_due = False
        async for call in self._claimed():
            any_due = True
            await self._tell(catalogue, call)
        return any_due

    async def _claimed(self) -> AsyncIterator[StudioCall]:
        async with self._database.anyone() as connection:
            agents = await given.agents_with_calls(connection, self._clock())
        for agent_id in agents:
            now = self._clock()
            async with self._database.anyone() as connection:
                calls = await given.claim_calls(connection, agent_id, None, now, now + CLAIMED_FOR, _MOST_AT_ONCE)
            for call in calls:
                yield call

    async def _tell(self, catalogue: Catalogue, call: StudioCall) -> None:
        try:
            answer = await _ask(self._connectors, catalogue, call)
            async with self._database.anyone() as connection:
                await _settle(connection, call, answer, self._clock())
        except DATABASE_ERRORS as error:
            # It comes due again.
            log.warning("studio_grant_failed", error=type(error).__name__)
            return
        if not call.cancel and (isinstance(answer, NotOffered) or (isinstance(answer, Failed) and answer.refusal)):
            log.warning("studio_refused_grant", agent_id=call.agent_id, campaign=call.code)
            await self._refused(call.agent_id, call.id.hex)
