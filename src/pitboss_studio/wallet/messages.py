"""The wallet protocol's words on the platform side: signed requests out, verified answers in. No I/O.

Signatures are lower-case hex SHA-1: header `sha1(command + secret)`, request `sha1(command + request_timestamp +
secret)`, answer `sha1(status + response_timestamp + secret)`.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from pitboss_studio import money

Data = dict[str, object]

_encoder = msgspec.json.Encoder()


class BadAnswer(ValueError):
    """The peer's bytes are no valid, signed answer; the message is for the log and holds no secret."""


@dataclass(frozen=True)
class Answer:
    """A verified answer: `code` is None for OK, else the error code; `data` as the peer sent it."""

    code: str | None
    message: str
    data: Data


def sha1(*parts: str) -> str:
    """SHA-1 of the parts joined, lower-case hex."""
    return hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()


def timestamp(now: datetime) -> str:
    """`Y-m-d H:i:s` in UTC."""
    return now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def encode(message: object) -> bytes:
    """JSON bytes; Decimals become numbers with their exact digits and no exponent."""
    return _encoder.encode(_exact_numbers(message))


def request(command: str, data: Data, now: datetime, secret: str) -> bytes:
    """The body of one signed command."""
    stamp = timestamp(now)
    body = {"command": command, "request_timestamp": stamp, "hash": sha1(command, stamp, secret), "data": data}
    return encode(body)


def headers(command: str, operator_id: str, secret: str) -> dict[str, str]:
    """The headers every command carries."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "X-Authorization": sha1(command, secret),
        "X-Operator-Id": operator_id,
    }


def decode(raw: bytes) -> object:
    """JSON with numbers kept exact (Decimal, never float); raises BadAnswer."""
    try:
        return msgspec.json.Decoder(float_hook=Decimal).decode(raw)
    except (msgspec.DecodeError, ValueError, ArithmeticError, RecursionError) as error:
        raise BadAnswer("not JSON") from error


def read_answer(raw: bytes, secret: str) -> Answer:
    """Check the envelope and the response hash. Raises BadAnswer when either does not hold."""
    body = decode(raw)
    response = body.get("response") if isinstance(body, dict) else None
    if not isinstance(response, dict):
        raise BadAnswer("no response member")
    status, stamp, signature = (response.get(name) for name in ("status", "response_timestamp", "hash"))
    if not (isinstance(status, str) and isinstance(stamp, str) and isinstance(signature, str)):
        raise BadAnswer("status, response_timestamp or hash is missing")
    if not hmac.compare_digest(sha1(status, stamp, secret).encode(), signature.encode()):
        raise BadAnswer("the response hash does not match")
    data = response.get("data")
    return _verdict(status, data if isinstance(data, dict) else {})


def _verdict(status: str, data: Data) -> Answer:
    if status == "OK":
        return Answer(None, "", data)
    if status != "ERROR":
        raise BadAnswer("status is neither OK nor ERROR")
    code, message = data.get("error_code"), data.get("error_message")
    # A code that is missing or malformed counts as an internal error, as the protocol says of unlisted codes.
    return Answer(code if isinstance(code, str) else "OP_50", message if isinstance(message, str) else "", data)


def _exact_numbers(value: object) -> object:
    if isinstance(value, Decimal):
        return msgspec.Raw(money.plain(value).encode())
    if isinstance(value, dict):
        return {key: _exact_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact_numbers(item) for item in value]
    return value
