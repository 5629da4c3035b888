"""An operator's wallet over real HTTP that answers each command what a test tells it to."""

import asyncio
import json
from collections import deque
from collections.abc import Callable

from signed_http import Asked, envelope, http, refusal
from wallet_peer import SECRET, WalletPeer

Say = Callable[[Asked], bytes | None]
"""What to answer: the bytes on the wire; None breaks the connection."""


def signed(asked: Asked, status: str, data: str, secret: str | None = None) -> bytes:
    """A well-formed answer; `data` is JSON."""
    return http(envelope(asked, data, status, secret=secret))


def ok(data: str) -> Say:
    """OK, with this JSON."""
    return lambda asked: signed(asked, "OK", data)


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
    return lambda asked: http(refusal(asked, code, message))


def wrong_hash(asked: Asked) -> bytes:
    """OK, signed with another secret."""
    return signed(asked, "OK", '{"currency_code":"EUR","balance":1}', secret="somebody-elses")


def broken(asked: Asked) -> None:
    """The connection ends without an answer."""
    return


def status_code(status: int, body: bytes = b"") -> Say:
    """Another HTTP status."""
    return lambda asked: http(body, f"{status} Whatever")


def ok_with_500(asked: Asked) -> bytes:
    """A good answer under a status that says otherwise."""
    return signed(asked, "OK", '{"currency_code":"EUR","balance":1}').replace(b"HTTP/1.1 200", b"HTTP/1.1 500")


VERDICTS = ("OP_21", "OP_22", "OP_30", "OP_31", "OP_32", "OP_33", "OP_34", "OP_35", "OP_40", "OP_49")
FAILURES = {
    "OP_20": error("OP_20"), "OP_41": error("OP_41"), "OP_47": error("OP_47"), "OP_50": error("OP_50"),
    "an unlisted code": error("OP_99"), "HTTP 500": status_code(500), "HTTP 403": status_code(403, b"Access denied"),
    "an OK with HTTP 500": ok_with_500,
    "a wrong hash": wrong_hash, "a broken connection": broken, "no JSON": lambda asked: http(b"<html>"),
    "another currency": balance("10", "USD"),
    "no balance": lambda asked: signed(asked, "OK", '{"currency_code":"EUR"}'),
}  # fmt: skip
"""What leaves the outcome unknown, by name."""


class ScriptedOperator:
    """Answers by command, in the order it was told; after the last one, the last one again. `gate` keeps answers back."""

    def __init__(self, secret: str = SECRET) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self._script: dict[str, deque[Say]] = {}
        self._peer = WalletPeer(secret=secret, answer=self._answer)

    @property
    def asked(self) -> list[Asked]:
        """What came so far."""
        return self._peer.seen

    async def start(self) -> str:
        """Listen on a free port; the wallet's address."""
        await self._peer.open()
        return self._peer.url

    def stop(self) -> None:
        """Hang up on everybody."""
        self._peer.close()

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

    async def _answer(self, peer: WalletPeer, asked: Asked, writer: asyncio.StreamWriter) -> None:
        await self.gate.wait()
        script = self._script.get(asked.command)
        say = error("OP_50") if not script else script[0] if len(script) == 1 else script.popleft()
        told = say(asked)
        if told is None:
            writer.close()
        else:
            writer.write(told)
