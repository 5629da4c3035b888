"""An unsettled call in words, for a person: what was done about it, what the worker will do next, and what a try would book."""

from typing import NamedTuple

from pitboss.domain.seamless.call import Call, CallKind, Phase

_KEPT = "kept it"


class Outlook(NamedTuple):
    """Two sentences without times: those stand beside them."""

    did: str
    will: str


class Booking(NamedTuple):
    """What is booked once the operator agrees: `amount` (minor units, above zero) to the player's money at the operator, or with
    `takes` from it."""

    amount: int
    takes: bool


_UNDER_WAY = {
    (CallKind.BET, Phase.ASK): Outlook(
        "The stake went to the operator; no answer is stored yet.",
        "A bet is never sent twice: without an answer by then it is made void, and cancelled at the operator.",
    ),
    (CallKind.BET, Phase.VOID): Outlook(
        "Nobody knows whether the operator took the stake, so the bet is void here.",
        "Sends cancel until the operator confirms it, and once more later, should the bet land behind it.",
    ),
    (CallKind.BET, Phase.STATUS): Outlook(
        "The bet is void here, and the operator will not cancel it.",
        "Asks for its status: if the operator kept the stake a person must look, else it is done.",
    ),
    (CallKind.BET, Phase.VOID_AGAIN): Outlook(
        "The bet is void, here and at the operator.",
        "Sends cancel a last time when the bet cannot be on its way any more. It waits for that on purpose.",
    ),
    (CallKind.CANCEL, Phase.ASK): Outlook(
        "A cancel that the operator has not confirmed.",
        "Sends it again; once confirmed, what was moved is booked back.",
    ),
    (CallKind.FINISH, Phase.ASK): Outlook(
        "The round is closed here; the operator has not been told.", "Tells it again. No money moves."
    ),
}
_PARKED = {
    CallKind.BET: "The cancel of a void bet was not confirmed for too long.",
    CallKind.CANCEL: "A cancel that was not confirmed for too long.",
    CallKind.FINISH: "The operator could not be told of the round's end for too long.",
}


def outlook(call: Call) -> Outlook:
    """What `operators/recovery.py` and the decisions about answers make of a call in this phase."""
    if call.phase is Phase.PARKED:
        return Outlook(_why_parked(call), "Nothing, until a person sends it again.")
    if call.kind in (CallKind.WIN, CallKind.REFUND):
        if call.phase is Phase.STATUS:
            return Outlook(
                f"The operator says that the {call.kind}'s id is taken.",
                "Asks for its status: what stands is booked, what was cancelled is refused, all else is sent again.",
            )
        return Outlook(
            f"The operator has not agreed to the {call.kind} yet.",
            "Sends it again under the same id; once agreed, it is booked.",
        )
    return _UNDER_WAY[call.kind, call.phase]


def _why_parked(call: Call) -> str:
    if call.kind is CallKind.BET and call.last_error == _KEPT:
        return "The operator keeps the stake of a bet that is void here."
    return _PARKED.get(call.kind, f"The operator did not take the {call.kind} for too long.")


def why_not_now(call: Call) -> str | None:
    """Why a person cannot hasten a call that nobody is at; None: he can."""
    if call.phase is Phase.PARKED:
        return "waits for a person: send it again"
    if call.phase is Phase.VOID_AGAIN:
        return "waits on purpose: its bet may still be on the way"
    if call.kind is CallKind.BET and call.phase is Phase.ASK:
        return "is a bet, and never sent twice"
    return None


def booking(call: Call, state: str | None, moved: int) -> Booking | None:
    """What the operator's yes books. `state` and `moved` (signed minor units): of the transaction it is about, as it is now. None:
    nothing."""
    if call.kind in (CallKind.WIN, CallKind.REFUND):
        return Booking(call.amount, takes=False) if call.amount else None
    if call.kind is CallKind.CANCEL and state == "ok" and moved:
        return Booking(abs(moved), takes=moved > 0)
    return None
