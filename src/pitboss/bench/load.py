"""The load generator: a process of its own that plays studio, as light as Python allows, and checks every answer it gets.

One JSON plan a line on stdin, one JSON report a line on stdout, until stdin ends. What players own is remembered from plan to
plan. It shares nothing of the protocol with the hub: requests are pasted from precomputed pieces, as the document has them.
"""

import asyncio
import hashlib
import json
import random
import sys
import time
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from pitboss import event_loop

AMOUNT_MINOR = 1
_AMOUNT = "0.01"
_SCALE = 100
_PATIENCE = 20.0
_TICK = 0.001
_MOST_EXAMPLES = 5
_CHOICES = 1 << 16


class Seat:
    """A player as the generator knows it: what was sent, and the lowest balance told so far. Minor units."""

    __slots__ = ("floor", "lowest", "words")

    def __init__(self, user: str, token: str, balance: int, game: int) -> None:
        self.lowest = self.floor = balance
        self.words = (
            f'"transaction_type":"BET","amount":{_AMOUNT},"currency_code":"EUR","round_finished":false,"game_id":{game},'
            f'"user_id":"{user}","token":"{token}","context":{{"reason":"not_provided"}},"transaction_id":'
        ).encode()


class Envelope:
    """What all requests of one second share."""

    def __init__(self, operator_id: str, secret: str, host: str) -> None:
        self._secret = secret
        self._second = 0
        self._words = b""
        door = hashlib.sha1(("changebalance" + secret).encode(), usedforsecurity=False).hexdigest()
        self._head = (
            f"POST /wallet/changebalance HTTP/1.1\r\nHost: {host}\r\nX-Operator-Id: {operator_id}\r\n"
            f"X-Authorization: {door}\r\nContent-Type: application/json\r\nContent-Length: "
        )

    def request(self, seat: Seat, number: int) -> bytes:
        """One BET in a round of its own; `number` has 19 digits."""
        second = int(time.time())
        if second != self._second:
            self._renew(second, len(seat.words))
        return b'%b%b%d,"round_id":%d}}' % (self._words, seat.words, number, number)

    def _renew(self, second: int, words: int) -> None:
        self._second = second
        stamp = f"{datetime.fromtimestamp(second, UTC):%Y-%m-%d %H:%M:%S}"
        signature = hashlib.sha1(f"changebalance{stamp}{self._secret}".encode(), usedforsecurity=False).hexdigest()
        begin = (
            f'{{"command":"changebalance","request_timestamp":"{stamp}","hash":"{signature}",'
            f'"data":{{"transaction_timestamp":"{stamp}",'
        )
        length = len(begin) + words + 19 + len(',"round_id":') + 19 + len("}}")
        self._words = f"{self._head}{length}\r\n\r\n{begin}".encode()


class Connection(asyncio.Protocol):
    """One kept-alive connection; one request under way at a time."""

    __slots__ = ("_partial", "_phase", "_transport", "ceiling", "intended", "seat")

    def __init__(self, phase: "Phase") -> None:
        self._phase = phase
        self._partial = b""
        self.seat: Seat | None = None
        self.intended = 0.0
        self.ceiling = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio.Protocol."""
        self._transport: Any = transport

    def connection_lost(self, error: Exception | None) -> None:
        """asyncio.Protocol; a request under way is a failure."""
        if self.seat is not None:
            self.seat = None
            self._phase.failed(f"connection lost: {error}")

    def send(self, seat: Seat, request: bytes, intended: float) -> None:
        """Send one request; `intended` is when it should have left."""
        self.seat, self.intended = seat, intended
        self.ceiling = seat.lowest - AMOUNT_MINOR
        seat.floor -= AMOUNT_MINOR
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """asyncio.Protocol; hands on a whole answer."""
        if self._partial:
            data = self._partial + data
        body = data.find(b"\r\n\r\n") + 4
        if body > 3:
            at = data.find(b"content-length: ") + 16
            length = int(data[at : data.find(b"\r", at)])
            if len(data) >= body + length:
                self._partial = b""
                self._phase.answered(self, data)
                return
        self._partial = data

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


def _minor(text: bytes) -> int:
    """Plain decimal of a scale-2 currency -> minor units, without a float."""
    whole, _, fraction = text.partition(b".")
    return int(whole) * _SCALE + int(fraction.ljust(2, b"0")[:2])


class Phase:
    """One plan under way."""

    def __init__(self, plan: dict[str, Any], seats: list[Seat], envelope: Envelope, first: int) -> None:
        self._plan, self._seats, self._envelope = plan, seats, envelope
        self.number = first
        self._place = 0
        self._free: list[Connection] = []
        self._due: deque[float] = deque()
        self._latencies: list[float] = []
        self._in_time = self._under_way = self._wrong = 0
        self._examples: list[str] = []
        self._over = False
        self._left = plan["most"] or sys.maxsize
        self._idle, self._all_sent = asyncio.Event(), asyncio.Event()
        weights = plan["weights"]
        chance = random.Random(plan["seed"])  # noqa: S311 - which player bets next is no secret
        self._order = chance.choices(range(len(weights)), weights, k=_CHOICES)

    async def run(self) -> dict[str, Any]:
        """Load for the plan's seconds, or until the most it wants are sent; wait for what is under way, tell."""
        plan, loop = self._plan, asyncio.get_running_loop()
        connections = [
            (await loop.create_connection(lambda: Connection(self), plan["host"], plan["port"]))[1]
            for _ in range(plan["connections"])
        ]
        self._begun = time.perf_counter()
        self._end = self._begun + plan["seconds"]
        if plan["rate"] is None:
            for connection in connections[: self._left]:
                self._send(connection, self._begun)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_sent.wait(), plan["seconds"])
        else:
            self._free = connections
            await self._at_rate(plan["rate"])
        self._over = True
        if self._under_way or self._due:
            await asyncio.wait_for(self._idle.wait(), _PATIENCE)
        self._end = min(self._end, time.perf_counter())
        for connection in connections:
            connection.close()
        return self._report()

    async def _at_rate(self, rate: float) -> None:
        """Requests are due at even distances whether or not answers come: their latency counts from then."""
        issued = 0
        while (now := time.perf_counter()) < self._end:
            due = int((now - self._begun) * rate)
            self._due.extend(self._begun + number / rate for number in range(issued, due))
            issued = due
            while self._due and self._free:
                self._send(self._free.pop(), self._due.popleft())
            await asyncio.sleep(_TICK)

    def _send(self, connection: Connection, intended: float) -> None:
        seat = self._seats[self._order[self._place]]
        self._place = (self._place + 1) % _CHOICES
        self.number += 1
        self._under_way += 1
        self._left -= 1
        if not self._left:
            self._over = True
            self._all_sent.set()
        connection.send(seat, self._envelope.request(seat, self.number), intended)

    def answered(self, connection: Connection, answer: bytes) -> None:
        """Check one answer and send the connection's next request."""
        now = time.perf_counter()
        self._check(connection, answer)
        connection.seat = None
        self._under_way -= 1
        self._latencies.append(now - connection.intended)
        if now <= self._end:
            self._in_time += 1
        if self._plan["rate"] is not None:
            if self._due:
                self._send(connection, self._due.popleft())
            else:
                self._free.append(connection)
        elif not self._over:
            self._send(connection, now)
        self._settle()

    def _check(self, connection: Connection, answer: bytes) -> None:
        seat = connection.seat
        at = answer.rfind(b'"data":{"balance":') + 18
        if (
            seat is None
            or at == 17
            or b'"response":{"status":"OK"' not in answer
            or not answer.startswith(b"HTTP/1.1 200")
        ):
            self._complain(answer.rpartition(b'"response":')[2].decode(errors="replace")[:300])
            return
        balance = _minor(answer[at : answer.find(b",", at)])
        if not seat.floor <= balance <= connection.ceiling:
            self._complain(f"balance {balance} is not between {seat.floor} and {connection.ceiling}")
        seat.lowest = min(seat.lowest, balance)

    def failed(self, why: str) -> None:
        """A connection is gone with a request on it."""
        self._complain(why)
        self._under_way -= 1
        self._settle()

    def _complain(self, why: str) -> None:
        self._wrong += 1
        if len(self._examples) < _MOST_EXAMPLES:
            self._examples.append(why)

    def _settle(self) -> None:
        if self._over and not self._under_way and not self._due:
            self._idle.set()

    def _report(self) -> dict[str, Any]:
        latencies = sorted(self._latencies)
        # Every bet was answered, so the last balance told of a player is what all its bets leave.
        off = sum(seat.lowest != seat.floor for seat in self._seats)
        return {
            "answered": len(latencies),
            "per_second": self._in_time / (self._end - self._begun),
            "wrong": self._wrong,
            "examples": self._examples,
            "balances_off": off,
            "ms": {name: _percentile(latencies, share) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))},
        }


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1_000 if ordered else 0.0


async def _serve() -> None:
    setting = json.loads(sys.stdin.readline())
    envelope = Envelope(setting["operator_id"], setting["secret"], setting["host"])
    seats = [Seat(user, token, balance, setting["game"]) for user, token, balance in setting["seats"]]
    number = 10**18
    while line := sys.stdin.readline():
        phase = Phase(json.loads(line), seats, envelope, number)
        report = await phase.run()
        number = phase.number
        print(json.dumps(report), flush=True)


def main() -> None:
    """Entry point of the process."""
    event_loop.run(_serve())


if __name__ == "__main__":
    main()
