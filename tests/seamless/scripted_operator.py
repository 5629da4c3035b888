"""An operator's wallet over real HTTP that answers what a test tells it to; its signatures are its own."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha1
from typing import Any

SECRET = "the-operators-own-secret"

Say = Callable[["Asked"], "bytes | None"]
"""What to answer: the bytes on the wire; None breaks the connection."""


class Asked:
    """One request as it arrived."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path = path
        self.command = path.rsplit("/", 1)[-1]
        self.headers = headers
        self.body = body
        self.request = json.loads(body, parse_float=str) if body else {}
        self.data: dict[str, Any] = self.request.get("data", {})


def _sign(text: str) -> str:
    return sha1(text.encode()).hexdigest()


def http(status: int, body: bytes = b"") -> bytes:
    """An HTTP answer."""
    head = f"HTTP/1.1 {status} Whatever\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def signed(asked: Asked, status: str, data: str, secret: str = SECRET) -> bytes:
    """A well-formed answer; `data` is JSON."""
    stamp = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    echo = asked.body.decode() or "null"
    body = (
        f'{{"request":{echo},"response":{{"status":"{status}","response_timestamp":"{stamp}",'
        f'"hash":"{_sign(status + stamp + secret)}","data":{data}}}}}'
    )
    return http(200, body.encode())


def balance(amount: str, currency: str = "EUR") -> Say:
    """OK, with a balance as a JSON number."""
    return lambda asked: signed(asked, "OK", f'{{"currency_code":"{currency}","balance":{amount}}}')


def state(transaction_status: str) -> Say:
    """OK, with what became of the transaction asked after."""

    def say(asked: Asked) -> bytes:
        told = {"user_id": asked.data["user_id"], "transaction_id": asked.data["transaction_id"]}
        return signed(asked, "OK", json.dumps(told | {"transaction_status": transaction_status}))

    return say


def done(asked: Asked) -> bytes:
    """OK, with the request's own ids (finishround)."""
    return signed(asked, "OK", json.dumps({name: asked.data[name] for name in ("round_id", "user_id", "game_id")}))


def error(code: str, message: str = "because") -> Say:
    """ERROR with a code."""
    return lambda asked: signed(asked, "ERROR", json.dumps({"error_code": code, "error_message": message}))


def wrong_hash(asked: Asked) -> bytes:
    """OK, signed with another secret."""
    return signed(asked, "OK", '{"currency_code":"EUR","balance":1}', secret="somebody-elses")


def broken(asked: Asked) -> None:
    """The connection ends without an answer."""
    return


def status_code(status: int, body: bytes = b"") -> Say:
    """Another HTTP status."""
    return lambda asked: http(status, body)


VERDICTS = ("OP_21", "OP_22", "OP_30", "OP_31", "OP_32", "OP_33", "OP_34", "OP_35", "OP_40", "OP_49")
FAILURES = {
    "OP_20": error("OP_20"), "OP_41": error("OP_41"), "OP_47": error("OP_47"), "OP_50": error("OP_50"),
    "an unlisted code": error("OP_99"), "HTTP 500": status_code(500), "HTTP 403": status_code(403, b"Access denied"),
    "an OK with HTTP 500": lambda asked: balance("1")(asked).replace(b"HTTP/1.1 200", b"HTTP/1.1 500"),  # type: ignore[union-attr]
    "a wrong hash": wrong_hash, "a broken connection": broken, "no JSON": lambda asked: http(200, b"<html>"),
    "another currency": balance("10", "USD"),
    "no balance": lambda asked: signed(asked, "OK", '{"currency_code":"EUR"}'),
}  # fmt: skip
"""What leaves the outcome unknown, by name."""


class ScriptedOperator:
    """Answers by command, in the order it was told; after the last one, the last one again. `hold` keeps answers back."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._script: dict[str, deque[Say]] = {}
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> str:
        """Listen on a free port; the wallet's address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/casino/api"

    async def stop(self) -> None:
        """Hang up on everybody."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()

    def says(self, command: str, *answers: Say) -> None:
        """From now on, to this command."""
        self._script[command] = deque(answers)

    def calls(self, command: str) -> list[Asked]:
        """What was asked of one command so far."""
        return [asked for asked in self.asked if asked.command == command]

    def forget(self) -> None:
        """As if nothing had been asked, or told."""
        self.asked.clear()
        self._script.clear()
        self.gate.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while (asked := await _read(reader)) is not None:
                self.asked.append(asked)
                await self.gate.wait()
                script = self._script.get(asked.command)
                say = error("OP_50") if not script else script[0] if len(script) == 1 else script.popleft()
                told = say(asked)
                if told is None:
                    break
                writer.write(told)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    line = await reader.readline()
    if not line:
        return None
    headers: dict[str, str] = {}
    while (header := await reader.readline()).strip():
        name, _, value = header.decode().partition(":")
        headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(line.split()[1].decode(), headers, body)
