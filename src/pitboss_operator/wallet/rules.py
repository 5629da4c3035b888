"""The single decisions of a wallet, one method each, so that each can be read, and in a planted defect be wrong, by itself."""

import sqlite3
from collections.abc import Callable
from typing import Protocol, TypeVar

from pitboss_operator import money
from pitboss_operator.protocol import signatures
from pitboss_operator.protocol.answer import Verdict
from pitboss_operator.protocol.refusal import Code
from pitboss_operator.protocol.requests import ChangeBalance
from pitboss_operator.storage.transactions import Transaction

_KEPT_REFUSALS = frozenset(
    {
        Code.INVALID_CURRENCY,
        Code.INSUFFICIENT_FUNDS,
        Code.LIMITS_REACHED,
        Code.PLAYER_BLOCKED,
        Code.GAME_DISABLED,
        Code.NEVER,
    }
)
_STATUS_WORDS = {"ok": "OK", "refused": "ERROR", "canceled": "CANCELED"}


T = TypeVar("T")


class Store(Protocol):
    """Where work is done in transactions."""

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do it; return when it is on disk."""
        ...


Step = Callable[[sqlite3.Connection, "Rules"], Verdict]


class Rules:
    """As the document wants them. Money is minor units."""

    ping_status = 200
    refusal_status = 200
    # Whether the books themselves refuse to write one id twice.
    guards_ids = True

    def header_holds(self, given: str, expected: str) -> bool:
        """Is the caller who it says? Otherwise HTTP 403."""
        return signatures.same(given, expected)

    def hash_holds(self, given: str, expected: str) -> bool:
        """Is the body the caller's? Otherwise OP_20."""
        return signatures.same(given, expected)

    def answer_hash(self, status: str, stamp: str, secret: str) -> str:
        """How an answer is signed."""
        return signatures.response_signature(status, stamp, secret)

    def may_hold(self, text: str) -> bool:
        """No string has a `|`, nor what is no text at all (half of a surrogate pair)."""
        return "|" not in text and not any("\ud800" <= character <= "\udfff" for character in text)

    def identifier(self, number: int) -> int:
        """Ids have up to 20 digits: more than 64 bits."""
        return number

    def minor(self, amount: str, scale: int) -> int:
        """What an amount is in minor units. Raises BadAmount when it has more decimals than the currency."""
        return money.minor_units(amount, scale)

    def may_be_zero(self, kind: str) -> bool:
        """A WIN of zero is how many studios end a lost round."""
        return True

    async def perform(self, store: Store, step: Step, transaction_id: int | None) -> Verdict:
        """Look and book in one transaction, so that of two calls with one id the second sees the first.

        `transaction_id` is that of a changebalance.
        """
        return await store.run(lambda db: step(db, self))

    def remembered(self, known: Transaction | None) -> Transaction | None:
        """What was done under an id counts for ever."""
        return known

    def same_data(self, known: Transaction, wanted: ChangeBalance) -> bool:
        """A repetition has the same user, type, amount, currency, game and round; times, token and context may differ."""
        return (known.user_id, known.type, known.amount, known.currency, known.game_id, known.round_id) == (
            wanted.user_id, wanted.type, wanted.amount, wanted.currency, wanted.game_id, wanted.round_id,
        )  # fmt: skip

    def replayed_balance(self, known: Transaction, balance_now: int) -> int:
        """A repetition gets the first answer."""
        return known.balance_after

    def needs_token(self, kind: str) -> bool:
        """Wins and refunds come when the session is long over."""
        return kind == "BET"

    def needs_open_round(self, kind: str) -> bool:
        """So do they when the round is."""
        return kind == "BET"

    def keeps_refusal(self, code: Code) -> bool:
        """A bet that the player was told is refused stays refused, also after a deposit."""
        return code in _KEPT_REFUSALS

    def needs_player_currency(self, command: str) -> bool:
        """An amount in another currency cannot be booked, a balance in it not told."""
        return True

    def affordable(self, balance: int, stake: int) -> bool:
        """Nobody plays on credit."""
        return balance >= stake

    def moved(self, kind: str, minor: int, promotional: bool) -> int:
        """What a transaction does to the balance. The stake of a promotional free spin is not the player's; its win is."""
        if kind == "WIN":
            return minor
        if promotional:
            return 0
        return -minor if kind == "BET" else minor

    def refundable(self, amount: int, bet: int, returned: int) -> bool:
        """Refunds and cancels together never give back more than was bet."""
        return returned + amount <= bet

    def remembers_cancel(self) -> bool:
        """A cancel may overtake its transaction, which must not be booked then."""
        return True

    def is_undone(self, known: Transaction) -> bool:
        """Whether a cancel has nothing left to move."""
        return known.state != "ok"

    def undone_by(self, kind: str, moved: int) -> int:
        """What canceling does to the balance."""
        return -moved

    def status_word(self, known: Transaction) -> str:
        """OK, ERROR (refused) or CANCELED."""
        return _STATUS_WORDS[known.state]
