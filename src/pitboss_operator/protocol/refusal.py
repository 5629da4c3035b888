"""The error codes an operator may answer with (wallet protocol, "Exception handling")."""

from enum import StrEnum


class Code(StrEnum):
    """The closed list."""

    INVALID_HASH = "OP_20"
    INVALID_TOKEN = "OP_21"  # noqa: S105 - a code, not a password
    NOT_AUTHORIZED = "OP_22"
    INVALID_CURRENCY = "OP_30"
    INSUFFICIENT_FUNDS = "OP_31"
    LIMITS_REACHED = "OP_32"
    PLAYER_BLOCKED = "OP_33"
    PLAYER_NOT_FOUND = "OP_34"
    GAME_DISABLED = "OP_35"
    OTHER_DATA = "OP_40"
    NOT_FOUND = "OP_41"
    TIMEOUT = "OP_47"
    NEVER = "OP_49"
    INTERNAL = "OP_50"


MESSAGES = {
    Code.INVALID_HASH: "Invalid hash",
    Code.INVALID_TOKEN: "Invalid token",
    Code.NOT_AUTHORIZED: "Authorization failed",
    Code.INVALID_CURRENCY: "Invalid currency",
    Code.INSUFFICIENT_FUNDS: "Insufficient funds",
    Code.LIMITS_REACHED: "Limits reached",
    Code.PLAYER_BLOCKED: "Player is blocked",
    Code.PLAYER_NOT_FOUND: "Player is not found",
    Code.GAME_DISABLED: "Game is disabled",
    Code.OTHER_DATA: "Duplicated transaction ID",
    Code.NOT_FOUND: "Transaction not found",
    Code.TIMEOUT: "Timeout",
    Code.NEVER: "Operation failed",
    Code.INTERNAL: "Internal error",
}


class Refusal(Exception):
    """A command is refused with `code`; `message` is free words for whoever debugs, and holds no secret."""

    def __init__(self, code: Code, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message or MESSAGES[code]


class Malformed(Refusal):
    """OP_50 for a request that is not as the document says; the message names the member."""

    def __init__(self, member: str, problem: str) -> None:
        super().__init__(Code.INTERNAL, f"{member} {problem}")
