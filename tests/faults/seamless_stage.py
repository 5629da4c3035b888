"""R5 in one process: a hub and its recovery beside the test, a fault proxy, a real operator. Quick enough to plant mistakes in."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

from careful_studio import CarefulStudio, Diary
from fault_proxy import FAULTS, Fault, FaultProxy, fault_proxy
from operator_process import OperatorProcess
from pitboss.edges.wallet_api.asgi import WalletApi
from pitboss.engine.hub import Hub
from pitboss.engine.open import open_hub
from pitboss.operators import open_wallets
from pitboss.operators.recovery import Recovery
from pitboss.settings import Settings
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.verify import verify
from seamless_casino_world import SeamlessCasino, build_casino
from three_books import disagreements, open_ends

TIMEOUT_MS = 400
GUESTS = 10
HEALED_WITHIN = 60.0


class SeamlessStage:
    """`diary` is of all who played here."""

    def __init__(
        self, hub: Hub, database_url: str, casino: SeamlessCasino, operator: OperatorProcess, proxy: FaultProxy
    ) -> None:
        self.hub, self.casino, self.operator, self.proxy = hub, casino, operator, proxy
        self._database_url = database_url
        self.diary = Diary()

    async def play(self, transactions: int, rate: float) -> None:
        """So many more, with so many faults, and then none any more."""
        self.proxy.rate = rate
        goal = self.diary.settled() + transactions
        studios = [self.studio(number) for number in range(GUESTS)]
        await asyncio.gather(*(studio.play(lambda: self.diary.settled() >= goal) for studio in studios))
        self.proxy.heal()

    def studio(self, number: int) -> CarefulStudio:
        transport = httpx.ASGITransport(WalletApi(self.hub))
        return CarefulStudio(self.casino, ["http://hub"], self.diary, self.casino.guests[number], number, transport)

    async def problems(self) -> list[str]:
        """What is not settled, what does not agree, what does not add up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEALED_WITHIN):
                while await open_ends(self._database_url):
                    await asyncio.sleep(0.1)
        found = await open_ends(self._database_url)
        found += await disagreements(self._database_url, self.operator, self.casino, self.diary)
        owner = await Database.open(self._database_url, None, size=2)
        try:
            return found + [str(finding) for finding in await verify(owner)]
        finally:
            await owner.close()

    def fates(self) -> Counter[str]:
        return Counter(f"{deed.kind} {deed.told}" for deed in self.diary.deeds.values())


@asynccontextmanager
async def seamless_stage(
    database_url: str,
    folder: Path,
    operator: OperatorProcess,
    faults: tuple[Fault, ...] = FAULTS,
    timeout_ms: int = TIMEOUT_MS,
) -> AsyncIterator[SeamlessStage]:
    """Over a fresh, migrated database. `timeout_ms`: how long the hub waits for the operator."""
    as_worker = await Database.open(database_url, WORKER_ROLE, size=2)
    try:
        async with fault_proxy(f"{operator.url}/wallet", 1.5 * timeout_ms / 1000, 5, faults) as proxy:
            casino = await build_casino(database_url, folder, operator, proxy.url, guests=GUESTS, timeout_ms=timeout_ms)
            async with open_hub(Settings(database_url, allow_private_urls=True), open_wallets) as hub:
                recovery = Recovery(as_worker, hub.seamless, hub.clock)
                at_work = asyncio.create_task(_recover(recovery))
                try:
                    yield SeamlessStage(hub, database_url, casino, operator, proxy)
                finally:
                    at_work.cancel()
                    await asyncio.gather(at_work, return_exceptions=True)
                    await recovery.close()
    finally:
        await as_worker.close()


async def _recover(recovery: Recovery) -> None:
    while True:
        await recovery.turn()
        await asyncio.sleep(0.05)
