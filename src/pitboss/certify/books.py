"""What the battery expects to stand of what it sent: an account kept apart from the wallet's."""

from decimal import Decimal

from pitboss.certify.answer import Answer
from pitboss.certify.transaction import Transaction


class Books:
    """Of one case: transactions by id, in the order they were first sent."""

    def __init__(self) -> None:
        self._standing: dict[int, Transaction] = {}
        self._doubtful: dict[int, Transaction] = {}
        self._undone: set[int] = set()

    def saw(self, transaction: Transaction, answer: Answer) -> None:
        """Note a changebalance and its answer."""
        if transaction.id in self._undone:
            # Its cancel was answered first, though both were under way.
            return
        if answer.ok:
            self._doubtful.pop(transaction.id, None)
            self._standing.setdefault(transaction.id, transaction)
        elif not answer.refused and transaction.id not in self._standing:
            self._doubtful[transaction.id] = transaction

    def undone(self, transaction_id: int) -> None:
        """Note that a transaction was canceled."""
        self._undone.add(transaction_id)
        self._standing.pop(transaction_id, None)
        self._doubtful.pop(transaction_id, None)

    @property
    def to_give_back(self) -> list[Transaction]:
        """What may stand and moves money, the youngest first, so that no cancel takes more than there is."""
        found = [*self._standing.values(), *self._doubtful.values()]
        return [transaction for transaction in sorted(found, key=lambda one: -one.id) if transaction.amount]

    def standing(self, user_id: str) -> Decimal:
        """What the transactions that stand did to a player's balance."""
        return sum((one.effect for one in self._standing.values() if one.user_id == user_id), Decimal(0))
