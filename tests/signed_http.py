"""What the tests' own peers know of the wallet protocol over HTTP: a request as it came, an answer's signature and its bytes."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(parts).encode()).hexdigest()


@dataclass
class Asked:
    """One request as it came. `port` is the caller's, `secret` what the peer that was asked signs with."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    port: int
    secret: str

    @property
    def command(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    @property
    def said(self) -> dict[str, Any]:
        """The body, numbers with a point as their digits."""
        told: dict[str, Any] = json.loads(self.body, parse_float=str) if self.body else {}
        return told

    @property
    def data(self) -> dict[str, Any]:
        told: dict[str, Any] = self.said.get("data", {})
        return told


def response(data: str, status: str, secret: str, *, hours_off: int = 0, signed: str | None = None) -> bytes:
    """The member `response` of an answer; `data` is JSON. `signed`: another hash than the right one."""
    stamp = (datetime.now(UTC) + timedelta(hours=hours_off)).strftime("%Y-%m-%d %H:%M:%S")
    digest = sha1(status, stamp, secret) if signed is None else signed
    return f'"response":{{"status":"{status}","response_timestamp":"{stamp}","hash":"{digest}","data":{data}}}'.encode()


def envelope(
    asked: Asked,
    data: str = '{"balance": 327.19, "currency_code": "EUR"}',
    status: str = "OK",
    *,
    hours_off: int = 0,
    echo: bytes | None = b"",
    signed: str | None = None,
    secret: str | None = None,
) -> bytes:
    """A whole answer. `echo`: b"" is what was asked, None none at all."""
    request = b"" if echo is None else b'"request":%b,' % (echo or asked.body or b"null")
    said = response(data, status, secret or asked.secret, hours_off=hours_off, signed=signed)
    return b"{" + request + said + b"}"


def refusal(asked: Asked, code: str, message: str = "No") -> bytes:
    return envelope(asked, json.dumps({"error_code": code, "error_message": message}), "ERROR")


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body
