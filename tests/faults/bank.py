"""R1's bank: clients that move money as fast as they can and count for themselves what every player should own."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import asyncpg
from engines import Desk
from ledger_checks import snapshot_problems

from pitboss.bench.world import Seat, World
from pitboss.domain.play.decision import Accepted, Outcome, Refused
from pitboss.domain.refusals import Refusal
from pitboss.engine.decide import Command

_VERDICTS = {Refusal.INSUFFICIENT_FUNDS, Refusal.AGENT_INSUFFICIENT_FUNDS}
# Stakes are larger than wins, so that wallets stay near zero, where the rules bite.
_LARGEST = {"bet": 5_000, "win": 2_000, "deposit": 5_000, "withdraw": 5_000}
_BETWEEN_READS = 0.1


@dataclass
class Bank:
    """`expected` holds what each wallet should own by the outcomes that were told; `odd` the outcomes no client should get."""

    world: World
    desks: Sequence[Desk]
    opening: int
    kinds: Sequence[str] = tuple(_LARGEST)
    expected: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    odd: list[Outcome] = field(default_factory=list)
    reads: int = 0
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._seats = [seat for seats in self.world.seats for seat in seats]
        self._numbers = iter(range(1, 10**9))
        for seat in self._seats:
            self.expected[seat.user_in_game] = self.opening

    async def run(self, transfers: int, clients: int, database_url: str) -> None:
        """`transfers` in all, by `clients` at once; snapshots are read meanwhile until they are done."""
        todo = iter(range(transfers))
        done = asyncio.Event()
        reader = asyncio.create_task(self._read(database_url, done))
        await asyncio.gather(*(self._client(number, todo) for number in range(clients)))
        done.set()
        await reader

    async def _client(self, number: int, todo: Iterator[int]) -> None:
        chance = random.Random(number)
        desk = self.desks[number % len(self.desks)]
        for _ in todo:
            seat, kind = chance.choice(self._seats), chance.choice(self.kinds)
            amount = chance.randint(1, _LARGEST[kind])
            outcome = await desk.engine.submit(self._command(desk, seat, kind, amount))
            self._count(seat, kind, amount, outcome)

    def _command(self, desk: Desk, seat: Seat, kind: str, amount: int) -> Command:
        tx_id = str(next(self._numbers))
        if kind == "bet":
            return desk.bet(seat, tx_id, amount)
        if kind == "win":
            return desk.win(seat, tx_id, amount)
        return desk.move(seat, tx_id, amount, deposit=kind == "deposit")

    def _count(self, seat: Seat, kind: str, amount: int, outcome: Outcome) -> None:
        if isinstance(outcome, Accepted):
            self.told[kind] += 1
            self.expected[seat.user_in_game] += amount if kind in ("win", "deposit") else -amount
        elif isinstance(outcome, Refused) and outcome.refusal in _VERDICTS:
            self.told["refused"] += 1
        else:
            self.odd.append(outcome)

    async def _read(self, database_url: str, done: asyncio.Event) -> None:
        conn = await asyncpg.connect(database_url)
        try:
            while not done.is_set() and not self.problems:
                self.problems += await snapshot_problems(conn)
                self.reads += 1
                # A read of everything takes a core; the clients need it too.
                await asyncio.sleep(_BETWEEN_READS)
            # And once when all is done: however few reads there were, what went wrong is seen.
            self.problems += await snapshot_problems(conn)
        finally:
            await conn.close()
