"""What a transaction adds to the counters of a limited player (the partner API, "setPlayerLimits"): real money alone."""

from datetime import datetime
from typing import NamedTuple

from pitboss.domain.limits.use import Standing, Use
from pitboss.domain.play.decision import Decision
from pitboss.domain.play.state import Transaction


class Since(NamedTuple):
    """When what a decision may give back was counted: the transaction it undoes, and the round it is in, by the clock of the batch
    that stored them; this batch's own where it made them itself. An id tells when a command came, and midnight may be between."""

    transaction: datetime
    round: datetime


def counted(standing: Standing, decision: Decision, since: Since, now: datetime) -> Use:
    """The wallet's counters after a decision. A seamless agent's stake is asked for once and counts when it is settled."""
    use, made = standing.use, decision.transaction
    if made is not None:
        if made.kind == "bet":
            use = use.attempted(now, standing.last_elsewhere)
        use = _moved(use, made, decision.canceled, since, now)
    return use if decision.settled is None else _moved(use, decision.settled, None, since, now)


def _moved(use: Use, moved: Transaction, undone: Transaction | None, since: Since, now: datetime) -> Use:
    amount = moved.real_amount
    if moved.state != "ok" or not amount:
        return use
    if moved.kind == "bet":
        return use.staked(-amount, now)
    if moved.kind == "win":
        return use.won(amount, now)
    if moved.kind == "refund":
        # It does not say which of the round's stakes comes back: the first.
        return use.returned(amount, since.round, now)
    if moved.kind == "deposit" and moved.reason is None:
        return use.deposited(amount, now)
    return _undone(use, amount, undone, since, now) if moved.kind == "cancel" and undone is not None else use


def _undone(use: Use, back: int, undone: Transaction, since: Since, now: datetime) -> Use:
    """`back` is what the wallet gained by the undoing."""
    if undone.kind == "bet":
        return use.returned(back, since.transaction, now)
    # A win taken back is a loss of when it was won; a refund taken back leaves its stake standing.
    return use.won_back(-back, since.transaction, now) if undone.kind == "win" else use.returned(back, since.round, now)
