"""R2's studios: clients over HTTP that remember every answer, and bring what they got no answer to again under the same id.

They sign and read the protocol by the document, with nothing of the hub's.
"""

import asyncio
import hashlib
import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from pitboss.bench.world import STUDIO_GAME, Seat, World

_UNKNOWN = {"OP_47", "OP_50"}
_PAUSE = 0.05
_PATIENCE = 120.0


@dataclass
class Sent:
    """One transaction as its studio knows it. `verdict`: OK, CANCELED, or an error code; None while unknown. Minor units."""

    tx_id: str
    round_id: str
    kind: str
    user: str
    amount: int
    verdict: str | None = None
    told: int | None = None
    tries: int = 0


class Memory:
    """What all studios sent and were told, by transaction id; `odd` are answers that contradict an earlier one."""

    def __init__(self) -> None:
        self.sent: dict[str, Sent] = {}
        self.odd: list[str] = []
        self._numbers = itertools.count(10**18)

    def new(self, kind: str, seat: Seat, amount: int, round_id: str | None = None) -> Sent:
        tx_id = str(next(self._numbers))
        sent = self.sent[tx_id] = Sent(tx_id, round_id or tx_id, kind, seat.user_in_game, amount)
        return sent

    def settled(self) -> int:
        """How many transactions' fate is known."""
        return sum(sent.verdict is not None for sent in self.sent.values())

    def unknown(self) -> list[Sent]:
        return [sent for sent in self.sent.values() if sent.verdict is None]

    def expected(self, openings: dict[str, int]) -> dict[str, int]:
        """What every wallet must hold by what was told."""
        held = dict(openings)
        for sent in self.sent.values():
            if sent.verdict == "OK":
                held[sent.user] += sent.amount if sent.kind == "WIN" else -sent.amount
        return held


class Studio:
    """One client; `ports`: the hub's processes, tried in turn."""

    def __init__(self, world: World, ports: Sequence[int], memory: Memory, number: int) -> None:
        self._world, self._memory = world, memory
        self._ports = itertools.cycle(ports)
        self._port = next(self._ports)
        self._chance = random.Random(number)
        self._seats = [seat for seats in world.seats for seat in seats]
        self._http = httpx.AsyncClient(timeout=5, trust_env=False)

    async def play(self, stop: asyncio.Event) -> None:
        """Rounds, one after another, until told to stop; then nothing of it is left unknown."""
        async with self._http:
            while not stop.is_set():
                await self._round(self._chance.choice(self._seats))

    async def _round(self, seat: Seat) -> None:
        chance = self._chance
        bet = self._memory.new("BET", seat, chance.randint(1, 500))
        await self._settle(bet, seat, give_up=chance.random() < 0.3)
        if bet.verdict == "OK" and chance.random() < 0.5:
            win = self._memory.new("WIN", seat, chance.randint(0, 900), bet.round_id)
            await self._settle(win, seat, give_up=False)
        if bet.verdict == "OK" and chance.random() < 0.2:
            await self._ask_again(bet, seat)
        if bet.verdict == "OK" and chance.random() < 0.1:
            await self._cancel(bet, seat)

    async def _settle(self, sent: Sent, seat: Seat, *, give_up: bool) -> None:
        """Bring it until its fate is known. `give_up`: cancel it instead once an answer is missing."""
        async with asyncio.timeout(_PATIENCE):
            while sent.verdict is None:
                answer = await self._post("changebalance", self._change(sent, seat))
                sent.tries += 1
                if answer is None:
                    if give_up:
                        return await self._cancel(sent, seat)
                    continue
                sent.verdict = answer.get("error_code", "OK")
                sent.told = _minor(answer["balance"]) if sent.verdict == "OK" else None
        return None

    async def _ask_again(self, sent: Sent, seat: Seat) -> None:
        answer = await self._post("changebalance", self._change(sent, seat))
        if answer is not None and ("balance" not in answer or _minor(answer["balance"]) != sent.told):
            self._memory.odd.append(f"{sent}: again {answer}")

    async def _cancel(self, sent: Sent, seat: Seat) -> None:
        """Cancel until it is told that it is undone (CANCELED) or was never there and never will be (OP_41)."""
        data = {"user_id": seat.user_in_game, "transaction_id": int(sent.tx_id), "round_id": int(sent.round_id)}
        async with asyncio.timeout(_PATIENCE):
            while True:
                answer = await self._post("cancel", {**data, "game_id": STUDIO_GAME})
                if answer is not None:
                    break
        sent.verdict = answer.get("error_code") or answer["transaction_status"]
        if sent.verdict not in ("CANCELED", "OP_41"):
            self._memory.odd.append(f"{sent}: its cancel {answer}")

    def _change(self, sent: Sent, seat: Seat) -> dict[str, Any]:
        amount = Decimal(sent.amount).scaleb(-2)
        return {
            "transaction_type": sent.kind, "amount": f"{amount:f}", "currency_code": "EUR", "transaction_id": int(sent.tx_id),
            "round_id": int(sent.round_id), "round_finished": False, "game_id": STUDIO_GAME, "user_id": seat.user_in_game,
            "token": seat.token,
        }  # fmt: skip

    async def _post(self, command: str, data: dict[str, Any]) -> dict[str, Any] | None:
        """The answer's data; None when it cannot be known what became of the call."""
        secret = self._world.secret
        stamp = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
        body = {"command": command, "request_timestamp": stamp, "hash": _sha1(command + stamp + secret), "data": data}
        headers = {"X-Operator-Id": self._world.operator_id, "X-Authorization": _sha1(command + secret)}
        try:
            answer = await self._http.post(
                f"http://127.0.0.1:{self._port}/wallet/{command}", json=body, headers=headers
            )
        except httpx.TransportError:
            self._port = next(self._ports)
            await asyncio.sleep(_PAUSE)
            return None
        if answer.status_code != 200:
            if answer.status_code != 503:
                self._memory.odd.append(f"{command}: HTTP {answer.status_code} {answer.text[:200]}")
            await asyncio.sleep(_PAUSE)
            return None
        told: dict[str, Any] = json.loads(answer.text, parse_float=Decimal)["response"]["data"]
        if told.get("error_code") in _UNKNOWN:
            await asyncio.sleep(_PAUSE)
            return None
        return told


def _minor(balance: Decimal | int) -> int:
    exact = Decimal(balance).scaleb(2)
    assert exact == int(exact)
    return int(exact)


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()
