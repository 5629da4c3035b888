"""Being a studio of a seamless agent's players, and looking at what the hub and the operator made of it."""

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from own_worker import OwnWorker
from pitboss.engine.hub import Hub
from pitboss.engine.open import open_hub
from pitboss.operators import open_wallets
from pitboss.operators.recovery import Recovery
from pitboss.settings import Settings
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.secrets import SecretBox
from pitboss.storage.verify import verify
from scripted_operator import ScriptedOperator
from wallet_peer import SECRET
from wallet_world import Player, Reply, World, arrange

TIMEOUT_MS = 3_000
"""What the operator keeps back for as long as a test looks at it is no silence, however busy the machine is."""
_numbers = itertools.count(10_001)


class Clock:
    """The hub's and the recovery's time; tests may step it forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class SeamlessWorld(World):
    """A World whose players' money is with `operator`."""

    def __init__(
        self, hub: Hub, owner: asyncpg.Connection, box: SecretBox, agent_id: int, provider_id: int,
        operator: ScriptedOperator, database: Database, recovery: Recovery,
    ) -> None:  # fmt: skip
        super().__init__(hub, owner, box, agent_id, provider_id)
        self.operator = operator
        self.database = database
        self.recovery = recovery

    async def guest(self, user_id: str | None = None) -> Player:
        """A player whom the operator calls `user_id`, with a session of the operator's and the hub's token."""
        player = await self.player()
        number = next(_numbers)
        await self.owner.execute(
            "UPDATE player SET operator_user_id = $2 WHERE player_id = $1", player.player_id, user_id or f"u{number}"
        )
        await self.owner.execute(
            "UPDATE session SET operator_token = $2 WHERE token = $1", player.token, f"operatorstoken{number:010d}"
        )
        return player

    def tx(self) -> int:
        """A transaction or round id nobody used."""
        return next(_numbers)

    async def status(self, player: Player, tx: int, kind: str = "BET", round_id: int = 1727) -> Reply:
        data = {"user_id": player.user_id, "transaction_id": tx, "transaction_type": kind, "round_id": round_id}
        return await self.call("status", data)

    async def cancel(self, player: Player, tx: int, round_id: int = 1727, **more: Any) -> Reply:
        data = {"user_id": player.user_id, "transaction_id": tx, "round_id": round_id, "game_id": 200}
        return await self.call("cancel", data | {"round_finished": None} | more)

    async def finish(self, player: Player, round_id: int) -> Reply:
        return await self.call("finishround", {"user_id": player.user_id, "round_id": round_id, "game_id": 200})

    async def state(self, tx: int) -> str | None:
        """The transaction's state in the hub's own books; None when there is none."""
        found: str | None = await self.owner.fetchval(
            "SELECT state FROM transaction WHERE provider_tx_id = $1 AND NOT is_cancel", str(tx)
        )
        return found

    async def unsettled(self) -> list[tuple[str, str, str]]:
        """Kind, subject and phase of each call that is not settled."""
        rows = await self.owner.fetch("SELECT kind, subject, phase FROM operator_call ORDER BY wallet_id, place")
        return [tuple(row) for row in rows]

    async def moved(self, tx: int) -> int | None:
        """What the transaction moved for the player, minor units; None when it is not there."""
        found: int | None = await self.owner.fetchval(
            "SELECT sum(real_amount)::bigint FROM transaction WHERE provider_tx_id = $1", str(tx)
        )
        return found

    async def recover(self, later: timedelta = timedelta(0)) -> None:
        """One turn of the worker, as if `later` had passed since."""
        if later:
            await self.owner.execute(
                "UPDATE operator_call SET due = due - $1::interval, taken_until = taken_until - $1::interval,"
                " asked_at = asked_at - $1::interval",
                later,
            )
        await self.recovery.turn()
        await self.recovery.close()

    async def must_be_whole(self) -> None:
        """The ledger is what its parts say, and so are the agent's events."""
        as_worker = await Database.open(self.hub.settings.database_url, WORKER_ROLE, size=1)
        try:
            await OwnWorker(as_worker, self.database).catch_up()
        finally:
            await as_worker.close()
        findings = await verify(self.database)
        assert findings == [], findings


@asynccontextmanager
async def at_work(url: str, owner: asyncpg.Connection, directory: Path) -> AsyncIterator[SeamlessWorld]:
    """Hub, scripted operator and recovery over a fresh database."""
    operator = ScriptedOperator()
    wallet_url = await operator.start()
    try:
        async with at_work_with(operator, wallet_url, SECRET, TIMEOUT_MS, url, owner, directory) as world:
            yield world
    finally:
        operator.stop()


@asynccontextmanager
async def at_work_with(
    operator: ScriptedOperator, wallet_url: str, secret: str, timeout_ms: int, url: str, owner: asyncpg.Connection,
    directory: Path, operator_id: str | None = None,
) -> AsyncIterator[SeamlessWorld]:  # fmt: skip
    """Hub and recovery whose agent's wallet is at `wallet_url`."""
    box, agent_id = await arrange(owner, directory, wallet_url, secret)
    await owner.execute("UPDATE agent SET wallet_timeout_ms = $1, wallet_connect_timeout_ms = $1", timeout_ms)
    if operator_id is not None:
        await owner.execute("UPDATE agent SET operator_id = $1", operator_id)
    as_owner = await Database.open(url, None, size=2)
    as_worker = await Database.open(url, WORKER_ROLE, size=2)
    try:
        async with open_hub(Settings(url, allow_private_urls=True), open_wallets) as hub:
            provider_id = hub.live.current.providers_by_code["acme"].id
            recovery = Recovery(as_worker, hub.seamless, hub.clock)
            yield SeamlessWorld(hub, owner, box, agent_id, provider_id, operator, as_owner, recovery)
    finally:
        await as_owner.close()
        await as_worker.close()


def said(data: dict[str, Any]) -> str:
    """As JSON with sorted members, to compare what was sent."""
    return json.dumps(data, sort_keys=True)
