"""The journal of calls to an operator: one row for each that is not settled yet (wallet protocol, "The hub as platform").

A row is there from before the call is sent until its outcome is stored, so that whoever comes after a crash finds what to finish.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from pitboss.domain.seamless.words import campaign_of, cancel_words, status_words

LEASE = timedelta(seconds=18)
"""How long whoever has taken a call may be at it; nobody else sends it meanwhile. Longer than the longest total timeout an agent
may have (15 s), shorter than 20 s."""


class CallKind(StrEnum):
    """What is asked of the operator; the first three are changebalance."""

    BET = "bet"
    WIN = "win"
    REFUND = "refund"
    CANCEL = "cancel"
    FINISH = "finish"


class Phase(StrEnum):
    """`ask`: the thing itself. `status`: what became of it. `void`: a bet with an unknown outcome is being cancelled; `void_again`:
    once more after the total timeout, since the bet may land behind its cancel. `parked`: waits for a person."""

    ASK = "ask"
    STATUS = "status"
    VOID = "void"
    VOID_AGAIN = "void_again"
    PARKED = "parked"


IN_ORDER = frozenset({Phase.ASK, Phase.STATUS, Phase.VOID})
"""What later calls of the same round wait for."""

_COMMANDS = {
    CallKind.BET: "changebalance",
    CallKind.WIN: "changebalance",
    CallKind.REFUND: "changebalance",
    CallKind.CANCEL: "cancel",
    CallKind.FINISH: "finishround",
}


class Call(NamedTuple):
    """`subject`: the studio's transaction id; for `finish` its round id. `place`: its turn among the unsettled calls of its round.
    `amount`: minor units of the player's currency; for a cancel, of the transaction it undoes. `data`: the words of `ask` as JSON.
    `due`: when somebody should try next; `taken_until`: until then somebody is at it. `tries` counts those that failed."""

    provider_id: int
    wallet_id: int
    kind: CallKind
    subject: str
    round_id: str
    place: int
    reference: str
    amount: int
    data: str
    asked_at: datetime
    phase: Phase
    due: datetime
    taken_until: datetime | None
    tries: int
    last_error: str | None

    @property
    def campaign_code(self) -> str | None:
        """The campaign a promotional stake is of; None for all else."""
        return campaign_of(self.data) if self.kind is CallKind.BET and self.phase is Phase.ASK else None

    @property
    def key(self) -> tuple[int, int, str, str]:
        """What no other call has."""
        return self.provider_id, self.wallet_id, self.kind, self.subject

    def is_taken(self, now: datetime) -> bool:
        """Whether somebody is at it."""
        return self.taken_until is not None and now < self.taken_until

    def message(self) -> tuple[str, str]:
        """The command to send now, and the JSON of its `data`."""
        if self.phase in (Phase.VOID, Phase.VOID_AGAIN):
            return "cancel", cancel_words(self.data)
        if self.phase is Phase.STATUS:
            # Of a cancel's own status nobody can be asked; what it undoes can be.
            return "status", status_words(self.data, self.kind)
        return _COMMANDS[self.kind], self.data


def turn_in_round(calls: tuple[Call, ...], call: Call) -> bool:
    """Whether no earlier call of the same round is unsettled."""
    return not any(
        other.provider_id == call.provider_id
        and other.round_id == call.round_id
        and other.place < call.place
        and other.phase in IN_ORDER
        for other in calls
    )


def next_place(calls: tuple[Call, ...]) -> int:
    """The turn behind all of the wallet's unsettled calls."""
    return max((call.place for call in calls), default=0) + 1


def find_call(calls: tuple[Call, ...], provider_id: int, kind: str, subject: str) -> Call | None:
    """The unsettled call about a transaction (or, to finish it, a round)."""
    for call in calls:
        if call.provider_id == provider_id and call.kind == kind and call.subject == subject:
            return call
    return None


def is_being_undone(calls: tuple[Call, ...], provider_id: int, provider_tx_id: str) -> bool:
    """Whether the operator is being asked to undo a transaction that stood."""
    return find_call(calls, provider_id, CallKind.CANCEL, provider_tx_id) is not None
