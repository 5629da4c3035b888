"""What a decision may be: an outcome to tell, and what must be stored before it is told."""

from typing import NamedTuple

from pitboss.domain.play.bonus_posting import BonusChange
from pitboss.domain.play.state import Entry, Round, Transaction, Wallet
from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless.call import Call


class Accepted(NamedTuple):
    """It stood: `told` is the balance in the first answer, minor units. `answer`: more of it, for the hub's own transfers."""

    told: int
    answer: str | None = None


class Refused(NamedTuple):
    """It did not happen. `code` and `message`: as a seamless operator said it (OPERATOR_REFUSED)."""

    refusal: Refusal
    code: str = ""
    message: str = ""


class Canceled(NamedTuple):
    """It is undone, now or before. `elsewhere`: the cancel named another round or game than the transaction had."""

    elsewhere: bool = False


class RoundFinished(NamedTuple):
    """The round is closed, now or before."""


class StatusKnown(NamedTuple):
    """`state` of a transaction: ok, refused, canceled."""

    state: str


class Asked(NamedTuple):
    """The intent is journaled: who gets this must send the call now, or, when `first` is false, once earlier calls of the round
    are settled."""

    call: Call
    first: bool


class UnderWay(NamedTuple):
    """Somebody else is at the same call, or it waits for its turn."""


Outcome = Accepted | Refused | Canceled | RoundFinished | StatusKnown | Asked | UnderWay


class Decision(NamedTuple):
    """`wallet` and `round` are their new values, None when unchanged; `canceled` is the undone transaction's new value. `bonus`:
    what happens to the wallet's bonuses; `wallet` is then as it is after all of it.

    Of seamless agents: `settled` is the new value of a transaction that was pending, `forgotten` one that never happened, `call` a
    new or changed unsettled call, `ended_call` one that is settled."""

    outcome: Outcome
    wallet: Wallet | None = None
    round: Round | None = None
    transaction: Transaction | None = None
    entry: Entry | None = None
    canceled: Transaction | None = None
    other_wallet: Wallet | None = None
    bonus: BonusChange | None = None
    settled: Transaction | None = None
    forgotten: Transaction | None = None
    call: Call | None = None
    ended_call: Call | None = None


def refuse(refusal: Refusal) -> Decision:
    """A refusal that is not remembered."""
    return Decision(Refused(refusal))
