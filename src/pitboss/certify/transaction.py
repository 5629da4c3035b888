"""Transactions as they are sent, and ids that no run before has used."""

import secrets
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pitboss.certify.signature import timestamp

BET, WIN, REFUND = "BET", "WIN", "REFUND"


@dataclass(frozen=True)
class Player:
    """Whom the wallet knows by `user_id`, in a session with `token`."""

    user_id: str
    token: str | None


@dataclass(frozen=True)
class Transaction:
    """One BET, WIN or REFUND; `token` None is sent as null."""

    type: str
    id: int
    round_id: int
    amount: Decimal
    currency: str
    game_id: int
    user_id: str
    token: str | None
    round_finished: bool | None = False
    reason: str = "not_provided"
    made_at: str = field(default_factory=timestamp)

    @property
    def effect(self) -> Decimal:
        """What it does to the balance when it stands."""
        return -self.amount if self.type == BET else self.amount

    def data(self) -> dict[str, Any]:
        """The `data` of its changebalance."""
        return {
            "transaction_type": self.type,
            "amount": self.amount,
            "currency_code": self.currency,
            "transaction_id": self.id,
            "transaction_timestamp": self.made_at,
            "round_id": self.round_id,
            "round_finished": self.round_finished,
            "game_id": self.game_id,
            "user_id": self.user_id,
            "token": self.token,
            "context": {"reason": self.reason, "history_id": str(self.round_id)},
        }


class Ids:
    """Numbers that rise, start at the time of day, and stay under 2**53: only the cases about big numbers send bigger ones."""

    def __init__(self) -> None:
        self._last = int(time.time()) * 1_000_000 + secrets.randbelow(900_000)

    def fresh(self) -> int:
        """An id that was not used before."""
        self._last += 1
        return self._last
