"""A seamless agent's wallet that answers at once: no database, no HTTP framework, one balance a player in memory.

A process of its own: the secret on stdin, its port on stdout. It shares nothing of the protocol with the hub, and believes every
BET; what it takes is one of the currency's smallest units, as the load generator stakes.
"""

import asyncio
import hashlib
import sys
import time
from datetime import UTC, datetime
from typing import Any

from pitboss import event_loop

OPENING = 10**8
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
_USER = b'"user_id":"'


class Wallet:
    """What all connections share."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._second = 0
        self._signed = b""
        self._balances: dict[bytes, int] = {}

    def answer(self, request: bytes) -> bytes:
        """OK, with the balance after one more stake."""
        at = request.find(_USER) + len(_USER)
        user = request[at : request.find(b'"', at)]
        balance = self._balances.get(user, OPENING) - 1
        self._balances[user] = balance
        second = int(time.time())
        if second != self._second:
            self._sign(second)
        whole, cents = divmod(balance, 100)
        body = b'{"request":%b,%b"data":{"balance":%d.%02d,"currency_code":"EUR"}}}' % (
            request, self._signed, whole, cents,
        )  # fmt: skip
        return _HEAD % len(body) + body

    def _sign(self, second: int) -> None:
        self._second = second
        stamp = f"{datetime.fromtimestamp(second, UTC):%Y-%m-%d %H:%M:%S}"
        signature = hashlib.sha1(f"OK{stamp}{self._secret}".encode(), usedforsecurity=False).hexdigest()
        self._signed = f'"response":{{"status":"OK","response_timestamp":"{stamp}","hash":"{signature}",'.encode()


class Connection(asyncio.Protocol):
    """One kept-alive connection; requests come one after another."""

    def __init__(self, wallet: Wallet) -> None:
        self._wallet = wallet
        self._partial = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio.Protocol."""
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """asyncio.Protocol; answers a whole request."""
        data = self._partial + data if self._partial else data
        body = data.find(b"\r\n\r\n") + 4
        if body > 3:
            head = data[:body].lower()
            at = head.find(b"content-length: ") + 16
            if len(data) >= body + int(head[at : head.find(b"\r", at)]):
                self._partial = b""
                self._transport.write(self._wallet.answer(data[body:]))
                return
        self._partial = data


async def _serve() -> None:
    wallet = Wallet(sys.stdin.readline().strip())
    server = await asyncio.get_running_loop().create_server(lambda: Connection(wallet), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Entry point of the process."""
    event_loop.run(_serve())


if __name__ == "__main__":
    main()
