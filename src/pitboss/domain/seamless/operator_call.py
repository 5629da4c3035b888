"""One question to an operator's wallet, and the four things that can come of it (wallet protocol, "The hub as platform").

The engine knows wallets by `OperatorWallets` alone; `operators/` puts HTTP behind it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple, Protocol


class OperatorCall(NamedTuple):
    """`command` of the wallet protocol; `data` is the JSON text of its `data` member, with exact digits, in the document's order.
    Timestamp, hash and headers are made anew each time it is sent. `reference` names it in the error log: the hub's own id of the
    transaction, round or session (never a token)."""

    agent_id: int
    command: str
    data: str
    reference: str = ""


class Agreed(NamedTuple):
    """status OK, and the hash proves it. `data` are the answer's members; JSON numbers are int or Decimal, never float."""

    data: Mapping[str, object]

    @property
    def balance(self) -> Decimal | None:
        """The balance it told, in units of the currency; None when there is none or it is no amount."""
        value = self.data.get("balance")
        return value if isinstance(value, Decimal) else None

    @property
    def currency(self) -> str | None:
        """The currency_code it told."""
        value = self.data.get("currency_code")
        return value if isinstance(value, str) else None


class Declined(NamedTuple):
    """status ERROR, and the hash proves it. `code` is what it said, also where no document lists it."""

    code: str
    message: str


class NotSent(NamedTuple):
    """Surely nothing reached the operator: its breaker is open, or too many calls to it are under way."""

    why: str


class NotKnown(NamedTuple):
    """It may or may not have happened: no answer in time, a broken connection, another HTTP status than 200, a bad hash, no JSON.

    A connection that was never made is NotKnown as well: the rules for it are the same, and nobody has to trust an error's name.
    `http_status` is 0 when there was none.
    """

    why: str
    http_status: int = 0


OperatorAnswer = Agreed | Declined | NotSent | NotKnown


class OperatorWallets(Protocol):
    """Every seamless agent's wallet. Never raises for what an operator or the network does."""

    async def ask(self, call: OperatorCall) -> OperatorAnswer:
        """One attempt, bounded by the agent's total timeout."""
        ...
