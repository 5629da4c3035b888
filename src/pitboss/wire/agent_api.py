"""The agent API's words: its error codes, its envelope, and JSON read more strictly than decoders do by themselves.

Both versions (1.3.0 and 1.6.7) share all of this; see the contract, "The agent API".
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec

from pitboss.domain.refusals import Refusal
from pitboss.wire.strict_json import Malformed, decode_object

MAX_BODY = 1024 * 1024


class ErrorCode(StrEnum):
    """Every code either version may answer with."""

    IP_NOT_ALLOWED = "IP_NOT_ALLOWED"
    AGENT_NOT_FOUND = "AGENT_NOT_FOUND"
    AGENT_NOT_ACTIVE = "AGENT_NOT_ACTIVE"
    AGENT_PROVIDER_NOT_FOUND = "AGENT_PROVIDER_NOT_FOUND"
    AGENT_NOT_UNDER = "AGENT_NOT_UNDER"
    AGENT_INVALID_TYPE = "AGENT_INVALID_TYPE"
    PLAYER_USERNAME_UNAVAILABLE = "PLAYER_USERNAME_UNAVAILABLE"
    PLAYER_INACTIVE = "PLAYER_INACTIVE"
    PLAYER_NOT_FOUND = "PLAYER_NOT_FOUND"
    BONUS_CODE_ALREADY_EXISTS = "BONUS_CODE_ALREADY_EXISTS"
    INVALID_REQUEST = "INVALID_REQUEST"
    INSUFFICIENT_BALANCE = "INSUFFICIENT_BALANCE"
    AGENT_INSUFFICIENT_BALANCE = "AGENT_INSUFFICIENT_BALANCE"
    CURRENCY_NOT_SUPPORTED = "CURRENCY_NOT_SUPPORTED"
    GAME_NOT_FOUND = "GAME_NOT_FOUND"
    GAME_NOT_ACTIVE = "GAME_NOT_ACTIVE"
    GAME_NOT_SUPPORTED = "GAME_NOT_SUPPORTED"
    COUNTRY_NOT_ALLOWED = "COUNTRY_NOT_ALLOWED"
    ROUND_NOT_FOUND = "ROUND_NOT_FOUND"
    HISTORY_NOT_FOUND = "HISTORY_NOT_FOUND"
    FREE_ROUND_NOT_FOUND = "FREE_ROUND_NOT_FOUND"
    FREE_CHIP_NOT_FOUND = "FREE_CHIP_NOT_FOUND"
    ALREADY_CANCELED = "ALREADY_CANCELED"
    BET_LIMIT_NOT_FOUND = "BET_LIMIT_NOT_FOUND"
    LIMIT_REACHED = "LIMIT_REACHED"
    NOT_IMPLEMENTED = "NOT_IMPLEMENTED"
    NOT_FOUND = "NOT_FOUND"
    RATE_LIMITED = "RATE_LIMITED"
    INTERNAL_ERROR = "INTERNAL_ERROR"


_MESSAGES: Mapping[ErrorCode, str] = MappingProxyType(
    {
        ErrorCode.IP_NOT_ALLOWED: "this address is not on the agent's list",
        ErrorCode.AGENT_NOT_FOUND: "no agent has this key",
        ErrorCode.AGENT_NOT_ACTIVE: "the agent is switched off",
        ErrorCode.AGENT_PROVIDER_NOT_FOUND: "the game's provider is not configured for this agent",
        ErrorCode.AGENT_NOT_UNDER: "X-Agent-Id names no agent under this one",
        ErrorCode.AGENT_INVALID_TYPE: "not available to an agent of this type",
        ErrorCode.PLAYER_USERNAME_UNAVAILABLE: "username unavailable",
        ErrorCode.PLAYER_INACTIVE: "the player is blocked",
        ErrorCode.PLAYER_NOT_FOUND: "player not found",
        ErrorCode.BONUS_CODE_ALREADY_EXISTS: "bonusCode is taken",
        ErrorCode.INVALID_REQUEST: "the request is not valid",
        ErrorCode.INSUFFICIENT_BALANCE: "the player's balance is too low",
        ErrorCode.AGENT_INSUFFICIENT_BALANCE: "the agent's balance is too low",
        ErrorCode.CURRENCY_NOT_SUPPORTED: "the agent has no such currency",
        ErrorCode.GAME_NOT_FOUND: "game not found",
        ErrorCode.GAME_NOT_ACTIVE: "the game is switched off",
        ErrorCode.GAME_NOT_SUPPORTED: "the game cannot do this",
        ErrorCode.COUNTRY_NOT_ALLOWED: "the provider does not serve the player's country",
        ErrorCode.ROUND_NOT_FOUND: "round not found",
        ErrorCode.HISTORY_NOT_FOUND: "history item not found",
        ErrorCode.FREE_ROUND_NOT_FOUND: "free round not found",
        ErrorCode.FREE_CHIP_NOT_FOUND: "free chip not found",
        ErrorCode.ALREADY_CANCELED: "canceled before",
        ErrorCode.BET_LIMIT_NOT_FOUND: "bet limit not found",
        ErrorCode.LIMIT_REACHED: "a limit is reached",
        ErrorCode.NOT_IMPLEMENTED: "this call is not served yet",
        ErrorCode.NOT_FOUND: "this version has no such call",
        ErrorCode.RATE_LIMITED: "too many calls; wait for Retry-After seconds",
        ErrorCode.INTERNAL_ERROR: "the hub failed",
    }
)

_STATUSES: Mapping[ErrorCode, int] = MappingProxyType(
    {
        ErrorCode.AGENT_NOT_FOUND: 401,
        ErrorCode.IP_NOT_ALLOWED: 403,
        ErrorCode.NOT_FOUND: 404,
        ErrorCode.RATE_LIMITED: 429,
        ErrorCode.INTERNAL_ERROR: 500,
    }
)

REFUSALS: Mapping[Refusal, ErrorCode] = MappingProxyType(
    {
        Refusal.PLAYER_BLOCKED: ErrorCode.PLAYER_INACTIVE,
        Refusal.AGENT_INACTIVE: ErrorCode.AGENT_NOT_ACTIVE,
        Refusal.CURRENCY_MISMATCH: ErrorCode.CURRENCY_NOT_SUPPORTED,
        Refusal.GAME_UNAVAILABLE: ErrorCode.GAME_NOT_ACTIVE,
        Refusal.ROUND_FINISHED: ErrorCode.ROUND_NOT_FOUND,
        Refusal.CAMPAIGN_UNKNOWN: ErrorCode.FREE_ROUND_NOT_FOUND,
        Refusal.STAKE_OUTSIDE_LIMITS: ErrorCode.LIMIT_REACHED,
        Refusal.PLAYER_LIMIT_REACHED: ErrorCode.LIMIT_REACHED,
        Refusal.CREDIT_EXHAUSTED: ErrorCode.LIMIT_REACHED,
        Refusal.INSUFFICIENT_FUNDS: ErrorCode.INSUFFICIENT_BALANCE,
        Refusal.AGENT_INSUFFICIENT_FUNDS: ErrorCode.AGENT_INSUFFICIENT_BALANCE,
        Refusal.SESSION_INVALID: ErrorCode.INVALID_REQUEST,
        Refusal.PLAYER_UNKNOWN: ErrorCode.PLAYER_NOT_FOUND,
        Refusal.TRANSACTION_UNKNOWN: ErrorCode.HISTORY_NOT_FOUND,
        Refusal.ROUND_UNKNOWN: ErrorCode.ROUND_NOT_FOUND,
        Refusal.OTHER_DATA: ErrorCode.INVALID_REQUEST,
        Refusal.CANCELED_SINCE: ErrorCode.ALREADY_CANCELED,
        Refusal.RETURNS_MORE_THAN_STAKED: ErrorCode.INVALID_REQUEST,
        Refusal.MONEY_ALREADY_SPENT: ErrorCode.INSUFFICIENT_BALANCE,
        Refusal.BALANCE_OUT_OF_BOUNDS: ErrorCode.LIMIT_REACHED,
        Refusal.OUTCOME_UNKNOWN: ErrorCode.INTERNAL_ERROR,
        Refusal.OVERLOADED: ErrorCode.RATE_LIMITED,
        Refusal.OPERATOR_REFUSED: ErrorCode.INVALID_REQUEST,
        Refusal.OPERATOR_UNREACHABLE: ErrorCode.INTERNAL_ERROR,
        Refusal.STILL_UNDER_WAY: ErrorCode.INTERNAL_ERROR,
    }
)


class ApiError(Exception):
    """Ends a call with `ok: false`. `status` is the HTTP status; `retry_after` in seconds."""

    def __init__(
        self, code: ErrorCode, message: str | None = None, *, status: int | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.message = message or _MESSAGES[code]
        self.status = status or _STATUSES.get(code, 200)
        self.retry_after = retry_after

    def body(self) -> bytes:
        """The answer's bytes."""
        return _ENCODER.encode({"ok": False, "error": {"code": self.code.value, "message": self.message}})


def invalid(field: str, problem: str) -> ApiError:
    """INVALID_REQUEST that names the field: "amount must be …"."""
    return ApiError(ErrorCode.INVALID_REQUEST, f"{field} {problem}")


_ENCODER = msgspec.json.Encoder()
NOTHING = b'{"ok":true,"result":{}}'


def encode_result(result: object) -> bytes:
    """A success with its `result`, without one where that is None; exact JSON numbers are given as msgspec.Raw."""
    return _ENCODER.encode({"ok": True} if result is None else {"ok": True, "result": result})


def decode_body(body: bytes) -> dict[str, object]:
    """One JSON object in UTF-8. Refuses what lax decoders let through: duplicate keys, NaN, Infinity. Raises ApiError."""
    try:
        return decode_object(body)
    except Malformed as wrong:
        raise invalid(wrong.field, wrong.why) from None
