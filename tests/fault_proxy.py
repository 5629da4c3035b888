"""What can happen to an HTTP call between two programs, done to real calls over real TCP: one proxy, faults by chance."""

import asyncio
import random
import socket
import struct
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from urllib.parse import urlsplit


class Fault(StrEnum):
    """What becomes of one call."""

    LOST_REQUEST = "lost request"
    LOST_ANSWER = "lost answer"
    LATE_ANSWER = "late answer"
    RESET_BEFORE = "reset before it arrived"
    RESET_AFTER = "reset after it arrived"
    TWICE = "duplicate request"
    REORDERED = "reordered"
    BROKEN_JSON = "broken JSON"
    WRONG_HASH = "wrong hash"
    REFUSED_500 = "500 before it arrived"
    BOOKED_500 = "500 after it arrived"


FAULTS = tuple(Fault)
HELD_TIMES_LATE = (0.2, 3.0)
LONGEST_HOLD_SECONDS = 20.0


class FaultProxy:
    """`rate`: the part of all calls that something happens to; 0 is a sound network. `late`: seconds that are too late for the
    caller. A reordered call is held back for some times that; or, with `behind`, until an answered request
    is one that it is to come behind (it is given the held request and the other). Only to calls with
    `only` in them anything happens. `watch` is shown each request. `seen` counts what happened, `ill` what
    came while it could."""

    def __init__(self, target: str, late: float, seed: int, faults: tuple[Fault, ...]) -> None:
        parts = urlsplit(target)
        assert parts.hostname is not None and parts.port is not None
        self._host, self._port = parts.hostname, parts.port
        self._late = late
        self._chance = random.Random(seed)
        self._open: set[asyncio.StreamWriter] = set()
        self.faults = faults
        self.rate = 0.0
        self.behind: Callable[[bytes, bytes], bool] | None = None
        self._held: dict[bytes, asyncio.Event] = {}
        self.only = b""
        self.watch: Callable[[bytes], None] = lambda request: None
        self.ill = 0
        self.healed_at = 0.0
        self.seen: Counter[Fault] = Counter()
        self.url = ""

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a caller."""
        self._open.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                self.ill += self.rate > 0
                self.watch(request)
                fault = (
                    self._chance.choice(self.faults)
                    if self.only in request and self._chance.random() < self.rate
                    else None
                )
                if fault is not None:
                    self.seen[fault] += 1
                if not await self._carry(request, writer, fault):
                    return
        except OSError:
            return
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _carry(self, request: bytes, writer: asyncio.StreamWriter, fault: Fault | None) -> bool:
        """Whether the connection goes on."""
        match fault:
            case Fault.LOST_REQUEST:
                await asyncio.sleep(self._late)
                return False
            case Fault.RESET_BEFORE:
                return _reset(writer)
            case Fault.REFUSED_500:
                return await _say(writer, _error(b"{}"))
            case Fault.REORDERED:
                # Whatever is said of it meanwhile arrives first: its cancel, the round's next bet.
                await self._hold(request)
            case Fault.TWICE:
                _, answer = await asyncio.gather(self._ask(request), self._ask(request))
                return await _say(writer, answer)
        answer = await self._ask(request)
        for held, passed in self._held.items():
            if self.behind is not None and self.behind(held, request):
                passed.set()
        match fault:
            case Fault.LOST_ANSWER:
                await asyncio.sleep(self._late)
                return False
            case Fault.LATE_ANSWER:
                await asyncio.sleep(self._late)
            case Fault.RESET_AFTER:
                return _reset(writer)
            case Fault.BOOKED_500:
                answer = _error(b"<html>")
            case Fault.BROKEN_JSON:
                answer = _with_body(answer, answer.partition(b"\r\n\r\n")[2][:-9])
            case Fault.WRONG_HASH:
                place = answer.rindex(b'"hash"') + 9
                answer = answer[:place] + (b"0" if answer[place : place + 1] != b"0" else b"1") + answer[place + 1 :]
        return await _say(writer, answer)

    async def _hold(self, request: bytes) -> None:
        if self.behind is None:
            await asyncio.sleep(self._chance.uniform(*HELD_TIMES_LATE) * self._late)
            return
        passed = self._held[request] = asyncio.Event()
        try:
            await asyncio.wait_for(passed.wait(), LONGEST_HOLD_SECONDS)
        finally:
            del self._held[request]

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(request)
            answer = await _read(reader)
        finally:
            writer.transport.abort()
        if answer is None:
            raise ConnectionResetError
        return answer

    def heal(self) -> None:
        """A sound network from now on."""
        self.rate = 0.0
        self.healed_at = time.monotonic()

    def hang_up(self) -> None:
        """Cut every connection."""
        for writer in self._open:
            writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> bytes | None:
    """One HTTP message with a length; None at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        return head + await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


async def _say(writer: asyncio.StreamWriter, answer: bytes) -> bool:
    writer.write(answer)
    await writer.drain()
    return True


def _reset(writer: asyncio.StreamWriter) -> bool:
    """RST instead of FIN."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False


def _error(body: bytes) -> bytes:
    return b"HTTP/1.1 500 Broken\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def _with_body(answer: bytes, body: bytes) -> bytes:
    kept = [
        line
        for line in answer.partition(b"\r\n\r\n")[0].split(b"\r\n")
        if not line.lower().startswith(b"content-length:")
    ]
    return b"\r\n".join([*kept, b"Content-Length: %d" % len(body), b"", body])


@asynccontextmanager
async def fault_proxy(
    target: str, late: float, seed: int = 1, faults: tuple[Fault, ...] = FAULTS
) -> AsyncIterator[FaultProxy]:
    """In front of `target` (an http URL) for as long as the block runs; its own address is `url`, with the target's path."""
    proxy = FaultProxy(target, late, seed, faults)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{urlsplit(target).path}"
    try:
        yield proxy
    finally:
        server.close()
        proxy.hang_up()
        with suppress(TimeoutError):
            await asyncio.wait_for(server.wait_closed(), 10)
