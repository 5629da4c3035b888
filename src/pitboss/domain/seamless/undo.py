"""cancel and finishround of a seamless agent's player: first half (the intent) and second half (what the operator said)."""

from datetime import timedelta

from pitboss.domain.play.cancel_transaction import closed_by, names_elsewhere, tombstone
from pitboss.domain.play.commands import CancelTransaction, FinishRound
from pitboss.domain.play.decision import Asked, Canceled, Decision, Refused, RoundFinished, UnderWay, refuse
from pitboss.domain.play.rounds import without
from pitboss.domain.play.state import Entry, PlayState, Round, Transaction
from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless.backoff import pause_after
from pitboss.domain.seamless.call import LEASE, Call, CallKind, Phase, find_call, next_place
from pitboss.domain.seamless.free_stakes import free_part_undone
from pitboss.domain.seamless.intend import returning, take
from pitboss.domain.seamless.operator_call import Declined
from pitboss.domain.seamless.settle_change import BALANCE_NOT_TOLD, SettleCall, void, was_sent
from pitboss.domain.seamless.verdicts import (
    Meaning,
    meaning_for_cancel,
    meaning_for_finish,
    message_of,
    status_told,
    why,
)
from pitboss.domain.seamless.words import finish_words, undo_words, was_finished


def intend_cancel(state: PlayState, command: CancelTransaction) -> Decision:
    """What never came is remembered here alone; a bet on its way is void at once; what stood is undone at the operator first."""
    wallet, known = state.wallet, state.known
    if wallet is None or state.player is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    if known is None:
        return Decision(Refused(Refusal.TRANSACTION_UNKNOWN), transaction=tombstone(command, wallet))
    if known.wallet_id != wallet.id or known.state == "tombstone":
        return refuse(Refusal.TRANSACTION_UNKNOWN)
    if known.state in ("canceled", "refused", "voiding"):
        return Decision(Canceled(names_elsewhere(command, known)), round=closed_by(state.round, command))
    if known.state == "ok":
        return _ask_cancel(state, command, known)
    call = find_call(state.calls, known.provider_id, CallKind.BET, known.provider_tx_id)
    if known.kind != "bet" or call is None:
        return refuse(Refusal.STILL_UNDER_WAY)
    voided = void(state, known, call, Refused(Refusal.OUTCOME_UNKNOWN), "canceled by the studio")
    return voided._replace(outcome=Canceled(names_elsewhere(command, known)), round=closed_by(state.round, command))


def _ask_cancel(state: PlayState, command: CancelTransaction, known: Transaction) -> Decision:
    assert state.wallet is not None and state.player is not None
    call = find_call(state.calls, known.provider_id, CallKind.CANCEL, known.provider_tx_id)
    if call is not None:
        return _again(state, call)
    moved, round_ = abs(known.real_amount), state.round
    if round_ is None or (
        known.kind == "bet" and round_.returned + returning(state.calls, round_) + moved > round_.staked
    ):
        # A refund has already given this stake back, or is about to.
        return refuse(Refusal.RETURNS_MORE_THAN_STAKED)
    words = undo_words(
        state.player.operator_user_id, known.number, round_.number, command.round_finished, known.game_id
    )
    amount = moved if known.kind == "bet" else 0
    new = Call(
        known.provider_id, state.wallet.id, CallKind.CANCEL, known.provider_tx_id, round_.round_id, next_place(state.calls),
        known.id, amount, words, state.now, Phase.ASK, state.now + LEASE, None, 0, None,
    )  # fmt: skip
    taken, first = take(state, new)
    return Decision(Asked(taken, first), call=taken)


def intend_finish(state: PlayState, command: FinishRound) -> Decision:
    """The round is closed here at once; the operator is told."""
    wallet, round_ = state.wallet, state.round
    if wallet is None or state.player is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    if round_ is None:
        return refuse(Refusal.ROUND_UNKNOWN)
    call = find_call(state.calls, round_.provider_id, CallKind.FINISH, round_.round_id)
    if call is not None:
        return _again(state, call)
    if round_.finished:
        return Decision(RoundFinished())
    words = finish_words(state.player.operator_user_id, round_.number, round_.game_id, state.now)
    new = Call(
        round_.provider_id, wallet.id, CallKind.FINISH, round_.round_id, round_.round_id, next_place(state.calls), command.id, 0,
        words, state.now, Phase.ASK, state.now + LEASE, None, 0, None,
    )  # fmt: skip
    taken, first = take(state, new)
    return Decision(Asked(taken, first), round=round_._replace(finished=True), call=taken)


def _again(state: PlayState, call: Call) -> Decision:
    if call.is_taken(state.now):
        return Decision(UnderWay())
    taken, first = take(state, call)
    return Decision(Asked(taken, first), call=taken) if first else Decision(UnderWay())


def settle_cancel(state: PlayState, command: SettleCall, call: Call | None) -> Decision:
    """A cancel that the studio asked for: what was moved comes back once the operator has confirmed it."""
    known = state.known
    if known is None or call is None:
        stands = known is not None and known.state != "canceled"
        return refuse(Refusal.OUTCOME_UNKNOWN) if known is None or stands else Decision(Canceled())
    meaning = meaning_for_cancel(command.answer)
    if known.state != "ok" and meaning in (Meaning.AGREED, Meaning.REFUSED):
        # Undone here already, and cancelled again because the operator had kept it: there is nothing left to move.
        return Decision(Canceled(), ended_call=call)
    if meaning is Meaning.AGREED:
        return _reversed(state, command, known, call)
    if meaning is Meaning.REFUSED:
        assert isinstance(command.answer, Declined)
        return Decision(
            Refused(Refusal.OPERATOR_REFUSED, command.answer.code, message_of(command.answer)), ended_call=call
        )
    return _later(state, command, call)


def settle_void(state: PlayState, command: SettleCall, call: Call | None) -> Decision:
    """A bet with an unknown outcome: cancelled until that is confirmed, and once more when it cannot be under way any longer."""
    known = state.known
    if known is None or call is None:
        return refuse(Refusal.OUTCOME_UNKNOWN)
    if command.phase is Phase.STATUS:
        return _void_by_status(state, command, known, call)
    meaning = meaning_for_cancel(command.answer)
    if meaning is Meaning.REFUSED:
        # It will never cancel; there is nothing to cancel if it never took it.
        return _wait(state, command, call._replace(phase=Phase.STATUS), timedelta(0))
    if meaning is not Meaning.AGREED:
        return _later(state, command, call)
    canceled = known._replace(state="canceled") if known.state == "voiding" else None
    if call.phase is Phase.VOID_AGAIN:
        return Decision(Canceled(), settled=canceled, ended_call=call)
    return Decision(Canceled(), settled=canceled, call=_once_more(state, command, call))


def _once_more(state: PlayState, command: SettleCall, call: Call) -> Call:
    return call._replace(
        phase=Phase.VOID_AGAIN, due=state.now + command.total_timeout, taken_until=None, last_error=None
    )


def _void_by_status(state: PlayState, command: SettleCall, known: Transaction, call: Call) -> Decision:
    told = status_told(command.answer)
    if told is None:
        return _later(state, command, call)
    if told == "OK":
        # Kept there and void here: no program can settle that.
        parked = call._replace(phase=Phase.PARKED, taken_until=None, tries=call.tries + 1, last_error="kept it")
        return Decision(Refused(Refusal.OUTCOME_UNKNOWN), call=parked)
    canceled = known._replace(state="canceled") if known.state == "voiding" else None
    if state.now - call.asked_at < 2 * command.total_timeout:
        # Not there yet, or never: its own call may still be under way.
        return Decision(Canceled(), settled=canceled, call=_once_more(state, command, call))
    return Decision(Canceled(), settled=canceled, ended_call=call)


def settle_finish(state: PlayState, command: SettleCall, call: Call | None) -> Decision:
    """The operator knows now, or never will."""
    if call is None:
        return Decision(RoundFinished())
    meaning = meaning_for_finish(command.answer)
    if meaning is Meaning.AGREED:
        return Decision(RoundFinished(), ended_call=call)
    if meaning is Meaning.REFUSED and isinstance(command.answer, Declined):
        said = command.answer
        return Decision(Refused(Refusal.OPERATOR_REFUSED, said.code, message_of(said)), ended_call=call)
    return _later(state, command, call)


def _later(state: PlayState, command: SettleCall, call: Call) -> Decision:
    """The call waits for its next try; after the limit for a person."""
    if state.now - call.asked_at > command.park_after:
        parked = call._replace(
            phase=Phase.PARKED, taken_until=None, tries=call.tries + 1, last_error=why(command.answer)
        )
        return Decision(Refused(Refusal.OUTCOME_UNKNOWN), call=parked)
    tries = call.tries + was_sent(command.answer)
    return _wait(state, command, call, pause_after(tries, state.now - call.asked_at, command.jitter))


def _wait(state: PlayState, command: SettleCall, call: Call, pause: timedelta) -> Decision:
    tries = call.tries + was_sent(command.answer)
    waiting = call._replace(due=state.now + pause, taken_until=None, tries=tries, last_error=why(command.answer))
    return Decision(Refused(Refusal.OUTCOME_UNKNOWN), call=waiting)


def _reversed(state: PlayState, command: SettleCall, known: Transaction, call: Call) -> Decision:
    wallet = state.wallet
    assert wallet is not None
    back = -known.real_amount
    changed, change, source = wallet._replace(version=wallet.version + 1), None, state.house
    free = free_part_undone(state, known)
    if free is not None:
        changed, change, source = free.posted.wallet, free.posted.change, free.source
    undo = Transaction(
        known.provider_id, known.provider_tx_id, True, command.id, command.wallet_tx_id, command.number, "cancel", "ok",
        known.kind, None, wallet.id, wallet.version + 1, known.game_id, known.round_id, back, 0, known.told,
        known.told + back, known.told + back, known.settle_rate, known.reason, known.campaign_code, known.history_id,
        BALANCE_NOT_TOLD, None,
    )  # fmt: skip
    return Decision(
        Canceled(), changed, _round_without(state.round, known, call), undo,
        _posting(state, command, back, source), canceled=known._replace(state="canceled"), ended_call=call, bonus=change,
    )  # fmt: skip


def _round_without(round_: Round | None, known: Transaction, call: Call) -> Round | None:
    return round_ and without(round_, known.kind, abs(known.real_amount), was_finished(call.data))


def _posting(state: PlayState, command: SettleCall, back: int, other: int) -> Entry | None:
    ids = command.wallet_tx_id, command.id
    if back > 0:
        return Entry(*ids, other, state.operator, back, None, None, None, None)
    if back < 0:
        return Entry(*ids, state.operator, other, -back, None, None, None, None)
    return None
