"""What R5 looks at shows the mistakes it is there for; none of them ever in the product."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from seamless_stage import SeamlessStage, seamless_stage

from fault_proxy import FAULTS, Fault
from operator_process import OperatorProcess
from pitboss.domain.play.decision import Decision, Refused
from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless import call, settle_change, undo
from pitboss.domain.seamless.call import CallKind, Phase
from pitboss.domain.seamless.operator_call import Agreed, Declined, NotKnown
from pitboss.domain.seamless.verdicts import Meaning
from pitboss.engine.seamless import SeamlessPlay
from pitboss.operators import recovery
from seamless_casino_world import numbers

PLAYED, GAMES = 60, 20
"""Transactions a game, and the most games that a mistake is given to show: one is nearly always enough."""
_LOST = (Fault.LOST_REQUEST, Fault.RESET_BEFORE)
_BOOKED = (Fault.LOST_ANSWER, Fault.RESET_AFTER, Fault.BOOKED_500)


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[OperatorProcess]:
    """Each test's own: two databases give out the same numbers."""
    process = OperatorProcess(tmp_path / "books").start()
    yield process
    assert process.stop() == 0


@pytest.fixture
def forgetful(tmp_path: Path) -> Iterator[OperatorProcess]:
    """An operator that books a bet behind its own cancel."""
    process = OperatorProcess(tmp_path / "books", "--defect", "cancel-not-remembered").start()
    yield process
    assert process.stop() == 0


async def test_nothing_planted_nothing_found(database_url: str, tmp_path: Path, operator: OperatorProcess) -> None:
    async with seamless_stage(database_url, tmp_path, operator) as stage:
        for _ in range(GAMES):
            await stage.play(PLAYED, rate=0.3)
            assert await stage.problems() == []
            if stage.fates()["BET void"] > 2 and stage.fates()["WIN good"] and len(stage.proxy.seen) > 5:
                break
        assert stage.fates()["BET void"] and stage.fates()["WIN good"] and len(stage.proxy.seen) > 5
        await tampered_books_are_seen(database_url, stage)


async def tampered_books_are_seen(database_url: str, stage: SeamlessStage) -> None:
    """What is done to the hub's rows is told, and undone again."""
    conn = await asyncpg.connect(database_url)
    win, bet, void = [
        await conn.fetchval(f"SELECT min(number) FROM transaction WHERE kind = '{kind}' AND state = '{state}'")
        for kind, state in (("win", "ok"), ("bet", "ok"), ("bet", "canceled"))
    ]
    try:
        for change, back, said in (
            (f"state = 'canceled' WHERE number = {bet}", "state = 'ok'", "is canceled in the hub"),
            (f"state = 'ok' WHERE number = {void}", "state = 'canceled'", "is ok in the hub"),
            (f"state = 'canceled' WHERE number = {win}", "state = 'ok'", "is canceled in the hub"),
            (f"number = number + 5000000 WHERE number = {win}", "number = number - 5000000", "knows nothing of"),
            (f"provider_tx_id = '7' || provider_tx_id WHERE number = {bet}",
             "provider_tx_id = substr(provider_tx_id, 2)", "nobody sent"),
        ):  # fmt: skip
            number = int(change.rpartition(" ")[2])
            moved = number + 5_000_000 if "5000000" in change else number
            await conn.execute(f"UPDATE transaction SET {change}")
            told = await stage.problems()
            await conn.execute(f"UPDATE transaction SET {back} WHERE number = {moved}")
            assert any(said in line for line in told), (said, told)
        assert await stage.problems() == []
    finally:
        await conn.close()


async def must_tell(
    database_url: str,
    folder: Path,
    operator: OperatorProcess,
    faults: tuple[Fault, ...],
    *said: str,
    rate: float = 0.4,
) -> None:
    """The check says all this of what was played."""
    async with seamless_stage(database_url, folder, operator, faults) as stage:
        await played_until_told(stage, rate, *said)


async def played_until_told(stage: SeamlessStage, rate: float, *said: str) -> None:
    """A mistake needs its occasion, each of its consequences another: a few games, until there were all."""
    told: list[str] = []
    for _ in range(GAMES):
        await stage.play(PLAYED, rate)
        told = await stage.problems()
        if all(any(re.search(each, line) for line in told) for each in said):
            return
    raise AssertionError(f"{GAMES} games, and not all of {said} in {told}")


def unknown_is_ok(answer: Any, currency: Any) -> Meaning:
    real = settle_change.meaning_for_credit(answer, currency)
    return (
        Meaning.AGREED
        if real is Meaning.UNKNOWN and isinstance(answer, NotKnown)
        else meaning_for_bet(answer, currency)
    )


meaning_for_bet = settle_change.meaning_for_bet


async def test_planted_unknown_bets_settled_as_ok(
    monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path, operator: OperatorProcess
) -> None:
    monkeypatch.setattr(settle_change, "meaning_for_bet", unknown_is_ok)
    await must_tell(
        database_url,
        tmp_path,
        operator,
        _LOST,
        "bet .* is ok in the hub and unknown at the operator",
        "BET .* unknown at",
    )


async def test_planted_bet_sent_again_where_it_should_be_cancelled(
    monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path, operator: OperatorProcess
) -> None:
    message = call.Call.message

    def again(self: call.Call) -> tuple[str, str]:
        voiding = self.phase in (Phase.VOID, Phase.VOID_AGAIN)
        return ("changebalance", self.data) if voiding else message(self)

    monkeypatch.setattr(call.Call, "message", again)
    monkeypatch.setattr(undo, "meaning_for_cancel", lambda answer: _agreed_if(isinstance(answer, Agreed | Declined)))
    await must_tell(database_url, tmp_path, operator, _LOST, "is canceled in the hub and ok at the operator")


def _agreed_if(yes: bool) -> Meaning:
    return Meaning.AGREED if yes else Meaning.UNKNOWN


async def test_planted_cancel_taken_for_done_on_any_answer(
    monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path, operator: OperatorProcess
) -> None:
    monkeypatch.setattr(undo, "meaning_for_cancel", lambda answer: Meaning.AGREED)
    faults = (*_LOST, Fault.LOST_ANSWER)
    await must_tell(database_url, tmp_path, operator, faults, "is canceled in the hub and ok at the operator")


async def test_planted_win_dropped_after_an_error(
    monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path, operator: OperatorProcess
) -> None:
    def dropped(state: Any, command: Any, known: Any, waiting: Any, **_: Any) -> Decision:
        return Decision(Refused(Refusal.OUTCOME_UNKNOWN), forgotten=known, ended_call=waiting)

    monkeypatch.setattr(settle_change, "later", dropped)
    said = ("the hub knows nothing of the operator's", "told promised: is unknown in the hub")
    await must_tell(database_url, tmp_path, operator, _BOOKED + _LOST, *said)


async def test_planted_second_cancel_forgotten(
    monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path, forgetful: OperatorProcess
) -> None:
    """A bet that lands behind its cancel, at an operator that keeps no tombstone: only the second cancel finds it."""
    settle_void = undo.settle_void

    def once(state: Any, command: Any, waiting: Any) -> Decision:
        decision = settle_void(state, command, waiting)
        if decision.call is not None and decision.call.phase is Phase.VOID_AGAIN:
            return decision._replace(call=None, ended_call=waiting)
        return decision

    async with seamless_stage(database_url, tmp_path, forgetful, (Fault.REORDERED,)) as stage:
        # As soon as its first cancel was answered, however long a busy machine or an open breaker keeps that back.
        stage.proxy.behind, stage.proxy.only = is_its_cancel, b'"transaction_type":"BET"'
        await stage.play(PLAYED, rate=0.5)
        assert await stage.problems() == []
        monkeypatch.setattr("pitboss.domain.seamless.settle_call.settle_void", once)
        await played_until_told(stage, 0.5, "is canceled in the hub and ok at the operator")


def is_its_cancel(bet: bytes, other: bytes) -> bool:
    """Whether another request undoes a bet's."""
    return other.startswith(b"POST /wallet/cancel ") and _transaction(bet) == _transaction(other)


def _transaction(request: bytes) -> bytes:
    found = re.search(rb'"transaction_id":(\d+)', request)
    return found[1] if found else b""


async def test_planted_lease_ignored(
    monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path, operator: OperatorProcess
) -> None:
    """A worker that takes what a hub process is at: the operator's OK comes too late for a bet that is void by then."""
    take_due, agents = recovery.take_due, recovery.agents_with_due
    ahead = timedelta(minutes=1)
    # Patient: what is slow is not lost.
    async with seamless_stage(database_url, tmp_path, operator, timeout_ms=5_000) as stage:
        assert await void_though_nothing_was_lost(stage) == 0
        monkeypatch.setattr(
            recovery, "take_due", lambda conn, agent, now, most: take_due(conn, agent, now + ahead, most)
        )
        monkeypatch.setattr(recovery, "agents_with_due", lambda conn, now: agents(conn, now + ahead))
        void = 0
        for _ in range(GAMES):
            void = void or await void_though_nothing_was_lost(stage)
        assert void > 0


async def void_though_nothing_was_lost(stage: SeamlessStage) -> int:
    """How many of forty bets in a sound network are not told OK."""
    studio, guest = stage.studio(0), stage.casino.guests[0]
    bets = [stage.diary.written("BET", guest, 100, next(numbers)) for _ in range(40)]
    async with studio.http:
        answers = await asyncio.gather(*(studio.post("changebalance", studio.change(bet)) for bet in bets))
    return sum(answer is None or answer.code != "OK" for answer in answers)


async def test_planted_answer_before_it_is_stored(
    monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path, operator: OperatorProcess
) -> None:
    """The studio is told OK as soon as the operator says so; one process in five dies before it has stored that."""
    settle, spared = SeamlessPlay.settle, iter(range(10**9))

    async def hasty(self: Any, agent_id: int, user: str, sent: Any, answer: Any, balance: Any = None) -> Any:
        if (
            sent.kind is CallKind.BET
            and sent.phase is Phase.ASK
            and isinstance(answer, Agreed)
            and next(spared) % 5 == 4
        ):
            decided = settle_change.told_balance(answer, self._agents(agent_id).currencies["EUR"])
            return settle_change.Accepted(decided or 0)
        return await settle(self, agent_id, user, sent, answer, balance)

    monkeypatch.setattr(SeamlessPlay, "settle", hasty)
    for module in ("domain.seamless.intend", "domain.seamless.undo", "storage.operator_calls.unsettled"):
        monkeypatch.setattr(f"pitboss.{module}.LEASE", timedelta(seconds=2))
    await must_tell(database_url, tmp_path, operator, FAULTS, "told good: is canceled in the hub", rate=0.0)
