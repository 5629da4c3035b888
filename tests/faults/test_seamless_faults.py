"""R5: hub and operator agree to the cent although three in ten calls between them go wrong and processes are killed.

PITBOSS_FAULT_TRANSACTIONS sets how many transactions are played; 10000 is the full measure.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from careful_studio import CarefulStudio, Diary
from fault_proxy import FAULTS, FaultProxy, fault_proxy
from operator_process import OperatorProcess
from seamless_casino_world import SeamlessCasino, build_casino
from supervised import Supervised, supervised_hub
from three_books import disagreements, open_ends

TRANSACTIONS = int(os.environ.get("PITBOSS_FAULT_TRANSACTIONS", "500"))
GUESTS, TIMEOUT_MS = 24, 500
HEALED_WITHIN = 60.0
PER_KILL = 60 if TRANSACTIONS < 2_000 else 250
FATES = {("BET", "good"), ("BET", "void"), ("BET", "refused"), ("WIN", "promised"), ("REFUND", "good")}
"""What must have happened, for the test to show anything."""


@pytest.fixture
def operator(tmp_path: Path):  # type: ignore[no-untyped-def]
    process = OperatorProcess(tmp_path / "books").start()
    yield process
    assert process.stop() == 0


async def _kill(programs: list[Supervised], diary: Diary, chance: random.Random) -> int:
    """SIGKILL one of the hub's processes whenever so many more transactions are settled; how often."""
    kills = 0
    while not _enough(diary):
        goal = diary.settled() + PER_KILL
        while diary.settled() < goal and not _enough(diary):
            await asyncio.sleep(0.05)
        victim = chance.choice(programs).program
        if victim.running():
            os.kill(victim.pid, signal.SIGKILL)
            kills += 1
    return kills


def _enough(diary: Diary) -> bool:
    """Play goes on until there was everything."""
    return diary.settled() >= TRANSACTIONS and set(_fates(diary)) >= FATES


def _fates(diary: Diary) -> Counter[tuple[str, str]]:
    return Counter((deed.kind, str(deed.told)) for deed in diary.deeds.values())


async def _healed(database_url: str, began: float) -> float:
    """Seconds since `began` until nothing is open between hub and operator; fails after HEALED_WITHIN."""
    while left := await open_ends(database_url):
        assert time.monotonic() - began < HEALED_WITHIN, left[:20]
        await asyncio.sleep(0.2)
    return time.monotonic() - began


async def _play(
    casino: SeamlessCasino, proxy: FaultProxy, ports: list[int], programs: list[Supervised]
) -> tuple[Diary, int]:
    diary = Diary()
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    proxy.rate = 0.3
    studios = [
        CarefulStudio(casino, urls[number % 2 :] + urls[: number % 2], diary, guest, number)
        for number, guest in enumerate(casino.guests)
    ]
    playing = asyncio.gather(*(studio.play(lambda: _enough(diary)) for studio in studios))
    kills = await _kill(programs, diary, random.Random(9))
    proxy.heal()
    await playing
    return diary, kills


async def test_hub_and_operator_agree_through_every_fault_and_kill(
    database_url: str, tmp_path: Path, operator: OperatorProcess
) -> None:
    async with fault_proxy(f"{operator.url}/wallet", late=1.5 * TIMEOUT_MS / 1000, seed=3) as proxy:
        casino = await build_casino(database_url, tmp_path, operator, proxy.url, guests=GUESTS, timeout_ms=TIMEOUT_MS)
        began = time.monotonic()
        async with supervised_hub(database_url, tmp_path, 2, workers=2) as (ports, programs):
            try:
                diary, kills = await _play(casino, proxy, ports, programs)
            except TimeoutError:
                raise AssertionError(await open_ends(database_url)) from None
            played = time.monotonic() - began
            healed = await _healed(database_url, proxy.healed_at)
            problems = await disagreements(database_url, operator, casino, diary)
        audit = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "pitboss", "verify"],
            env=os.environ | {"PITBOSS_DATABASE_URL": database_url},
            capture_output=True,
            text=True,
            timeout=120,
        )
    fates = _fates(diary)
    print(
        f"{len(diary.deeds)} transactions in {played:.0f} s, {kills} kills, healed in {healed:.1f} s; {proxy.ill} calls,"
        f" {sum(proxy.seen.values())} faults {dict(proxy.seen)}; {dict(fates)}"
    )
    assert problems == []
    assert audit.returncode == 0, audit.stdout
    assert set(proxy.seen) == set(FAULTS), "not every kind of fault happened"
    assert kills > 4 and sum(proxy.seen.values()) > proxy.ill / 5
    assert set(fates) >= FATES, fates
