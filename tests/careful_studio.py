"""R5's studio: plays at a seamless casino as studios do, and keeps a diary of what it was told.

It signs and reads the protocol by the document, with nothing of the hub's. A bet it has no answer for is cancelled or asked again;
a win is brought with the same id until it is taken, or left once the hub has said it will see to it (OP_50).
"""

import asyncio
import hashlib
import itertools
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import httpx

from seamless_casino_world import STUDIO_GAME, Guest, SeamlessCasino, numbers

_VERDICTS = {"OP_21", "OP_22", "OP_30", "OP_31", "OP_32", "OP_33", "OP_34", "OP_35", "OP_40"}
_PATIENCE = 90.0


class Told(StrEnum):
    """A transaction's fate by what the studio was told. PROMISED: OP_50 for a win, which the hub brings on by itself."""

    GOOD = "good"
    VOID = "void"
    REFUSED = "refused"
    PROMISED = "promised"


@dataclass
class Deed:
    """One transaction. Minor units; `said`: status and data of the answer that told its fate, as bytes."""

    tx: int
    round_id: int
    kind: str
    guest: Guest
    amount: int
    told: Told | None = None
    said: bytes | None = None
    finishes: bool = False

    def __repr__(self) -> str:
        return f"{self.kind} {self.tx} of round {self.round_id}, {self.amount} minor units, told {self.told}"


class Answer:
    """One that came whole: `said` is what a repetition must repeat."""

    def __init__(self, body: bytes, secret: str) -> None:
        response = json.loads(body, parse_float=Decimal)["response"]
        self.data: dict[str, Any] = response["data"]
        self.code: str = "OK" if response["status"] == "OK" else self.data["error_code"]
        self.signed = response["hash"] == _sha1(response["status"] + response["response_timestamp"] + secret)
        status, _, rest = body.rpartition(b'"response":')[2].partition(b',"response_timestamp"')
        self.said = status + rest.partition(b'"data":')[2]


class Diary:
    """What was done, by transaction id; `odd` are answers that contradict an earlier one or the document."""

    def __init__(self) -> None:
        self.deeds: dict[int, Deed] = {}
        self.odd: list[str] = []

    def settled(self) -> int:
        return sum(deed.told is not None for deed in self.deeds.values())

    def written(self, kind: str, guest: Guest, amount: int, round_id: int, *, finishes: bool = False) -> Deed:
        deed = Deed(next(numbers), round_id, kind, guest, amount, finishes=finishes)
        self.deeds[deed.tx] = deed
        return deed


class CarefulStudio:
    """The table of one guest at a time. `urls`: the hub's processes, tried in turn; `transport`: instead of a network."""

    def __init__(
        self, casino: SeamlessCasino, urls: Sequence[str], diary: Diary, guest: Guest, seed: int,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._casino, self._diary, self._guest = casino, diary, guest
        self._urls = itertools.cycle(urls)
        self._url = next(self._urls)
        self.chance = random.Random(seed)
        # Longer than the hub's own patience with the operator.
        self.http = httpx.AsyncClient(timeout=6, trust_env=False, transport=transport)

    async def play(self, over: Callable[[], bool]) -> None:
        """Rounds, one after another, until it is over; then no fate is left open."""
        async with self.http:
            while not over():
                await self.play_round()

    async def play_round(self) -> None:
        chance, round_id = self.chance, next(numbers)
        bets = [self._new("BET", chance.randint(1, 500), round_id) for _ in range(chance.choice((1, 1, 2, 3)))]
        await self._all(self.bet, bets)
        standing = [bet for bet in bets if bet.told is Told.GOOD]
        if not standing:
            return
        await self._second_thoughts(standing, round_id)
        wins = [
            self._new("WIN", chance.choice((0, chance.randint(1, 900))), round_id)
            for _ in range(chance.choice((0, 1, 1, 2)))
        ]
        if wins and chance.random() < 0.3:
            wins[-1].finishes = True
        await self._all(self.bring, wins)
        if chance.random() < 0.2:
            await self.repeat(chance.choice(bets))
        if chance.random() < 0.2:
            await self.look(chance.choice(bets + wins))
        if chance.random() < 0.1:
            await self.finish(round_id)

    async def _all(self, do: Any, deeds: list[Deed]) -> None:
        if self.chance.random() < 0.5:
            await asyncio.gather(*(do(deed) for deed in deeds))
        else:
            for deed in deeds:
                await do(deed)

    async def _second_thoughts(self, standing: list[Deed], round_id: int) -> None:
        """Some bets that stood are cancelled all the same, some are refunded."""
        first, draw = standing[0], self.chance.random()
        if draw < 0.1:
            await self.cancel(first)
        elif draw < 0.2:
            await self.bring(self._new("REFUND", self.chance.randint(1, first.amount), round_id))

    def _new(self, kind: str, amount: int, round_id: int) -> Deed:
        return self._diary.written(kind, self._guest, amount, round_id)

    async def bet(self, deed: Deed) -> None:
        """Until its fate is known."""
        async with asyncio.timeout(_PATIENCE):
            while deed.told is None:
                answer = await self.post("changebalance", self.change(deed))
                code = None if answer is None else answer.code
                if answer is not None and (code == "OK" or code in _VERDICTS):
                    self._learn(deed, Told.GOOD if code == "OK" else Told.REFUSED, answer)
                elif code == "OP_49" or (code == "OP_47" and self.chance.random() < 0.5):
                    # The protocol's word: it is void from now on.
                    self._learn(deed, Told.VOID, None)
                elif code not in (None, "OP_47", "OP_50"):
                    self._odd(deed, f"is answered {code}")
                elif self.chance.random() < 0.7:
                    await self.cancel(deed)

    async def bring(self, deed: Deed) -> None:
        """A win or a refund: until it is taken, or the hub has promised to see to it."""
        async with asyncio.timeout(_PATIENCE):
            while deed.told is None:
                answer = await self.post("changebalance", self.change(deed))
                if answer is None:
                    continue
                if answer.code == "OK":
                    self._learn(deed, Told.GOOD, answer)
                elif answer.code == "OP_50":
                    if self.chance.random() < 0.2:
                        self._learn(deed, Told.PROMISED, None)
                    await self._pause()
                else:
                    self._odd(deed, f"is answered {answer.code}")
                    return

    async def cancel(self, deed: Deed) -> None:
        """Until it is told that it is undone (CANCELED), or was never there and never will be (OP_41)."""
        data = {
            "user_id": deed.guest.user_id,
            "transaction_id": deed.tx,
            "round_id": deed.round_id,
            "game_id": STUDIO_GAME,
        }
        async with asyncio.timeout(_PATIENCE):
            while True:
                answer = await self.post("cancel", data)
                if answer is None or answer.code in ("OP_47", "OP_50"):
                    await self._pause()
                    continue
                if answer.code == "OP_41" or answer.data.get("transaction_status") == "CANCELED":
                    if answer.code == "OP_41" and deed.told is Told.GOOD:
                        self._odd(deed, "is unknown to its cancel")
                    self._learn(deed, Told.VOID, None)
                else:
                    self._odd(deed, f"its cancel is answered {answer.code}")
                    deed.told = deed.told or Told.VOID
                return

    async def repeat(self, deed: Deed) -> None:
        """The same words again must be answered the same."""
        answer = await self.post("changebalance", self.change(deed))
        if answer is None or answer.code in ("OP_47", "OP_50"):
            return
        if deed.told is Told.VOID:
            if answer.code != "OP_49":
                self._odd(deed, f"again is answered {answer.code}")
        elif answer.said != deed.said:
            self._odd(deed, f"was answered {deed.said!r}, and again {answer.said!r}")

    async def look(self, deed: Deed) -> None:
        """`status` must agree with what was told."""
        data = {
            "user_id": deed.guest.user_id,
            "transaction_id": deed.tx,
            "transaction_type": deed.kind,
            "round_id": deed.round_id,
        }
        answer = await self.post("status", data)
        if answer is None or answer.code in ("OP_47", "OP_50"):
            return
        told = answer.data.get("transaction_status", answer.code)
        fits = {
            Told.GOOD: {"OK"}, Told.VOID: {"CANCELED", "OP_41"}, Told.REFUSED: {"ERROR"}, Told.PROMISED: {"OK"}, None: set[str](),
        }  # fmt: skip
        if told not in fits[deed.told]:
            self._odd(deed, f"has the status {told}")

    async def finish(self, round_id: int) -> None:
        data = {"user_id": self._guest.user_id, "round_id": round_id, "game_id": STUDIO_GAME}
        async with asyncio.timeout(_PATIENCE):
            while True:
                answer = await self.post("finishround", data)
                if answer is not None and answer.code == "OK":
                    return
                if answer is not None and answer.code not in ("OP_47", "OP_50"):
                    self._diary.odd.append(f"round {round_id}: its end is answered {answer.code}")
                    return
                await self._pause()

    def change(self, deed: Deed) -> dict[str, Any]:
        """`data` of changebalance: the same words however often."""
        return {
            "transaction_type": deed.kind, "amount": f"{Decimal(deed.amount).scaleb(-2):f}", "currency_code": "EUR",
            "transaction_id": deed.tx, "round_id": deed.round_id, "round_finished": deed.finishes, "game_id": STUDIO_GAME,
            "user_id": deed.guest.user_id, "token": deed.guest.token,
        }  # fmt: skip

    async def post(self, command: str, data: dict[str, Any]) -> Answer | None:
        """None when it cannot be known what became of the call."""
        secret = self._casino.secret
        stamp = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
        body = {"command": command, "request_timestamp": stamp, "hash": _sha1(command + stamp + secret), "data": data}
        headers = {"X-Operator-Id": self._casino.operator_id, "X-Authorization": _sha1(command + secret)}
        try:
            reply = await self.http.post(f"{self._url}/wallet/{command}", json=body, headers=headers)
        except httpx.TransportError:
            self._url = next(self._urls)
            await self._pause()
            return None
        if reply.status_code != 200:
            if reply.status_code != 503:
                self._diary.odd.append(f"{command}: HTTP {reply.status_code} {reply.text[:200]}")
            await self._pause()
            return None
        answer = Answer(reply.content, secret)
        if not answer.signed:
            self._diary.odd.append(f"{command}: an answer with a wrong hash")
        return answer

    def _learn(self, deed: Deed, told: Told, answer: Answer | None) -> None:
        deed.told = told
        deed.said = None if answer is None else answer.said

    def _odd(self, deed: Deed, what: str) -> None:
        self._diary.odd.append(f"{deed}: {what}")

    async def _pause(self) -> None:
        await asyncio.sleep(self.chance.uniform(0.05, 0.2))


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()
