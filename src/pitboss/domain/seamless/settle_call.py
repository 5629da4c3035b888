"""An operator's answer, whatever was asked: to the decision about it."""

from collections.abc import Callable

from pitboss.domain.play.decision import Decision
from pitboss.domain.play.state import PlayState
from pitboss.domain.seamless.call import Call, CallKind, Phase
from pitboss.domain.seamless.settle_change import SettleCall, call_of, settle_bet, settle_credit
from pitboss.domain.seamless.undo import settle_cancel, settle_finish, settle_void

_BY_KIND: dict[CallKind, Callable[[PlayState, SettleCall, Call | None], Decision]] = {
    CallKind.BET: settle_bet,
    CallKind.WIN: settle_credit,
    CallKind.REFUND: settle_credit,
    CallKind.CANCEL: settle_cancel,
    CallKind.FINISH: settle_finish,
}


def settle_call(state: PlayState, command: SettleCall) -> Decision:
    """What was asked decides, and for a bet whether it was asked for or is being undone."""
    call = call_of(state, command)
    if command.kind is CallKind.BET and command.phase is not Phase.ASK:
        return settle_void(state, command, call)
    return _BY_KIND[command.kind](state, command, call)
