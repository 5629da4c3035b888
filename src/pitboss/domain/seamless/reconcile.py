"""Hub and operator beside each other, one transaction at a time: where they differ, and what may be done about it without a person.

What an operator holds is what its `status` says. The table is in docs/operators.md, "Reconciliation"; nothing in it is guessed.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless.call import CallKind, Phase
from pitboss.domain.seamless.verdicts import OTHER_DATA


class Held(NamedTuple):
    """A BET, WIN or REFUND as the hub has it. `number` and `round_number`: its ids towards the operator; `refused_as`: the code an
    operator refused it with. `amount`: minor units of the player's currency, None where the books keep none. `call`, `undo`: where
    its own call, or the cancel of it, is under way, as far as they are not settled."""

    id: str
    provider_id: int
    provider: str
    provider_tx_id: str
    number: int
    kind: CallKind
    state: str
    refusal: str | None
    refused_as: str | None
    wallet_id: int
    user_in_game: str
    user_id: str
    round_id: str
    round_number: int
    game_id: int | None
    amount: int | None
    at: datetime
    call: Phase | None
    undo: Phase | None

    @property
    def was_sent(self) -> bool:
        """Whether the operator can know of it: not where the hub itself said no."""
        return self.state != "refused" or self.refusal == Refusal.OPERATOR_REFUSED

    @property
    def parked(self) -> CallKind | None:
        """Which of its calls waits for a person."""
        if self.undo is Phase.PARKED:
            return CallKind.CANCEL
        return self.kind if self.call is Phase.PARKED else None


class Told(StrEnum):
    """What the operator's `status` says of a transaction; `unknown`: OP_41, it has none."""

    OK = "OK"
    CANCELED = "CANCELED"
    ERROR = "ERROR"
    UNKNOWN = "unknown"


class Difference(StrEnum):
    """How the two differ; `cannot_be_asked`: nobody can say."""

    OK_HERE_UNKNOWN_THERE = "ok_here_unknown_there"
    OK_HERE_CANCELED_THERE = "ok_here_canceled_there"
    OK_HERE_REFUSED_THERE = "ok_here_refused_there"
    CANCELED_HERE_OK_THERE = "canceled_here_ok_there"
    REFUSED_HERE_OK_THERE = "refused_here_ok_there"
    UNSETTLED_HERE = "unsettled_here"
    PARKED_HERE = "parked_here"
    CANNOT_BE_ASKED = "cannot_be_asked"


class Repair(StrEnum):
    """`settle`: what status said is booked here. `send_again`: the parked call goes out, with its own id. `cancel`: the operator is
    asked to undo what the studio was told is no more."""

    SETTLE = "settle"
    SEND_AGAIN = "send_again"
    CANCEL = "cancel"


class Verdict(NamedTuple):
    """`difference` is None where they agree; `repair` is None where nothing is to be done by us, and `why` says why."""

    difference: Difference | None
    repair: Repair | None = None
    why: str = ""

    @property
    def may_pass(self) -> bool:
        """Whether the next look may find it different, without anybody doing anything."""
        return self.difference in (Difference.UNSETTLED_HERE, Difference.CANNOT_BE_ASKED)


AGREED = Verdict(None)
_STANDING = {
    Told.UNKNOWN: Difference.OK_HERE_UNKNOWN_THERE,
    Told.CANCELED: Difference.OK_HERE_CANCELED_THERE,
    Told.ERROR: Difference.OK_HERE_REFUSED_THERE,
}
_WHY_NOT_STANDING = {
    CallKind.BET: "the studio has played on it: taken back here, what it won would be won without a stake",
    CallKind.WIN: "the operator said OK to it once: sent again it may be paid twice, taken back here it is taken from the player",
    CallKind.REFUND: "the operator said OK to it once: sent again it may be paid twice, taken back here the stake is gone",
}


def compare(held: Held, told: Told | None) -> Verdict:
    """The verdict; `told` is None when the operator could not be asked."""
    if told is None:
        return Verdict(Difference.CANNOT_BE_ASKED, None, "nothing is known of it, so nothing is done")
    if held.parked is not None:
        return Verdict(Difference.PARKED_HERE, _for_parked(held, told))
    if held.call is Phase.VOID_AGAIN and held.undo is None and told in (Told.CANCELED, Told.ERROR):
        # Its second cancel is due still, but what is remembered there cannot land any more.
        return AGREED
    if held.undo is not None or held.call is not None:
        return Verdict(Difference.UNSETTLED_HERE, None, "the worker is at it")
    if held.state not in ("ok", "canceled", "refused"):
        return Verdict(Difference.UNSETTLED_HERE, None, "nobody is at it: see pitboss verify")
    if held.state == "ok":
        return AGREED if told is Told.OK else Verdict(_STANDING[told], None, _WHY_NOT_STANDING[held.kind])
    return AGREED if told is not Told.OK else _void_and_kept(held)


def _for_parked(held: Held, told: Told) -> Repair:
    """What status proves is booked; all else goes out again: the ids make it happen once."""
    if held.parked is CallKind.CANCEL:
        return Repair.SETTLE if told is Told.CANCELED else Repair.SEND_AGAIN
    if held.kind is CallKind.BET:
        # Void here. A bet unknown there may still land, unless its cancel is remembered.
        return Repair.SETTLE if told in (Told.CANCELED, Told.ERROR) else Repair.SEND_AGAIN
    # Refused there, or unknown, although it must be paid.
    return Repair.SETTLE if told in (Told.OK, Told.CANCELED) else Repair.SEND_AGAIN


def _void_and_kept(held: Held) -> Verdict:
    if held.state == "canceled":
        return Verdict(Difference.CANCELED_HERE_OK_THERE, Repair.CANCEL)
    difference = Difference.REFUSED_HERE_OK_THERE
    if held.kind is not CallKind.BET:
        return Verdict(difference, None, "the player has it: whether it is taken back is for a person to say")
    if held.refused_as == OTHER_DATA:
        return Verdict(difference, None, "refused as OP_40: what stands there under its id may be another bet")
    return Verdict(difference, Repair.CANCEL)
