"""BET, WIN and REFUND of a seamless agent's player, second half: what the operator said is stored, as the table of outcomes asks.

Money moves between the agent's `operator` account (its players' money, outside) and its house; the hub's wallet row stays at zero
and only counts versions. Before and after of the transaction are the operator's: what it told, less what was moved.
"""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from pitboss.domain.money import Currency
from pitboss.domain.play.decision import Accepted, Decision, Refused, UnderWay, refuse
from pitboss.domain.play.rounds import ends_round, opened, with_return, with_stake, with_win
from pitboss.domain.play.state import Entry, PlayState, Round, Transaction
from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless.backoff import pause_after
from pitboss.domain.seamless.call import Call, CallKind, Phase, find_call
from pitboss.domain.seamless.free_stakes import free_part
from pitboss.domain.seamless.intend import told_before
from pitboss.domain.seamless.operator_call import Agreed, Declined, NotSent, OperatorAnswer
from pitboss.domain.seamless.verdicts import (
    PARK_ODD_AFTER,
    Meaning,
    meaning_for_bet,
    meaning_for_credit,
    message_of,
    status_told,
    told_balance,
    why,
)
from pitboss.domain.seamless.words import round_of, was_finished

BALANCE_NOT_TOLD = "balance_not_told"


class SettleCall(NamedTuple):
    """An operator's `answer` to a call that was sent. `provider_tx_id` is None when the call was about a round. `taken_until`: the
    lease it was sent under. Fresh `id`, `wallet_tx_id` and `number` name the cancel it may complete. `jitter`: 0 to 100."""

    id: str
    wallet_tx_id: str
    number: int
    agent_id: int
    provider_id: int
    user_in_game: str
    provider_tx_id: str | None
    round_id: str
    kind: CallKind
    phase: Phase
    subject: str
    currency: Currency
    answer: OperatorAnswer
    balance: OperatorAnswer | None
    park_after: timedelta
    total_timeout: timedelta
    jitter: int
    taken_until: datetime | None


def settle_bet(state: PlayState, command: SettleCall, call: Call | None) -> Decision:
    """A bet whose outcome is not known is void from now on; one that was never sent is forgotten."""
    wallet, known = state.wallet, state.known
    if wallet is None or known is None:
        return refuse(Refusal.OUTCOME_UNKNOWN)
    if known.state != "pending":
        # Cancelled by the studio meanwhile, or given up by a worker: what it said then holds.
        return refuse(Refusal.OUTCOME_UNKNOWN) if known.state in ("voiding", "canceled") else told_before(known)
    meaning = meaning_for_bet(command.answer, command.currency)
    if meaning is Meaning.AGREED:
        return _stood(state, command, call, _told(command.answer, command.currency))
    if meaning is Meaning.REFUSED:
        return _refused(command.answer, known, call)
    if meaning is Meaning.UNSENT:
        if call is not None and call.taken_until != command.taken_until:
            # Whoever has it now may have sent it.
            return Decision(UnderWay())
        return Decision(Refused(Refusal.OPERATOR_UNREACHABLE), forgotten=known, ended_call=call)
    return void(state, known, call, Refused(Refusal.OUTCOME_UNKNOWN), why(command.answer))


def void(state: PlayState, known: Transaction, call: Call | None, outcome: Refused, error: str | None) -> Decision:
    """From this instant the bet never was; the worker cancels it at the operator."""
    changed = call and call._replace(phase=Phase.VOID, due=state.now, taken_until=None, last_error=error)
    return Decision(outcome, settled=known._replace(state="voiding"), call=changed)


def settle_credit(state: PlayState, command: SettleCall, call: Call | None) -> Decision:
    """A win or refund is asked again until it is agreed, refused for good, or a person must look."""
    known = state.known
    if state.wallet is None or known is None or call is None:
        return refuse(Refusal.OUTCOME_UNKNOWN)
    if known.state not in ("pending", "parked"):
        return told_before(known)
    if command.phase is Phase.STATUS:
        return _by_status(state, command, known, call)
    meaning = meaning_for_credit(command.answer, command.currency)
    if meaning is Meaning.AGREED:
        return _stood(state, command, call, _told(command.answer, command.currency))
    if meaning is Meaning.REFUSED:
        return _refused(command.answer, known, call)
    if meaning is Meaning.ASK_STATUS:
        return later(state, command, known, call._replace(phase=Phase.STATUS), at_once=True)
    return later(state, command, known, call, odd=meaning is Meaning.ODD)


def _by_status(state: PlayState, command: SettleCall, known: Transaction, call: Call) -> Decision:
    told = status_told(command.answer)
    if told == "OK":
        balance = None
        if isinstance(command.balance, Agreed):
            balance = told_balance(command.balance, command.currency)
        if balance is None and state.now - call.asked_at < PARK_ODD_AFTER:
            # It stands, and the studio is owed a balance; after an hour nobody waits for that any more.
            return later(state, command, known, call)
        return _stood(state, command, call, balance)
    if told == "CANCELED":
        return _refused(Declined("OP_49", "The operator has canceled it"), known, call)
    # Refused there, or unknown although its id is taken: asked again as it was, and if nothing changes a person looks.
    return later(state, command, known, call._replace(phase=Phase.ASK), odd=told is not None)


def later(
    state: PlayState, command: SettleCall, known: Transaction, call: Call, *, odd: bool = False, at_once: bool = False
) -> Decision:
    """The call waits for its next try, or for a person once it has waited long enough."""
    age, error = state.now - call.asked_at, why(command.answer)
    tries = call.tries + was_sent(command.answer)
    if age > command.park_after or (odd and age > PARK_ODD_AFTER):
        parked = call._replace(phase=Phase.PARKED, taken_until=None, tries=tries, last_error=error)
        return Decision(Refused(Refusal.OUTCOME_UNKNOWN), settled=known._replace(state="parked"), call=parked)
    pause = timedelta(0) if at_once else pause_after(tries, age, command.jitter)
    waiting = call._replace(due=state.now + pause, taken_until=None, tries=tries, last_error=error)
    return Decision(Refused(Refusal.OUTCOME_UNKNOWN), call=waiting)


def was_sent(answer: OperatorAnswer) -> bool:
    """What the breaker kept back has not been tried, and does not wait longer for that."""
    return not isinstance(answer, NotSent)


def _told(answer: OperatorAnswer, currency: Currency) -> int | None:
    return told_balance(answer, currency) if isinstance(answer, Agreed) else None


def _refused(answer: OperatorAnswer, known: Transaction, call: Call | None) -> Decision:
    assert isinstance(answer, Declined)
    message = message_of(answer)
    said = json.dumps({"code": answer.code, "message": message}, ensure_ascii=False)
    refused = known._replace(state="refused", refusal=Refusal.OPERATOR_REFUSED.value, answer=said)
    return Decision(Refused(Refusal.OPERATOR_REFUSED, answer.code, message), settled=refused, ended_call=call)


def _stood(state: PlayState, command: SettleCall, call: Call | None, balance: int | None) -> Decision:
    wallet, known = state.wallet, state.known
    assert wallet is not None and known is not None
    if call is None:
        return Decision(UnderWay())
    free = free_part(state, known, call.amount)
    if free is not None:
        amount, posted, source = free
        changed, change = posted.wallet, posted.change
    else:
        amount, source, change = -call.amount if call.kind is CallKind.BET else call.amount, state.house, None
        changed = wallet._replace(version=wallet.version + 1)
    told = wallet.balance if balance is None else balance
    review = known.review if balance is not None else ",".join(filter(None, (known.review, BALANCE_NOT_TOLD)))
    settled = known._replace(
        state="ok", wallet_version=wallet.version + 1, real_amount=amount, balance_before=told - amount, balance_after=told,
        told=told, review=review,
    )  # fmt: skip
    return Decision(
        Accepted(told), changed, _round_after(state, call, known, abs(amount)), entry=_posting(state, settled, amount, source),
        settled=settled, ended_call=call, bonus=change,
    )  # fmt: skip


def _posting(state: PlayState, settled: Transaction, amount: int, other: int) -> Entry | None:
    ids = settled.wallet_tx_id, settled.id
    if amount < 0:
        return Entry(*ids, state.operator, other, -amount, None, None, None, None)
    if amount > 0:
        return Entry(*ids, other, state.operator, amount, None, None, None, None)
    return None


def _round_after(state: PlayState, call: Call, known: Transaction, moved: int) -> Round:
    round_ = state.round or opened(call.provider_id, call.wallet_id, call.round_id, round_of(call.data), known.game_id)
    finished = was_finished(call.data)
    if call.kind is CallKind.BET:
        return with_stake(round_, moved, finished)
    if call.kind is CallKind.WIN:
        return with_win(round_, moved, ends_round(finished, call.amount))
    return with_return(round_, moved, finished)


def call_of(state: PlayState, command: SettleCall) -> Call | None:
    """The call's row, if it is not settled yet."""
    return find_call(state.calls, command.provider_id, command.kind, command.subject)
