"""What a transaction adds to the counters of a limited player (the partner API, "setPlayerLimits"): real money alone."""

from datetime import UTC, datetime, timedelta

from pitboss.domain.limits.use import Use
from pitboss.domain.play.decision import Decision
from pitboss.domain.play.state import Transaction

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def counted(use: Use, decision: Decision, now: datetime) -> Use:
    """The counters after a decision. A seamless agent's stake is asked for once and counts when it is settled."""
    made = decision.transaction
    if made is not None:
        if made.kind == "bet":
            use = use.attempted(now)
        use = _moved(use, made, decision.canceled, now)
    return use if decision.settled is None else _moved(use, decision.settled, None, now)


def _moved(use: Use, moved: Transaction, undone: Transaction | None, now: datetime) -> Use:
    amount = moved.real_amount
    if moved.state != "ok" or not amount:
        return use
    if moved.kind == "bet":
        return use.staked(-amount, now)
    if moved.kind == "win":
        return use.won(amount, now)
    if moved.kind == "refund":
        return use.returned(amount, now, now)
    if moved.kind == "deposit":
        return use.deposited(amount, now)
    return _undone(use, amount, undone, now) if moved.kind == "cancel" and undone is not None else use


def _undone(use: Use, back: int, undone: Transaction, now: datetime) -> Use:
    """`back` is what the wallet gained by the undoing."""
    if undone.kind == "bet":
        return use.returned(back, _arrived(undone), now)
    # A win taken back is a loss; a refund taken back leaves its stake standing.
    return use.won(back, now) if undone.kind == "win" else use.staked(-back, now)


def _arrived(transaction: Transaction) -> datetime:
    """When its command came: its id begins with that."""
    return _EPOCH + timedelta(microseconds=int(transaction.id[:16], 16) // 1000)
