"""An operator's wallet nobody here wrote: a bare socket that says what a test wants, byte by byte, and signs by itself."""

import asyncio
import hashlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

SECRET = "a secret of the casino's"


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(parts).encode()).hexdigest()


@dataclass
class Asked:
    """One request as it came; `port` is the caller's."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    port: int

    @property
    def said(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body, parse_float=str)
        return told


def envelope(
    asked: Asked,
    data: str = '{"balance": 327.19, "currency_code": "EUR"}',
    status: str = "OK",
    *,
    hours_off: int = 0,
    echo: bytes | None = b"",
    signed: str | None = None,
    secret: str = SECRET,
) -> bytes:
    """A whole answer. `echo`: b"" is what was asked, None none at all."""
    stamp = (datetime.now(UTC) + timedelta(hours=hours_off)).strftime("%Y-%m-%d %H:%M:%S")
    request = b"" if echo is None else b'"request":%b,' % (echo or asked.body)
    digest = sha1(status, stamp, secret) if signed is None else signed
    response = f'"response":{{"status":"{status}","response_timestamp":"{stamp}","hash":"{digest}","data":{data}}}'
    return b"{" + request + response.encode() + b"}"


def error(asked: Asked, code: str, message: str = "No") -> bytes:
    return envelope(asked, json.dumps({"error_code": code, "error_message": message}), "ERROR")


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


Answering = Callable[["WalletPeer", Asked, asyncio.StreamWriter], Awaitable[None]]


def telling(make: Callable[[Asked], bytes]) -> Answering:
    """Answers HTTP 200 with what `make` makes."""

    async def answer(peer: "WalletPeer", asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(http(make(asked)))

    return answer


def writing(raw: bytes) -> Answering:
    """Answers these bytes, as they are."""

    async def answer(peer: "WalletPeer", asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    return answer


def then_silent(raw: bytes = b"") -> Answering:
    """Answers these bytes, and never another."""

    async def answer(peer: "WalletPeer", asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await peer.ended.wait()

    return answer


def then_reset(raw: bytes = b"") -> Answering:
    """Answers these bytes, and tears the connection."""

    async def answer(peer: "WalletPeer", asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        held: socket.socket = writer.get_extra_info("socket")
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return answer


FINE = telling(envelope)


@dataclass
class WalletPeer:
    """`answer` decides; `seen` is what came; `connections` how many were made."""

    url: str = ""
    answer: Answering = FINE
    seen: list[Asked] = field(default_factory=list)
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._one(head, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        asked = Asked(method, path, headers, body, writer.get_extra_info("peername")[1])
        self.seen.append(asked)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.answer(self, asked, writer)
            if not writer.is_closing():
                await writer.drain()
        finally:
            self.at_once -= 1


@asynccontextmanager
async def wallet_peer(answer: Answering = FINE) -> AsyncIterator[WalletPeer]:
    peer = WalletPeer(answer=answer)
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    peer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/casino/wallet"
    try:
        yield peer
    finally:
        peer.ended.set()
        server.close()
