"""What a decision may be: an outcome to tell, and what must be stored before it is told."""

from typing import NamedTuple

from pitboss.domain.play.bonus_posting import BonusChange
from pitboss.domain.play.state import Entry, Round, Transaction, Wallet
from pitboss.domain.refusals import Refusal


class Accepted(NamedTuple):
    """It stood: `told` is the balance in the first answer, minor units. `answer`: more of it, for the hub's own transfers."""

    told: int
    answer: str | None = None


class Refused(NamedTuple):
    """It did not happen."""

    refusal: Refusal


class Canceled(NamedTuple):
    """It is undone, now or before. `elsewhere`: the cancel named another round or game than the transaction had."""

    elsewhere: bool = False


class RoundFinished(NamedTuple):
    """The round is closed, now or before."""


class StatusKnown(NamedTuple):
    """`state` of a transaction: ok, refused, canceled."""

    state: str


Outcome = Accepted | Refused | Canceled | RoundFinished | StatusKnown


class Decision(NamedTuple):
    """`wallet` and `round` are their new values, None when unchanged; `canceled` is the undone transaction's new value. `bonus`:
    what happens to the wallet's bonuses; `wallet` is then as it is after all of it."""

    outcome: Outcome
    wallet: Wallet | None = None
    round: Round | None = None
    transaction: Transaction | None = None
    entry: Entry | None = None
    canceled: Transaction | None = None
    other_wallet: Wallet | None = None
    bonus: BonusChange | None = None


def refuse(refusal: Refusal) -> Decision:
    """A refusal that is not remembered."""
    return Decision(Refused(refusal))
