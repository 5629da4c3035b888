"""The wallet protocol's words: what a studio may send, how both sides sign, the codes an error may have.

Nothing of a body passes through a float: numbers stay the bytes they came as until somebody asks for exact text.
"""

import re
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha1
from typing import Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from pitboss.domain.refusals import Refusal
from pitboss.wire.strict_json import Malformed, check_members, explain_failure

MAX_BODY: Final = 1 << 20
"""Bytes of a request body; a larger one is HTTP 413."""

# Timestamps have whole seconds, so that a busy studio's calls share them, and with them their signatures.
_SAME_SECOND = 256

MAX_TOKEN, MAX_USER_ID, MAX_CODE, MAX_WORDS = 50, 70, 10, 1_000
"""Characters. Currency codes are three or four by the document, but units and custom currencies may have up to ten;
what `context` holds is kept, so it is bounded, generously."""


class OpCode(StrEnum):
    """The closed list of error codes (wallet protocol, "Exception handling")."""

    INVALID_HASH = "OP_20"
    INVALID_TOKEN = "OP_21"  # noqa: S105 - a code, not a password
    NOT_AUTHORIZED = "OP_22"
    INVALID_CURRENCY = "OP_30"
    INSUFFICIENT_FUNDS = "OP_31"
    LIMIT_REACHED = "OP_32"
    PLAYER_BLOCKED = "OP_33"
    PLAYER_NOT_FOUND = "OP_34"
    GAME_DISABLED = "OP_35"
    DUPLICATE = "OP_40"
    NOT_FOUND = "OP_41"
    TIMEOUT = "OP_47"
    IMPOSSIBLE = "OP_49"
    INTERNAL = "OP_50"


REFUSALS: Final[dict[Refusal, tuple[OpCode, str]]] = {
    Refusal.PLAYER_BLOCKED: (OpCode.PLAYER_BLOCKED, "The player may not play"),
    Refusal.AGENT_INACTIVE: (OpCode.PLAYER_BLOCKED, "The casino of this player is closed"),
    Refusal.CURRENCY_MISMATCH: (OpCode.INVALID_CURRENCY, "Not the currency of this player"),
    Refusal.GAME_UNAVAILABLE: (OpCode.GAME_DISABLED, "The game is not offered"),
    Refusal.ROUND_FINISHED: (OpCode.IMPOSSIBLE, "The round is finished"),
    Refusal.CAMPAIGN_UNKNOWN: (OpCode.IMPOSSIBLE, "No such campaign for this player"),
    Refusal.STAKE_OUTSIDE_LIMITS: (OpCode.LIMIT_REACHED, "The stake is outside the limits"),
    Refusal.PLAYER_LIMIT_REACHED: (OpCode.LIMIT_REACHED, "A limit the player has set is reached"),
    Refusal.CREDIT_EXHAUSTED: (OpCode.LIMIT_REACHED, "The operator's credit is used up"),
    Refusal.INSUFFICIENT_FUNDS: (OpCode.INSUFFICIENT_FUNDS, "The balance does not cover the stake"),
    Refusal.AGENT_INSUFFICIENT_FUNDS: (OpCode.LIMIT_REACHED, "The casino's credit is used up"),
    Refusal.SESSION_INVALID: (OpCode.INVALID_TOKEN, "No live session with this token"),
    Refusal.PLAYER_UNKNOWN: (OpCode.PLAYER_NOT_FOUND, "No such player"),
    Refusal.TRANSACTION_UNKNOWN: (OpCode.NOT_FOUND, "No such transaction"),
    Refusal.ROUND_UNKNOWN: (OpCode.NOT_FOUND, "No such round"),
    Refusal.OTHER_DATA: (OpCode.DUPLICATE, "The transaction id was used with other data"),
    Refusal.CANCELED_SINCE: (OpCode.IMPOSSIBLE, "The transaction was canceled"),
    Refusal.RETURNS_MORE_THAN_STAKED: (OpCode.IMPOSSIBLE, "More would be returned than was staked"),
    Refusal.MONEY_ALREADY_SPENT: (OpCode.IMPOSSIBLE, "The money is spent already"),
    Refusal.BALANCE_OUT_OF_BOUNDS: (OpCode.INTERNAL, "The balance would be out of bounds"),
    Refusal.OUTCOME_UNKNOWN: (OpCode.TIMEOUT, "The outcome is not known"),
    Refusal.OVERLOADED: (OpCode.INTERNAL, "Overloaded"),
    # Its operator's own code is told instead of this one.
    Refusal.OPERATOR_REFUSED: (OpCode.IMPOSSIBLE, "The operator refused it"),
    Refusal.OPERATOR_UNREACHABLE: (OpCode.INTERNAL, "The operator cannot be reached now"),
    Refusal.STILL_UNDER_WAY: (OpCode.TIMEOUT, "The operator is still being asked"),
}
"""What each refusal is called towards a studio: its code, and words for those who read logs."""


def sign_header(command: str, secret: str) -> str:
    """What X-Authorization must hold: 40 hex digits of sha1(command + secret)."""
    return sha1((command + secret).encode(), usedforsecurity=False).hexdigest()


@lru_cache(maxsize=_SAME_SECOND)
def sign_request(command: str, request_timestamp: str, secret: str) -> str:
    """The `hash` of a request: sha1(command + request_timestamp + secret)."""
    return sha1((command + request_timestamp + secret).encode(), usedforsecurity=False).hexdigest()


def sign_response(status: str, response_timestamp: str, secret: str) -> str:
    """The `hash` of an answer: sha1(status + response_timestamp + secret), status being OK or ERROR."""
    return sha1((status + response_timestamp + secret).encode(), usedforsecurity=False).hexdigest()


Text = str | UnsetType | None


class Context(Struct, frozen=True, gc=False):
    """What a transaction was for; all of it optional."""

    reason: Text = UNSET
    campaign_code: Text = UNSET
    history_id: Text = UNSET
    rake: Raw | UnsetType = UNSET
    game_details: Raw | UnsetType = UNSET
    campaign_details: Raw | UnsetType = UNSET


class AuthenticateData(Struct, frozen=True, gc=False):
    """A launch token to be exchanged for an identity."""

    token: str


class BalanceData(Struct, frozen=True, gc=False):
    """Whose balance, in which unit."""

    token: str
    user_id: Raw
    currency_code: str


class ChangeBalanceData(Struct, frozen=True, gc=False):
    """One BET, WIN or REFUND. `reason` on this level is what older studios send; it is not looked at."""

    user_id: Raw
    transaction_type: str
    transaction_id: Raw
    round_id: Raw
    game_id: Raw
    currency_code: str
    amount: Raw
    token: Text = UNSET
    round_finished: bool | UnsetType | None = UNSET
    transaction_timestamp: Text = UNSET
    context: Context | UnsetType | None = UNSET
    reason: Raw | UnsetType = UNSET


class StatusData(Struct, frozen=True, gc=False):
    """Which transaction is asked after."""

    user_id: Raw
    transaction_id: Raw
    transaction_type: str
    round_id: Raw
    transaction_date: Text = UNSET
    transaction_ts: Text = UNSET


class CancelData(Struct, frozen=True, gc=False):
    """Which transaction is to be undone."""

    user_id: Raw
    transaction_id: Raw
    round_id: Raw
    game_id: Raw
    round_finished: bool | UnsetType | None = UNSET


class FinishRoundData(Struct, frozen=True, gc=False):
    """Which round has ended."""

    round_id: Raw
    user_id: Raw
    game_id: Raw
    round_date: Text = UNSET
    round_ts: Text = UNSET


class Authenticate(Struct, frozen=True, gc=False):
    """The request envelope; one struct a command, so that a body is decoded in one pass."""

    command: str
    request_timestamp: str
    hash: str
    data: AuthenticateData


class Balance(Struct, frozen=True, gc=False):
    """See Authenticate."""

    command: str
    request_timestamp: str
    hash: str
    data: BalanceData


class ChangeBalance(Struct, frozen=True, gc=False):
    """See Authenticate."""

    command: str
    request_timestamp: str
    hash: str
    data: ChangeBalanceData


class Status(Struct, frozen=True, gc=False):
    """See Authenticate."""

    command: str
    request_timestamp: str
    hash: str
    data: StatusData


class Cancel(Struct, frozen=True, gc=False):
    """See Authenticate."""

    command: str
    request_timestamp: str
    hash: str
    data: CancelData


class FinishRound(Struct, frozen=True, gc=False):
    """See Authenticate."""

    command: str
    request_timestamp: str
    hash: str
    data: FinishRoundData


Request = Authenticate | Balance | ChangeBalance | Status | Cancel | FinishRound

_DECODERS: Final[dict[str, msgspec.json.Decoder[Request]]] = {
    "authenticate": msgspec.json.Decoder(Authenticate),
    "balance": msgspec.json.Decoder(Balance),
    "changebalance": msgspec.json.Decoder(ChangeBalance),
    "status": msgspec.json.Decoder(Status),
    "cancel": msgspec.json.Decoder(Cancel),
    "finishround": msgspec.json.Decoder(FinishRound),
}
COMMANDS: Final = tuple(_DECODERS)
TRANSACTION_TYPES: Final = ("BET", "WIN", "REFUND")

_ENVELOPE_MEMBERS = 4
_as_tuple = msgspec.structs.astuple
_json_string = msgspec.json.Decoder(str)


def read_request(command: str, body: bytes) -> Request:
    """One well-formed request for `command`. Raises Malformed, which names the field and says whether `body` was JSON."""
    try:
        request = _DECODERS[command].decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise explain_failure(body, error) from None
    data = request.data
    values = _as_tuple(data)
    members = _ENVELOPE_MEMBERS + len(values) - values.count(UNSET)
    if type(data) is ChangeBalanceData and type(data.context) is Context:
        context = _as_tuple(data.context)
        members += len(context) - context.count(UNSET)
    check_members(body, members)
    if request.command != command:
        raise Malformed("command", "is not the one of the path")
    if b"|" in body or b"\\" in body:
        _check_symbols(request)
    return request


def _check_symbols(request: Request) -> None:
    """No string may hold `|`; nothing that is kept may hold NUL."""
    for name, value in _strings(request):
        if "|" in value or "\0" in value:
            raise Malformed(name, "holds a symbol that is not allowed")


def _strings(request: Request) -> list[tuple[str, str]]:
    found = [("command", request.command), ("request_timestamp", request.request_timestamp), ("hash", request.hash)]
    members = msgspec.structs.asdict(request.data)
    context = members.get("context")
    if isinstance(context, Context):
        members |= {f"context.{name}": value for name, value in msgspec.structs.asdict(context).items()}
    for name, value in members.items():
        if isinstance(value, Raw) and bytes(value)[:1] == b'"':
            value = _json_string.decode(value)
        if isinstance(value, str):
            found.append((name, value))
    return found


def text_or_number(raw: Raw, field: str, longest: int) -> str:
    """The string in `raw`, or a number's own digits. Raises Malformed for anything else, or more than `longest` characters."""
    content = bytes(raw)
    if content[:1] == b'"':
        text = _json_string.decode(raw) if b"\\" in content else str(content[1:-1], "utf-8")
    elif content == b"null":
        raise Malformed(field, "must not be null")
    elif content[:1] in (b"{", b"[", b"t", b"f"):
        raise Malformed(field, "must be a string or a number")
    else:
        text = str(content, "ascii")
    if len(text) > longest:
        raise Malformed(field, f"is longer than {longest} characters")
    return text


def whole_number(raw: Raw, field: str, digits: int) -> str:
    """A whole number, sent as such or as a string, without leading zeros. Raises Malformed for a sign, a fraction, an exponent
    or more than `digits` digits."""
    content = bytes(raw)
    if content.isdigit() and len(content) <= digits:
        return str(content, "ascii")
    text = text_or_number(raw, field, 1_000)
    if not (text.isascii() and text.isdigit() and len(text) <= digits):
        raise Malformed(field, f"must be a whole number of at most {digits} digits")
    return text.lstrip("0") or "0"


def bounded(text: Text, field: str, longest: int) -> str | None:
    """An optional string, or None. Raises Malformed when it has more than `longest` characters."""
    if not text:
        # UNSET is false as well: a missing member is null.
        return "" if text == "" else None
    if len(text) > longest:
        raise Malformed(field, f"is longer than {longest} characters")
    return text


_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


@lru_cache(maxsize=_SAME_SECOND)
def read_timestamp(text: str) -> datetime:
    """`Y-m-d H:i:s` in UTC, as a naive datetime. Raises Malformed for another form, or a day that does not exist."""
    if _TIMESTAMP.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    raise Malformed("request_timestamp", "must be a time of the form Y-m-d H:i:s")
