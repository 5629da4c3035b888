"""The wallet protocol's words, the platform's side: signed commands out, verified answers in (the contract, "Envelope, both
sides").

No number passes through a float: what an operator writes becomes int or Decimal.
"""

import hmac
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from pitboss.wire.strict_json import Malformed, read_exact
from pitboss.wire.wallet import sign_header, sign_request, sign_response

MAX_ANSWER: Final = 1 << 20
"""Bytes of an answer; it holds a balance and the request."""
TIMESTAMP: Final = "%Y-%m-%d %H:%M:%S"
_CODE = re.compile(r"[!-~]{1,32}")
_PLAIN_DECIMAL = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,20})?")
_MOST_DIGITS = 50
_LONGEST_MESSAGE = 300


class BadAnswer(ValueError):
    """The operator's bytes are no valid, signed answer. The message holds nothing of theirs."""


class Said(NamedTuple):
    """A verified answer: `code` is None for OK, else the error's; `echo` is what stood under `request`."""

    data: Mapping[str, object]
    code: str | None
    message: str
    echo: object


def headers(command: str, operator_id: str, secret: str) -> dict[str, str]:
    """What every command carries; older wallets know the operator's id by its older name."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "pitboss",
        "X-Authorization": sign_header(command, secret),
        "X-Operator-Id": operator_id,
        "X-TT-Operator-Id": operator_id,
    }


def compose(command: str, data: str, stamp: str, secret: str) -> bytes:
    """The signed body. `data` is the JSON text of that member and goes in as it is; `stamp` is UTC, see TIMESTAMP."""
    signed = sign_request(command, stamp, secret)
    return f'{{"command":"{command}","request_timestamp":"{stamp}","hash":"{signed}","data":{data}}}'.encode()


def read_answer(body: bytes, secret: str) -> Said:
    """What the operator said, once its hash over its own timestamp holds. Raises BadAnswer."""
    try:
        tree = read_exact(body)
    except Malformed as malformed:
        raise BadAnswer("is not JSON" if not malformed.is_json else f"is malformed: {malformed}") from None
    response = tree.get("response") if isinstance(tree, dict) else None
    if not isinstance(response, dict):
        raise BadAnswer("is not the protocol's envelope")
    status, stamp, signed = (_text(response, name) for name in ("status", "response_timestamp", "hash"))
    if status not in ("OK", "ERROR"):
        raise BadAnswer("has a status that is neither OK nor ERROR")
    if not hmac.compare_digest(sign_response(status, stamp, secret).encode(), signed.encode()):
        raise BadAnswer("has a hash that does not hold")
    data, echo = _members(response.get("data")), tree.get("request")
    if status == "OK":
        return Said(_normalised(data), None, "", echo)
    code, message = data.get("error_code"), data.get("error_message")
    if not isinstance(code, str) or _CODE.fullmatch(code) is None:
        raise BadAnswer("is an ERROR without an error_code")
    words = message[:_LONGEST_MESSAGE] if isinstance(message, str) else ""
    return Said({}, code, "".join(char if char.isprintable() else " " for char in words), echo)


def echoes(request: bytes, answer: bytes, echo: object) -> bool:
    """Whether `echo` is what was asked: byte by byte in the answer, or at least the same members and values."""
    return request in answer or bool(read_exact(request) == echo)


def _text(response: Mapping[str, Any], name: str) -> str:
    value = response.get(name)
    if not isinstance(value, str):
        raise BadAnswer(f"has no {name}")
    return value


def _members(data: object) -> Mapping[str, object]:
    """`data` as an object. Some languages write an empty one as `[]`, and some leave it out."""
    if data is None or data == []:
        return {}
    if not isinstance(data, dict):
        raise BadAnswer("has data that is no object")
    return data


def _normalised(data: Mapping[str, object]) -> Mapping[str, object]:
    """`balance` as a Decimal where it is an amount however written, `user_id` as a string; all else as it came."""
    said = dict(data)
    if "balance" in said:
        said["balance"] = _amount(said["balance"])
    user_id = said.get("user_id")
    if isinstance(user_id, int) and not isinstance(user_id, bool):
        said["user_id"] = str(user_id)
    return said


def _amount(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= 3 * _MOST_DIGITS:
        return Decimal(value)
    if isinstance(value, Decimal):
        # An exponent is good JSON; a billion digits are no amount.
        exponent = value.as_tuple().exponent
        fits = isinstance(exponent, int) and abs(exponent) <= _MOST_DIGITS and abs(value.adjusted()) <= _MOST_DIGITS
        return value if fits else None
    if isinstance(value, str) and _PLAIN_DECIMAL.fullmatch(value):
        return Decimal(value)
    return None
