"""BET, WIN and REFUND of a seamless agent's player, first half: what the hub itself must say no to, and else the journaled intent.

Session, player, currency, game, round and limits are judged as for any player; funds are the operator's to judge. The second half
is `settle_change`.
"""

import json

from pitboss.domain.play.commands import PlaceBet, RefundBet, SettleWin
from pitboss.domain.play.decision import Accepted, Asked, Decision, Refused, UnderWay, refuse
from pitboss.domain.play.place_bet import admitted, refused_bet, round_of_bet, verdict_before_funds
from pitboss.domain.play.refund_bet import why_odd as why_odd_refund
from pitboss.domain.play.settle_win import round_of_win
from pitboss.domain.play.settle_win import why_odd as why_odd_win
from pitboss.domain.play.state import PlayState, Round, Transaction, Wallet
from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless.backoff import FIRST
from pitboss.domain.seamless.call import LEASE, Call, CallKind, Phase, find_call, next_place, turn_in_round
from pitboss.domain.seamless.free_stakes import may_refund_free_stakes
from pitboss.domain.seamless.words import Addressee, Change, change_words

Credit = SettleWin | RefundBet


def intend_bet(state: PlayState, command: PlaceBet) -> Decision:
    """First that applies: known id, session, player, block, currency, game, round, limits; else the operator is asked."""
    wallet = state.wallet
    if state.known is not None:
        return repeat(state, command, CallKind.BET)
    if not admitted(state, command):
        return refuse(Refusal.SESSION_INVALID)
    if wallet is None or state.player is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    verdict = verdict_before_funds(state, command, wallet)
    if verdict is not None:
        return Decision(Refused(verdict), transaction=refused_bet(command, wallet, verdict))
    round_ = round_of_bet(state, command, wallet.id)
    return _ask(state, command, wallet, round_, CallKind.BET, None)


def intend_win(state: PlayState, command: SettleWin) -> Decision:
    """Known id, unknown player and wrong currency stop it; all else goes to the operator, flagged for review where it is odd."""
    wallet = state.wallet
    if state.known is not None:
        return repeat(state, command, CallKind.WIN)
    refusal = _cannot_credit(state, command)
    if wallet is None or refusal is not None:
        return refuse(refusal or Refusal.PLAYER_UNKNOWN)
    round_ = round_of_win(state, command, wallet.id)
    return _ask(state, command, wallet, round_, CallKind.WIN, why_odd_win(state, command))


def intend_refund(state: PlayState, command: RefundBet) -> Decision:
    """Beyond what the round still holds, with what is on its way back already, it is refused and not remembered."""
    wallet = state.wallet
    if state.known is not None:
        return repeat(state, command, CallKind.REFUND)
    refusal = _cannot_credit(state, command)
    if wallet is None or refusal is not None:
        return refuse(refusal or Refusal.PLAYER_UNKNOWN)
    round_, amount = state.round, command.amount or 0
    if round_ is not None and may_refund_free_stakes(state, round_, amount, command.campaign_code):
        return _ask(state, command, wallet, round_, CallKind.REFUND, why_odd_refund(state, round_))
    if round_ is None or round_.returned + returning(state.calls, round_) + amount > round_.staked:
        return refuse(Refusal.RETURNS_MORE_THAN_STAKED)
    return _ask(state, command, wallet, round_, CallKind.REFUND, why_odd_refund(state, round_))


def returning(calls: tuple[Call, ...], round_: Round) -> int:
    """What unsettled refunds and cancels of bets may yet give back of a round's stakes."""
    return sum(
        call.amount
        for call in calls
        if call.kind in (CallKind.REFUND, CallKind.CANCEL)
        and (call.provider_id, call.round_id) == (round_.provider_id, round_.round_id)
    )


def _cannot_credit(state: PlayState, command: Credit) -> Refusal | None:
    if state.wallet is None or state.player is None:
        return Refusal.PLAYER_UNKNOWN
    if command.amount is None or command.currency is None or command.currency.code != state.wallet.currency:
        return Refusal.CURRENCY_MISMATCH
    return None


def _ask(
    state: PlayState, command: PlaceBet | Credit, wallet: Wallet, round_: Round, kind: CallKind, review: str | None
) -> Decision:
    assert command.amount is not None and state.player is not None and command.currency is not None
    session = state.session
    token = session.operator_token if session is not None and session.wallet_id == wallet.id else None
    game_id = command.game.id if command.game else round_.game_id
    change = Change(
        kind.upper(), command.number, round_.number, command.round_finished, game_id, command.currency, command.amount,
        command.context,
    )  # fmt: skip
    call = Call(
        command.provider_id, wallet.id, kind, command.provider_tx_id, command.round_id, next_place(state.calls), command.id,
        command.amount, change_words(Addressee(state.player.operator_user_id, token), change, state.now), state.now, Phase.ASK,
        state.now + LEASE, None, 0, None,
    )  # fmt: skip
    pending = Transaction(
        command.provider_id, command.provider_tx_id, False, command.id, command.wallet_tx_id, command.number, kind, "pending",
        command.said, None, wallet.id, None, game_id, command.round_id, 0, 0, 0, 0, 0, command.settle_rate, command.reason,
        command.campaign_code, command.history_id, review, None,
    )  # fmt: skip
    taken, first = take(state, call)
    opened = round_ if state.round is None else None
    return Decision(Asked(taken, first), round=opened, transaction=pending, call=taken)


def take(state: PlayState, call: Call) -> tuple[Call, bool]:
    """The call, taken if it is its turn, and whether it is. What waits for its turn is a worker's soon, should its studio not wait;
    but a bet that nobody waits for any more is not sent."""
    if not turn_in_round(state.calls, call):
        return call if call.kind is CallKind.BET else call._replace(due=min(call.due, state.now + FIRST)), False
    return call._replace(taken_until=state.now + LEASE), True


def repeat(state: PlayState, command: PlaceBet | Credit, kind: CallKind) -> Decision:
    """A transaction id that is known already: its first answer again, its outcome once there is one, or why not."""
    wallet, known = state.wallet, state.known
    assert known is not None
    if wallet is None or known.wallet_id != wallet.id:
        return refuse(Refusal.OTHER_DATA)
    if known.state == "tombstone":
        return refuse(Refusal.CANCELED_SINCE)
    if known.said != command.said:
        return refuse(Refusal.OTHER_DATA)
    if known.state in ("canceled", "voiding"):
        return refuse(Refusal.CANCELED_SINCE)
    if known.state == "pending":
        return _again(state, known, kind)
    if known.state == "parked":
        return refuse(Refusal.OUTCOME_UNKNOWN)
    return told_before(known)


def told_before(known: Transaction) -> Decision:
    """What a settled transaction was told."""
    if known.refusal == Refusal.OPERATOR_REFUSED:
        said = json.loads(known.answer or "{}", parse_float=str)
        return Decision(Refused(Refusal.OPERATOR_REFUSED, said.get("code", ""), said.get("message", "")))
    if known.refusal is not None:
        return refuse(Refusal(known.refusal))
    return Decision(Accepted(known.told))


def _again(state: PlayState, known: Transaction, kind: CallKind) -> Decision:
    """Who comes with the same words while nobody is at it takes it on; but a bet that may have been sent is never sent again."""
    call = find_call(state.calls, known.provider_id, kind, known.provider_tx_id)
    if call is None or call.is_taken(state.now) or (kind is CallKind.BET and call.taken_until is not None):
        return Decision(UnderWay())
    taken, first = take(state, call)
    return Decision(Asked(taken, first), call=taken) if first else Decision(UnderWay())
