"""Tells studios' open games what happened behind their back: sessions that ended, balances changed from outside (studio protocol,
`endsession` and `balancechanged`).

Best effort and bounded: tried for half a minute, then dropped with a line in the log. One studio that does not answer keeps nobody
else waiting: each has so many calls under way at most, and what is beyond stays in the table.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from pitboss.domain.catalogue import AgentType, Catalogue, Provider
from pitboss.domain.seamless.operator_call import Agreed, Declined, OperatorCall, OperatorWallets
from pitboss.domain.seamless.verdicts import told_balance
from pitboss.domain.seamless.words import Addressee, balance_words
from pitboss.providers import Connectors, Done, Failed, NotOffered
from pitboss.storage.database import DATABASE_ERRORS, Connection, Database
from pitboss.storage.play import pushes
from pitboss.storage.play.journal import TRANSFERS, KeptLines, agents_with_unread, next_stretch
from pitboss.storage.play.pushes import BALANCE_CHANGED, Push

log = structlog.get_logger()

READER = "balance_pushes"
MOST_EVENTS = 10_000
DROPPED_AFTER = timedelta(seconds=30)
CLAIMED_FOR = timedelta(seconds=15)
"""Longer than a call may take, so that two workers do not tell the same."""
TRY_AGAIN_AFTER = timedelta(seconds=2)
MOST_UNDER_WAY = 32
"""Of one studio, before no more are begun; a last handful may go beyond."""
_NOBODY_THERE = frozenset({"OP_21", "OP_22", "OP_30", "OP_33", "OP_34"})
"""What an operator says of a session that is over, or of a player who may not play: no game waits to be told."""


async def leave_balance_pushes(connection: Connection, kept: KeptLines, now: datetime) -> bool:
    """Read one stretch of every journal that goes on, and leave news of wallets whose balance was changed from outside of games;
    whether there is more. `kept`: what was read over the connection."""
    more = False
    for agent_id in await agents_with_unread(connection, READER):
        async with next_stretch(connection, agent_id, READER, MOST_EVENTS) as stretch:
            if stretch is None:
                continue
            more = more or stretch.more
            lines = await kept.read(connection, stretch)
            since = now - DROPPED_AFTER
            moved = {line.told.user_in_game for line in lines if line.told.kind in TRANSFERS and line.at >= since}
            await pushes.leave_balances(connection, agent_id, sorted(moved), now)
    return more


class PushDelivery:
    """Delivers what is due. `wallets`: of seamless agents. `catalogue` gives the configuration of now, None while it cannot be
    read."""

    def __init__(
        self,
        database: Database,
        connectors: Connectors,
        wallets: OperatorWallets,
        catalogue: Callable[[], Awaitable[Catalogue | None]],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._connectors = connectors
        self._wallets = wallets
        self._catalogue = catalogue
        self._clock = clock
        self._under_way: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    async def turn(self) -> bool:
        """Start to deliver what is due; whether there was anything."""
        catalogue = await self._catalogue()
        if catalogue is None:
            return False
        now = self._clock()
        any_due = False
        async with self._database.anyone() as connection:
            for agent_id in await pushes.agents_due(connection, now, self._busy()):
                claimed = await pushes.claim(connection, agent_id, now, now + CLAIMED_FOR, self._busy())
                any_due = any_due or bool(claimed)
                for push in claimed:
                    self._start(catalogue, push)
        return any_due

    def _busy(self) -> list[int]:
        return [provider_id for provider_id, calls in self._under_way.items() if calls >= MOST_UNDER_WAY]

    def _start(self, catalogue: Catalogue, push: Push) -> None:
        self._under_way[push.provider_id] += 1
        task = asyncio.create_task(self._deliver(catalogue, push))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, catalogue: Catalogue, push: Push) -> None:
        try:
            outcome = await self._tell(catalogue, push)
            over = self._clock() - push.since > DROPPED_AFTER
            async with self._database.anyone() as connection:
                if isinstance(outcome, Failed) and outcome.refusal is None and not over:
                    await pushes.try_later(connection, push, self._clock() + TRY_AGAIN_AFTER)
                else:
                    await pushes.drop(connection, push, self._clock())
        except DATABASE_ERRORS as error:
            # It comes due again.
            log.warning("push_delivery_failed", error=type(error).__name__)
            return
        finally:
            self._under_way[push.provider_id] -= 1
        if isinstance(outcome, Failed) and (over or outcome.refusal is not None):
            log.warning("push_dropped", agent_id=push.agent_id, kind=push.kind, reason=outcome.reason)

    async def _tell(self, catalogue: Catalogue, push: Push) -> Done[None] | NotOffered | Failed:
        provider = catalogue.providers.get(push.provider_id)
        if provider is None or provider.callback_url is None:
            return NotOffered()
        if self._clock() - push.since > DROPPED_AFTER:
            return Failed("it came too late")
        if push.kind == BALANCE_CHANGED:
            return await self._tell_balance(catalogue, provider, push)
        return await self._connectors.of(provider).end_session(provider, push.subject, push.reason)

    async def _tell_balance(
        self, catalogue: Catalogue, provider: Provider, push: Push
    ) -> Done[None] | NotOffered | Failed:
        agent = catalogue.agents[push.agent_id]
        if agent.type is AgentType.SEAMLESS:
            told = await self._ask_operator(catalogue, push)
        else:
            async with self._database.anyone() as connection:
                told = await pushes.told_balance(connection, push)
        if told is None:
            return NotOffered()
        if isinstance(told, Failed):
            return told
        balance, code = told
        currency = catalogue.currencies[code]
        return await self._connectors.of(provider).balance_changed(provider, push.subject, currency, balance)

    async def _ask_operator(self, catalogue: Catalogue, push: Push) -> tuple[int, str] | Failed | None:
        """Where the money is with the operator, only its wallet knows the balance of now."""
        async with self._database.anyone() as connection:
            asked = await pushes.asked_of(connection, push, self._clock())
        if asked is None or asked.operator_token is None:
            return None
        currency = catalogue.currencies[asked.currency]
        words = balance_words(Addressee(asked.operator_user_id, asked.operator_token), currency)
        answer = await self._wallets.ask(OperatorCall(push.agent_id, "balance", words, push.subject))
        if isinstance(answer, Declined) and answer.code in _NOBODY_THERE:
            return None
        balance = told_balance(answer, currency) if isinstance(answer, Agreed) else None
        return (
            Failed("the operator's wallet did not tell the balance") if balance is None else (balance, asked.currency)
        )

    async def aclose(self) -> None:
        """Give up what is under way; it comes due again elsewhere."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
