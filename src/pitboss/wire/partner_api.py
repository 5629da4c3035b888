"""The partner API's words: its error codes, its envelope, what makes two requests the same (the contract, "The partner API")."""

import hashlib
import json
import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec

from pitboss.wire.strict_json import JsonNumber

_WITH_POINT = re.compile(r"-?[0-9]+\.[0-9]+")
MAX_BODY = 1024 * 1024
MAX_REQUEST_ID = 128


class ErrorCode(StrEnum):
    """Every code the API may answer with."""

    INVALID_REQUEST = "ERR_INVALID_REQUEST"
    AUTHENTICATION = "ERR_AUTHENTICATION"
    IP_NOT_ALLOWED = "ERR_IP_NOT_ALLOWED"
    PLAYER_NOT_FOUND = "ERR_PLAYER_NOT_FOUND"
    PLAYER_BLOCKED = "ERR_PLAYER_BLOCKED"
    GAME_NOT_FOUND = "ERR_GAME_NOT_FOUND"
    ROUND_NOT_FOUND = "ERR_ROUND_NOT_FOUND"
    BONUS_NOT_FOUND = "ERR_BONUS_NOT_FOUND"
    BONUS_TEMPLATE_NOT_FOUND = "ERR_BONUS_TEMPLATE_NOT_FOUND"
    BONUS_STATE = "ERR_BONUS_STATE"
    BET_VALUE_NOT_SUPPORTED = "ERR_BET_VALUE_NOT_SUPPORTED"
    TAG_EXPECTATION_FAILED = "ERR_TAG_EXPECTATION_FAILED"
    DUPLICATE_REQUEST = "DUPLICATE_REQUEST"
    AGENT_TYPE = "ERR_AGENT_TYPE"
    RATE_LIMITED = "ERR_RATE_LIMITED"
    INTERNAL = "ERR_INTERNAL"


_MEANINGS: Mapping[ErrorCode, tuple[int, str]] = MappingProxyType(
    {
        ErrorCode.INVALID_REQUEST: (400, "the request is not valid"),
        ErrorCode.AUTHENTICATION: (401, "no agent has this key"),
        ErrorCode.IP_NOT_ALLOWED: (403, "this address is not on the agent's list"),
        ErrorCode.PLAYER_NOT_FOUND: (404, "player not found"),
        ErrorCode.PLAYER_BLOCKED: (409, "the player may not play"),
        ErrorCode.GAME_NOT_FOUND: (404, "game not found"),
        ErrorCode.ROUND_NOT_FOUND: (404, "round not found"),
        ErrorCode.BONUS_NOT_FOUND: (404, "bonus not found"),
        ErrorCode.BONUS_TEMPLATE_NOT_FOUND: (404, "bonus template not found"),
        ErrorCode.BONUS_STATE: (409, "the bonus is not in a state that allows this"),
        ErrorCode.BET_VALUE_NOT_SUPPORTED: (400, "not a bet value of all the games"),
        ErrorCode.TAG_EXPECTATION_FAILED: (409, "a tag does not have the expected value"),
        ErrorCode.DUPLICATE_REQUEST: (409, "the requestId was used before with other data"),
        ErrorCode.AGENT_TYPE: (409, "not available to an agent of this type"),
        ErrorCode.RATE_LIMITED: (429, "too many calls; wait for Retry-After seconds"),
        ErrorCode.INTERNAL: (500, "the hub failed"),
    }
)


class PartnerError(Exception):
    """Ends a call with `error`. `field` is the member to blame; `more` joins the error object; `retry_after` in seconds."""

    def __init__(
        self,
        code: ErrorCode,
        description: str | None = None,
        *,
        field: str | None = None,
        status: int | None = None,
        retry_after: int | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code.value)
        usual_status, usual = _MEANINGS[code]
        self.code = code
        self.description = description or usual
        self.field = field
        self.status = status or usual_status
        self.retry_after = retry_after
        self.more = more or {}

    def body(self, request_id: str | None) -> bytes:
        """The answer's bytes."""
        error: dict[str, object] = {"code": self.code.value, "description": self.description}
        if self.field is not None:
            error["field"] = self.field
        return _ENCODER.encode({"requestId": request_id, "error": {**error, **self.more}})


def invalid(field: str, problem: str) -> PartnerError:
    """ERR_INVALID_REQUEST that names the member: "limits[0].amount must be …"."""
    return PartnerError(ErrorCode.INVALID_REQUEST, f"{field} {problem}", field=field)


_ENCODER = msgspec.json.Encoder()


def encode_data(request_id: str | None, data: object) -> bytes:
    """A success with its `data`; exact JSON numbers are given as msgspec.Raw (`number`)."""
    return _ENCODER.encode({"requestId": request_id, "data": data})


def number(text: str) -> msgspec.Raw:
    """A JSON number with exactly these digits."""
    return msgspec.Raw(text.encode())


def digest(operation: str, members: Mapping[str, object]) -> bytes:
    """What a repetition of a request must match: the operation and all members but requestId, whatever their order and spacing."""
    said = {name: value for name, value in members.items() if name != "requestId"}
    return hashlib.sha256(f"{operation} {_plain(said)}".encode()).digest()


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{_plain(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_plain(item) for item in value) + "]"
    # A number is no string of the same digits, and the same however many zeros it ends with.
    if isinstance(value, JsonNumber):
        return value.rstrip("0").rstrip(".") if _WITH_POINT.fullmatch(value) else str(value)
    return json.dumps(value)
