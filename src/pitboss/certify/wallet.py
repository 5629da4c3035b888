"""The wallet under test, over HTTP: signs as a platform does, or wrongly where a case wants it."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Final

import httpx

from pitboss.certify.answer import Answer, Sent
from pitboss.certify.notation import write
from pitboss.certify.signature import digest, timestamp

MAX_ANSWER: Final = 1 << 20
"""Bytes of an answer that are read; a longer one is no answer."""

RIGHT: Final = "right"


@dataclass(frozen=True)
class Credentials:
    """Where the wallet is and how its platform signs."""

    url: str
    operator_id: str
    secret: str

    def __repr__(self) -> str:
        return f"Credentials({self.operator_id!r})"


@dataclass(frozen=True)
class Manner:
    """How a request differs from a well-made one; every member's default is the right thing.

    `header` and `hash` None leave the header or member out; `body` replaces the whole body; `command` is the body's own.
    """

    header: str | None = RIGHT
    hash: str | None = RIGHT
    timestamp: str | None = None
    operator_id: str | None = RIGHT
    operator_header: str = "X-Operator-Id"
    body: bytes | None = None
    command: str | None = None
    method: str = "POST"
    leave_out: str | None = None


AS_IT_SHOULD_BE: Final = Manner()


class Wallet:
    """Calls one wallet. `timeout` in seconds bounds every call as a whole."""

    def __init__(self, credentials: Credentials, timeout: float, connections: int) -> None:
        self._credentials = credentials
        self._timeout = timeout
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, pool=None),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            follow_redirects=False,
            trust_env=False,
        )

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    def request(self, command: str, data: object, manner: Manner = AS_IT_SHOULD_BE) -> Sent:
        """A signed request, not yet sent, so that a case can send the same bytes again."""
        secret = self._credentials.secret
        stamp = manner.timestamp or timestamp()
        named = command if manner.command is None else manner.command
        signed = digest(named, stamp, secret) if manner.hash == RIGHT else manner.hash
        envelope: dict[str, Any] = {"command": named, "request_timestamp": stamp, "hash": signed, "data": data}
        if signed is None:
            del envelope["hash"]
        if manner.leave_out is not None:
            del envelope[manner.leave_out]
        body = write(envelope).encode() if manner.body is None else manner.body
        headers = {"Content-Type": "application/json; charset=utf-8"}
        operator_id = self._credentials.operator_id if manner.operator_id == RIGHT else manner.operator_id
        if operator_id is not None:
            headers[manner.operator_header] = operator_id
        authorization = digest(command, secret) if manner.header == RIGHT else manner.header
        if authorization is not None:
            headers["X-Authorization"] = authorization
        return Sent(manner.method, f"{self._credentials.url}/{command}", headers, body, envelope)

    def response_hash(self, answer: Answer) -> str:
        """What the answer's hash must be."""
        response = answer.response
        return digest(str(response.get("status")), str(response.get("response_timestamp")), self._credentials.secret)

    def ping(self) -> Sent:
        """The one command without a body."""
        return Sent("GET", f"{self._credentials.url}/ping", {}, b"", {})

    async def send(self, sent: Sent) -> Answer:
        """What came back; a connection that breaks or hangs is an answer with its `failure`, never an exception."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._timeout):
                status, headers, body = await self._exchange(sent)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(sent, _since(began), failure=f"no answer within {self._timeout:g} s")
        except httpx.ConnectError:
            return Answer(sent, _since(began), failure="no connection")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            return Answer(sent, _since(began), failure=f"the connection broke ({type(error).__name__})")
        except OSError as error:
            return Answer(sent, _since(began), failure=f"the connection broke ({type(error).__name__})")
        if len(body) > MAX_ANSWER:
            return Answer(sent, _since(began), status, headers, body[:1000], f"an answer of over {MAX_ANSWER} bytes")
        return Answer(sent, _since(began), status, headers, body)

    async def _exchange(self, sent: Sent) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        async with self._http.stream(sent.method, sent.url, headers=sent.headers, content=sent.body) as response:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > MAX_ANSWER:
                    break
            return response.status_code, tuple(response.headers.multi_items()), bytes(body)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
