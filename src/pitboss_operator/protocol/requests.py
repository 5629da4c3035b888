"""The commands a platform sends, each with the members its table in the document has."""

from collections.abc import Callable
from dataclasses import dataclass

from pitboss_operator.clock import read_wire_time
from pitboss_operator.protocol import json_text
from pitboss_operator.protocol.fields import Fields, Reading
from pitboss_operator.protocol.refusal import Malformed

TRANSACTION_TYPES = ("BET", "WIN", "REFUND")
ID_DIGITS, GAME_DIGITS = 20, 6
TOKEN_LONGEST, CURRENCY_LONGEST, WORDS_LONGEST = 50, 10, 255
PROMOTIONAL = "PROMO-FREESPIN"


@dataclass(frozen=True)
class Authenticate:
    """Who holds this token?"""

    token: str


@dataclass(frozen=True)
class Balance:
    """How much has the player?"""

    token: str
    user_id: str
    currency: str


@dataclass(frozen=True)
class ChangeBalance:
    """A BET, WIN or REFUND. `amount` is canonical decimal text, still without a currency's scale."""

    type: str
    token: str | None
    user_id: str
    transaction_id: int
    round_id: int
    round_finished: bool | None
    game_id: int
    currency: str
    amount: str
    reason: str | None
    campaign_code: str | None

    @property
    def promotional(self) -> bool:
        """A free spin: its stake is not the player's."""
        return self.reason == PROMOTIONAL


@dataclass(frozen=True)
class Status:
    """What became of a transaction?"""

    user_id: str
    transaction_id: int


@dataclass(frozen=True)
class Cancel:
    """Undo a transaction, or never let it happen."""

    user_id: str
    transaction_id: int
    round_id: int
    round_finished: bool | None
    game_id: int


@dataclass(frozen=True)
class FinishRound:
    """No more transactions will come in this round."""

    user_id: str
    round_id: int
    game_id: int


Request = Authenticate | Balance | ChangeBalance | Status | Cancel | FinishRound


@dataclass(frozen=True)
class Envelope:
    """A well-formed body: what was asked, when, UNIX ms as its sender says, and how it was signed."""

    request: Request
    stamp: str
    sent_ms: int
    signature: str


def read_envelope(raw: bytes, command: str, reading: Reading) -> Envelope:
    """Read a body sent to `command`'s path. Raises Malformed, which names the member."""
    try:
        body = json_text.read(raw)
    except json_text.NotJson:
        raise Malformed("body", "is not JSON") from None
    if not isinstance(body, dict):
        raise Malformed("body", "is not a JSON object")
    members = Fields(body, reading)
    if members.text("command", WORDS_LONGEST) != command:
        raise Malformed("command", "is not the path's")
    stamp = members.text("request_timestamp", WORDS_LONGEST)
    try:
        sent_ms = read_wire_time(stamp)
    except ValueError:
        raise Malformed("request_timestamp", "is not Y-m-d H:i:s") from None
    signature = members.text("hash", WORDS_LONGEST)
    data = body.get("data")
    if not isinstance(data, dict):
        raise Malformed("data", "must be an object")
    return Envelope(READERS[command](Fields(data, reading)), stamp, sent_ms, signature)


def _authenticate(data: Fields) -> Request:
    return Authenticate(data.text("token", TOKEN_LONGEST))


def _balance(data: Fields) -> Request:
    return Balance(data.text("token", TOKEN_LONGEST), data.user_id(), data.text("currency_code", CURRENCY_LONGEST))


def _changebalance(data: Fields) -> Request:
    context = data.object_or_null("context")
    data.text_or_null("transaction_timestamp", WORDS_LONGEST)
    context.text_or_null("history_id", WORDS_LONGEST)
    return ChangeBalance(
        type=_type(data),
        token=data.text_or_null("token", TOKEN_LONGEST),
        user_id=data.user_id(),
        transaction_id=data.whole("transaction_id", ID_DIGITS),
        round_id=data.whole("round_id", ID_DIGITS),
        round_finished=data.flag_or_null("round_finished"),
        game_id=data.whole("game_id", GAME_DIGITS),
        currency=data.text("currency_code", CURRENCY_LONGEST),
        amount=data.amount("amount"),
        reason=context.text_or_null("reason", WORDS_LONGEST),
        campaign_code=context.text_or_null("campaign_code", WORDS_LONGEST),
    )


def _type(data: Fields) -> str:
    found = data.text("transaction_type", 20)
    if found not in TRANSACTION_TYPES:
        raise Malformed("transaction_type", f"must be one of {', '.join(TRANSACTION_TYPES)}")
    return found


def _status(data: Fields) -> Request:
    _type(data)
    data.whole("round_id", ID_DIGITS)
    return Status(data.user_id(), data.whole("transaction_id", ID_DIGITS))


def _cancel(data: Fields) -> Request:
    return Cancel(
        data.user_id(),
        data.whole("transaction_id", ID_DIGITS),
        data.whole("round_id", ID_DIGITS),
        data.flag_or_null("round_finished"),
        data.whole("game_id", GAME_DIGITS),
    )


def _finishround(data: Fields) -> Request:
    return FinishRound(data.user_id(), data.whole("round_id", ID_DIGITS), data.whole("game_id", GAME_DIGITS))


READERS: dict[str, Callable[[Fields], Request]] = {
    "authenticate": _authenticate,
    "balance": _balance,
    "changebalance": _changebalance,
    "status": _status,
    "cancel": _cancel,
    "finishround": _finishround,
}
