"""Play of seamless agents: the engine runs twice, and between the two the operator is asked with no transaction open.

First half: the hub's own verdicts, and the journaled intent. Then the call. Second half: its outcome. A crash between the two is
finished by the recovery worker (`operators/recovery.py`), a duplicate waits for the outcome, in whichever process it is.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from pitboss.domain.catalogue import Agent
from pitboss.domain.money import Currency
from pitboss.domain.play.commands import CancelTransaction, PlaceBet, PlayCommand
from pitboss.domain.play.decision import Asked, Outcome, Refused, UnderWay
from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless.call import Call, CallKind, Phase
from pitboss.domain.seamless.operator_call import NotSent, OperatorAnswer, OperatorCall, OperatorWallets
from pitboss.domain.seamless.settle_change import SettleCall
from pitboss.domain.seamless.verdicts import status_told
from pitboss.domain.seamless.words import balance_of_change
from pitboss.engine.arrivals import Arrivals
from pitboss.engine.engine import Engine

_FIRST_LOOK_SECONDS, _LONGEST_LOOK_SECONDS = 0.02, 0.25
"""Between looks at what another process has under way; what this one has is told at once."""
_LONGEST_PAUSE_SECONDS = 5.0
_TRY_AGAIN = (Refused(Refusal.OUTCOME_UNKNOWN), Refused(Refusal.OVERLOADED))


class SeamlessPlay:
    """`agents(agent_id)`: the agent as configured now. Never raises for what an operator, a network or the database does."""

    def __init__(
        self, engine: Engine, wallets: OperatorWallets, arrivals: Arrivals, agents: Callable[[int], Agent]
    ) -> None:
        self._engine = engine
        self._wallets = wallets
        self._arrivals = arrivals
        self._agents = agents
        self._settled: dict[tuple[int, str], asyncio.Event] = {}
        self._voiding: set[asyncio.Task[None]] = set()

    async def submit(self, command: PlayCommand) -> Outcome:
        """The outcome of a studio's command. Refused(OUTCOME_UNKNOWN) when the operator's answer is not known in time: a BET is
        void then, all else goes on by itself. Refused(OPERATOR_UNREACHABLE): nothing happened, and nothing is remembered."""
        outcome = await self._decide(command)
        if isinstance(command, PlaceBet) and outcome == Refused(Refusal.OUTCOME_UNKNOWN):
            # The studio is told that it is void: so it must be, also where the database could not be asked.
            self._aside(self._void(command))
        return outcome

    async def close(self) -> None:
        """Let go of bets that could not be made void yet; their leases run out, and a worker does it."""
        for task in self._voiding:
            task.cancel()
        await asyncio.gather(*self._voiding, return_exceptions=True)

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._voiding.add(task)
        task.add_done_callback(self._voiding.discard)

    async def _void(self, bet: PlaceBet) -> None:
        """Cancel a bet as its studio would, until that is known to be done or journaled."""
        arrivals = self._arrivals
        cancel = CancelTransaction(
            arrivals.id(), arrivals.id(), arrivals.number(), bet.agent_id, bet.provider_id, bet.user_in_game, bet.provider_tx_id,
            None, allow_negative=False,
        )  # fmt: skip
        pause_seconds = _FIRST_LOOK_SECONDS
        while (await self._decide(cancel)) in _TRY_AGAIN:
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(2 * pause_seconds, _LONGEST_PAUSE_SECONDS)

    async def _decide(self, command: PlayCommand) -> Outcome:
        outcome = await self._engine.submit(command)
        if isinstance(outcome, Asked) and outcome.first:
            return await self.carry(command.agent_id, command.user_in_game, outcome.call)
        if not isinstance(outcome, Asked | UnderWay):
            return outcome
        return await self._wait(command, outcome.call if isinstance(outcome, Asked) else None)

    async def _wait(self, command: PlayCommand, mine: Call | None) -> Outcome:
        """Ask again until it is settled or it is this call's turn. `mine` waits for earlier calls of its round: it was not sent."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._agents(command.agent_id).wallet_terms.timeout_ms / 1_000
        pause = _FIRST_LOOK_SECONDS
        while (left := deadline - loop.time()) > 0:
            await self._something_settled(command.agent_id, command.user_in_game, min(pause, left))
            pause = min(2 * pause, _LONGEST_LOOK_SECONDS)
            outcome = await self._engine.submit(command)
            if isinstance(outcome, Asked) and outcome.first:
                return await self.carry(command.agent_id, command.user_in_game, outcome.call)
            if not isinstance(outcome, Asked | UnderWay):
                return outcome
        # Whoever settles it may be another process, and nobody here would take this away.
        self._settled.pop((command.agent_id, command.user_in_game), None)
        if mine is not None and isinstance(command, PlaceBet):
            # Its turn never came: it never happened.
            return await self.settle(
                command.agent_id, command.user_in_game, mine, NotSent("earlier calls of the round")
            )
        return Refused(Refusal.OUTCOME_UNKNOWN)

    async def _something_settled(self, agent_id: int, user_in_game: str, seconds: float) -> None:
        event = self._settled.setdefault((agent_id, user_in_game), asyncio.Event())
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return

    async def carry(self, agent_id: int, user_in_game: str, call: Call) -> Outcome:
        """Send a call that this process has taken, and settle it."""
        command, data = call.message()
        answer = await self._wallets.ask(OperatorCall(agent_id, command, data, call.reference))
        balance = None
        if call.phase is Phase.STATUS and call.kind in (CallKind.WIN, CallKind.REFUND) and status_told(answer) == "OK":
            # The studio is owed the balance that the lost answer told.
            words = balance_of_change(call.data)
            balance = await self._wallets.ask(OperatorCall(agent_id, "balance", words, call.reference))
        return await self.settle(agent_id, user_in_game, call, answer, balance)

    async def settle(
        self,
        agent_id: int,
        user_in_game: str,
        call: Call,
        answer: OperatorAnswer,
        balance: OperatorAnswer | None = None,
    ) -> Outcome:
        """Store what became of a call; its outcome for whoever asked."""
        agent, arrivals = self._agents(agent_id), self._arrivals
        outcome = await self._engine.submit(
            SettleCall(
                arrivals.id(), arrivals.id(), arrivals.number(), agent_id, call.provider_id, user_in_game,
                None if call.kind is CallKind.FINISH else call.subject, call.round_id, call.kind, call.phase, call.subject,
                _currency(agent, user_in_game), answer, balance, timedelta(days=agent.wallet_terms.retry_days),
                timedelta(milliseconds=agent.wallet_terms.timeout_ms), random.randint(0, 100), call.taken_until,  # noqa: S311 - jitter
            )
        )  # fmt: skip
        event = self._settled.pop((agent_id, user_in_game), None)
        if event is not None:
            event.set()
        if isinstance(outcome, Refused) and outcome.refusal is Refusal.OVERLOADED:
            # The operator has answered, and that is not stored: a worker will find out.
            return Refused(Refusal.OUTCOME_UNKNOWN)
        return Refused(Refusal.OUTCOME_UNKNOWN) if isinstance(outcome, UnderWay) else outcome


def _currency(agent: Agent, user_in_game: str) -> Currency:
    code = user_in_game.partition("-")[2]
    return agent.currencies[code]
