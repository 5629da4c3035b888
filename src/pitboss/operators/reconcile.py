"""Hub and operator compared transaction by transaction through `status`, and repaired where that is safe (wallet protocol, "The hub
as platform"; the table is in docs/operators.md, "Reconciliation").

Read page by page, so that a year is no more memory than a day; only what differs is kept. What differs is looked at again before it
is told: the hub plays on meanwhile, and a transaction under way is no difference.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pitboss.domain.catalogue import Agent
from pitboss.domain.seamless.call import Call, CallKind, Phase, find_call
from pitboss.domain.seamless.operator_call import OperatorAnswer, OperatorCall
from pitboss.domain.seamless.reconcile import AGREED, Difference, Held, Repair, Told, Verdict, compare
from pitboss.domain.seamless.verdicts import status_told, why
from pitboss.domain.seamless.words import balance_of_change, status_of
from pitboss.engine.hub import Hub
from pitboss.operators.parked import Auditing, carry, send_again
from pitboss.storage.database import Connection
from pitboss.storage.operator_calls import reconciling, unsettled
from pitboss.storage.operator_calls.reconciling import Key, Span

PAGE = 500
PAUSES_SECONDS = (0.0, 1.0, 2.0)


class Finding(NamedTuple):
    """What differs. `told` is None, and `said` the reason, where the operator could not be asked. `done`: what was done about it;
    `repaired`: whether they agree since."""

    held: Held
    told: Told | None
    said: str
    verdict: Verdict
    done: str = ""
    repaired: bool = False


@dataclass(slots=True)
class Report:
    """`compared`: transactions the operator was asked about; `unsent`: those it cannot know of, which the hub refused."""

    compared: int = 0
    unsent: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Differences, and transactions nobody knows of, that are there still."""
        return sum(not finding.repaired for finding in self.findings)


class _Look(NamedTuple):
    held: Held
    answer: OperatorAnswer | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Reconciler:
    """`conn` is the owner's, outside of a transaction, and nobody else's meanwhile; `at_once`: questions to the operator.

    `pauses_seconds`: before each further look at what differs. The first is always taken, the others while it may pass."""

    hub: Hub
    agent: Agent
    conn: Connection
    at_once: int
    pauses_seconds: tuple[float, ...] = PAUSES_SECONDS

    async def run(self, within: Span, progress: Callable[[int], None], repair: Auditing | None = None) -> Report:
        """Compare what is in the span; `progress` hears of each part that was looked at. With `repair`, do what is safe."""
        report, odd = Report(), list[Key]()
        async for looks in self._pages(within):
            sent = [look for look in looks if look.held.was_sent]
            report.compared += len(sent)
            report.unsent += len(looks) - len(sent)
            odd += (_key(look.held) for look in sent if look.verdict is not AGREED)
            progress(len(looks))
        for look in await self._look_again(odd):
            finding = _finding(look)
            report.findings.append(finding if repair is None else await self._repaired(finding, look, repair))
        return report

    async def _pages(self, within: Span) -> AsyncIterator[list[_Look]]:
        while True:
            keys, last = await reconciling.page(self.conn, self.agent.id, within, PAGE)
            if not keys:
                return
            yield await self._look(keys)
            within = within._replace(after=last)

    async def _look_again(self, keys: list[Key]) -> list[_Look]:
        """What differs still, after the time that what is under way may take."""
        found: dict[Key, _Look] = {}
        for pause in self.pauses_seconds:
            if pause:
                keys = [key for key, look in found.items() if look.verdict.may_pass]
                if not keys:
                    break
                await asyncio.sleep(pause)
            for start in range(0, len(keys), PAGE):
                some = keys[start : start + PAGE]
                seen = {_key(look.held): look for look in await self._look(some)}
                found.update((key, seen[key]) for key in some if key in seen)
                for key in some:
                    if key not in seen or seen[key].verdict is AGREED:
                        found.pop(key, None)
        return list(found.values())

    async def _look(self, keys: Sequence[Key]) -> list[_Look]:
        before = await reconciling.read(self.conn, self.agent.id, keys)
        places = asyncio.Semaphore(self.at_once)

        async def look(held: Held) -> _Look:
            if not held.was_sent:
                return _Look(held, None, AGREED)
            async with places:
                answer = await self._ask_status(held)
            return _Look(held, answer, compare(held, _told(answer)))

        looks = await asyncio.gather(*map(look, before))
        return await self._steady(looks)

    async def _steady(self, looks: list[_Look]) -> list[_Look]:
        """What changed here while the operator was asked is under way, whatever it said."""
        odd = [_key(look.held) for look in looks if look.verdict is not AGREED]
        if not odd:
            return looks
        now = {_key(held): held for held in await reconciling.read(self.conn, self.agent.id, odd)}
        moved = Verdict(Difference.UNSETTLED_HERE, None, "it is changing")
        return [
            look
            if look.verdict is AGREED or now.get(_key(look.held)) == look.held
            else look._replace(held=now.get(_key(look.held), look.held), verdict=moved)
            for look in looks
        ]

    async def _ask_status(self, held: Held) -> OperatorAnswer:
        words = status_of(held.user_id, held.number, held.kind.upper(), held.round_number, held.at)
        return await self.hub.operator_wallets.ask(OperatorCall(self.agent.id, "status", words, held.id))

    async def _repaired(self, finding: Finding, look: _Look, auditing: Auditing) -> Finding:
        """Do what is safe about it, and look once more."""
        wanted = finding.verdict.repair
        if wanted is None or look.answer is None:
            return finding
        if wanted is Repair.SETTLE:
            done = await self._settle(look.held, look.answer, auditing)
        elif wanted is Repair.CANCEL:
            done = await self._cancel(look.held, auditing)
        else:
            done = await self._send_again(look.held, auditing)
        after = [look.verdict for look in await self._look([_key(look.held)])]
        return finding._replace(done=done, repaired=after == [AGREED])

    async def _settle(self, held: Held, answer: OperatorAnswer, auditing: Auditing) -> str:
        call = await self._parked(held)
        if call is None:
            return "somebody else has seen to it"
        call = call._replace(phase=Phase.STATUS)
        balance = None
        if call.kind in (CallKind.WIN, CallKind.REFUND) and _told(answer) is Told.OK:
            words = balance_of_change(call.data)
            balance = await self.hub.operator_wallets.ask(OperatorCall(self.agent.id, "balance", words, held.id))
        # The engine books it in a transaction of its own: the intent is audited before.
        async with auditing() as act:
            await act.record(
                "reconcile.settle", held.id, _detail(held, call.kind) | {"status": _told(answer)}, self.agent.id
            )
        await self.hub.seamless.settle(self.agent.id, held.user_in_game, call, answer, balance)
        return f"{call.kind} settled by its status, {_told(answer)}"

    async def _parked(self, held: Held) -> Call | None:
        calls = await unsettled.of_wallet(self.conn, self.agent.id, held.wallet_id)
        call = None if held.parked is None else find_call(calls, held.provider_id, held.parked, held.provider_tx_id)
        return call if call is not None and call.phase is Phase.PARKED else None

    async def _send_again(self, held: Held, auditing: Auditing) -> str:
        call = await self._parked(held)
        done = None if call is None else await send_again(self.hub, self.agent.id, call, auditing)
        return done or "somebody else has seen to it"

    async def _cancel(self, held: Held, auditing: Auditing) -> str:
        async with auditing() as act:
            taken = await unsettled.open_cancel(act.conn, self.agent.id, held, act.now)
            if taken is None:
                return "something is under way about it"
            await act.record("reconcile.cancel", held.id, _detail(held, CallKind.CANCEL), self.agent.id)
        await carry(self.hub, self.agent.id, taken)
        return "cancel sent again"


def _key(held: Held) -> Key:
    return held.provider_id, held.provider_tx_id


def _told(answer: OperatorAnswer) -> Told | None:
    told = status_told(answer)
    return None if told is None else Told(told)


def _detail(held: Held, call: CallKind) -> dict[str, object]:
    return {"call": call, "kind": held.kind, "state": held.state, "user_in_game": held.user_in_game}


def _finding(look: _Look) -> Finding:
    told = None if look.answer is None else _told(look.answer)
    said = "" if look.answer is None or told is not None else why(look.answer)
    return Finding(look.held, told, said, look.verdict)
