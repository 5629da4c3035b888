"""Which signed refusals are a wallet's normal answers, and which mean that the exchange failed (the contract,
"The hub as platform").

A BET may be refused; a WIN or REFUND may not, so whatever an operator says against one is worth a person's look.
"""

import json
from typing import Final

from pitboss.domain.seamless.operator_call import OperatorCall
from pitboss.wire.wallet import OpCode

_OF_A_BET: Final = frozenset(
    {
        OpCode.INVALID_TOKEN, OpCode.NOT_AUTHORIZED, OpCode.INVALID_CURRENCY, OpCode.INSUFFICIENT_FUNDS, OpCode.LIMIT_REACHED,
        OpCode.PLAYER_BLOCKED, OpCode.PLAYER_NOT_FOUND, OpCode.GAME_DISABLED, OpCode.DUPLICATE, OpCode.IMPOSSIBLE,
    }
)  # fmt: skip
_VERDICTS: Final = {
    "authenticate": frozenset({OpCode.INVALID_TOKEN, OpCode.NOT_AUTHORIZED}),
    "balance": frozenset(
        {OpCode.INVALID_TOKEN, OpCode.INVALID_CURRENCY, OpCode.PLAYER_BLOCKED, OpCode.PLAYER_NOT_FOUND}
    ),
    "status": frozenset({OpCode.NOT_FOUND}),
    "cancel": frozenset({OpCode.NOT_FOUND}),
    "finishround": frozenset({OpCode.NOT_FOUND}),
}


def is_verdict(call: OperatorCall, code: str) -> bool:
    """Whether `code` is an answer to `call` that the protocol foresees, rather than a failure."""
    if call.command == "changebalance":
        return code in _OF_A_BET and _is_bet(call)
    return code in _VERDICTS.get(call.command, frozenset())


def _is_bet(call: OperatorCall) -> bool:
    data = json.loads(call.data, parse_float=str, parse_int=str)
    return isinstance(data, dict) and data.get("transaction_type") == "BET"
