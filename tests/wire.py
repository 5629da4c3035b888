"""A TCP proxy between an engine and PostgreSQL that can lose what a network loses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

# A simple query as PostgreSQL's protocol writes it: type, length, text, NUL.
_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


class Wire:
    """Carries bytes until told otherwise.

    `lose_commit`: the next COMMIT does not arrive. `lose_answer`: the next COMMIT arrives, its answer does not. Either cuts the
    connection. `away`: connections are cut and none is let in. `silent`: connections stay, nothing passes.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self.lose_commit = self.lose_answer = self.away = False
        self.cuts = 0
        self._pass = asyncio.Event()
        self._pass.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def be_silent(self, silent: bool = True) -> None:
        """Let nothing pass, or let it pass again."""
        if silent:
            self._pass.clear()
        else:
            self._pass.set()

    def go_away(self) -> None:
        """Cut everything, as a server that dies does; `come_back` ends it."""
        self.away = True
        self.cut_all()

    def come_back(self) -> None:
        """Let connections in again."""
        self.away = False

    def cut_all(self) -> None:
        """Abort every connection."""
        for writer in self._open:
            writer.transport.abort()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, both ways until either side ends."""
        if self.away:
            writer.transport.abort()
            return
        server_reader, server_writer = await asyncio.open_connection(self._host, self._port)
        pair = {writer, server_writer}
        self._open |= pair
        answer_lost = asyncio.Event()
        ways = [
            asyncio.create_task(self._to_server(reader, server_writer, answer_lost)),
            asyncio.create_task(self._to_client(server_reader, writer, answer_lost)),
        ]
        self._tasks.update(ways)
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._tasks.difference_update(ways)
            for one in pair:
                one.transport.abort()
            self._open -= pair

    async def _to_server(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer_lost: asyncio.Event
    ) -> None:
        while data := await reader.read(65536):
            await self._pass.wait()
            if _COMMIT in data and self.lose_commit:
                self.lose_commit = False
                self.cuts += 1
                return
            if _COMMIT in data and self.lose_answer:
                self.lose_answer = False
                answer_lost.set()
            writer.write(data)
            await writer.drain()

    async def _to_client(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer_lost: asyncio.Event
    ) -> None:
        while data := await reader.read(65536):
            await self._pass.wait()
            if answer_lost.is_set():
                # The server has answered, so it has committed.
                assert b"COMMIT" in data
                self.cuts += 1
                return
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def wire_to(database_url: str) -> AsyncIterator[tuple[Wire, str]]:
    """A proxy to the database, and the database's address through it."""
    parts = urlsplit(database_url)
    assert parts.hostname is not None and parts.port is not None
    wire = Wire(parts.hostname, parts.port)
    server = await asyncio.start_server(wire.accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    account = parts.netloc.rpartition("@")[0]
    try:
        yield wire, parts._replace(netloc=f"{account}@127.0.0.1:{port}").geturl()
    finally:
        wire.be_silent(False)
        wire.cut_all()
        server.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(server.wait_closed(), 5)
