"""An operator's wallet nobody here wrote: a bare socket that says what a test wants, byte by byte, and signs by itself."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from signed_http import Asked, envelope, http

SECRET = "a secret of the casino's"

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
    secret: str = SECRET
    answer: Answering = FINE
    seen: list[Asked] = field(default_factory=list)
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> None:
        """Listen on a free port, which `url` tells."""
        self._writers: set[asyncio.StreamWriter] = set()
        self._server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/casino/wallet"

    def close(self) -> None:
        """Hang up on everybody."""
        self.ended.set()
        self._server.close()
        for writer in self._writers:
            writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
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
        asked = Asked(method, path, headers, body, writer.get_extra_info("peername")[1], self.secret)
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
    await peer.open()
    try:
        yield peer
    finally:
        peer.close()
