"""The client where it is at work: in a hub's process, and in the worker, over a real database."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from client_stage import BET

from pitboss import worker
from pitboss.domain import ids
from pitboss.domain.agents.entry import NewAgent, WalletTermsChanges
from pitboss.domain.catalogue import AgentType
from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.domain.seamless.operator_call import Agreed, NotKnown, NotSent, OperatorCall
from pitboss.engine.open import open_hub
from pitboss.operators import open_wallets
from pitboss.settings import Settings
from pitboss.storage.agents import create_agent
from pitboss.storage.secrets import SecretBox, ensure_master_key, read_master_key
from signed_http import http, sha1
from wallet_peer import FINE, SECRET, WalletPeer, wallet_peer, writing

NOW = datetime.now(UTC)


@pytest.fixture
async def peer() -> AsyncIterator[WalletPeer]:
    async with wallet_peer() as peer:
        yield peer


@pytest.fixture
async def owner(database_url: str, tmp_path: Path, peer: WalletPeer) -> AsyncIterator[asyncpg.Connection]:
    """The database's owner; agent 1 keeps its players' money at the peer."""
    conn = await asyncpg.connect(database_url)
    box = SecretBox(read_master_key(await ensure_master_key(conn, tmp_path)))
    numbers = count(1)
    sea = NewAgent(
        name="Sea", type=AgentType.SEAMLESS, currencies=(CurrencyWish("EUR"),), wallet_url=peer.url, secret=SECRET,
        operator_id="casinosea", wallet_terms=WalletTermsChanges(concurrency=7),
    )  # fmt: skip
    await create_agent(conn, box, sea, EVERYWHERE_INSIDE, actor="test", now=NOW, number=lambda: next(numbers))
    yield conn
    await conn.close()


async def rows_in(owner: asyncpg.Connection, wanted: int) -> list[asyncpg.Record]:
    async with asyncio.timeout(30):
        while len(rows := await owner.fetch("SELECT * FROM api_error ORDER BY id")) != wanted:
            await asyncio.sleep(0.05)
    return list(rows)


async def test_a_hub_asks_and_what_fails_is_in_the_agents_log(
    database_url: str, owner: asyncpg.Connection, peer: WalletPeer
) -> None:
    async with open_hub(Settings(database_url), open_wallets) as hub:
        assert hub.live.current.agents[1].wallet_terms.concurrency == 7
        call = OperatorCall(1, "changebalance", BET, "tx-1")
        assert isinstance(await hub.operator_wallets.ask(call), Agreed)
        peer.answer = writing(http(b'{"why": "%b"}' % SECRET.encode(), "500 No"))
        assert await hub.operator_wallets.ask(call) == NotKnown("HTTP 500", 500)
        [row] = await rows_in(owner, 1)
    assert (row["agent_id"], row["direction"], row["reference"], row["http_status"]) == (1, "out", "tx-1", 500)
    assert row["url"] == f"{peer.url}/changebalance" and row["answer"] == '{"why": "***"}'
    asked = peer.seen[-1]
    assert json.loads(row["request"])["data"]["amount"] == 17.25
    for secret in (
        SECRET,
        asked.said["hash"],
        asked.headers["x-authorization"],
        "launchtoken0123456789abc",
        sha1("OK"),
    ):
        assert secret not in str(tuple(row))


async def test_another_secret_or_address_counts_without_a_restart(
    database_url: str, owner: asyncpg.Connection, peer: WalletPeer
) -> None:
    async with open_hub(Settings(database_url), open_wallets) as hub, wallet_peer(FINE) as moved:
        await owner.execute("UPDATE agent SET wallet_url = $1 WHERE id = 1", moved.url)
        await owner.execute("UPDATE hub SET config_version = config_version + 1")
        await hub.live.refresh()
        assert isinstance(await hub.operator_wallets.ask(OperatorCall(1, "cancel", "{}")), Agreed)
        assert (len(moved.seen), len(peer.seen)) == (1, 0)


async def test_a_process_without_operators_asks_none(
    database_url: str, owner: asyncpg.Connection, peer: WalletPeer
) -> None:
    async with open_hub(Settings(database_url)) as hub:
        assert isinstance(await hub.operator_wallets.ask(OperatorCall(1, "cancel", "{}")), NotSent)
    assert peer.seen == []


async def test_the_worker_deletes_what_is_a_week_old(database_url: str, owner: asyncpg.Connection) -> None:
    for days in (8, 6):
        at = NOW - timedelta(days=days)
        await owner.execute(
            "INSERT INTO api_error VALUES (1, $1, $2, 'out', 'wallet', 'cancel', '', '', NULL, 'x', 1, NULL, NULL)",
            ids.time_ordered_id(int(at.timestamp()) * 10**9, 1), at,
        )  # fmt: skip
    stop = asyncio.Event()
    working = asyncio.create_task(worker.work(Settings(database_url), stop))
    [kept] = await rows_in(owner, 1)
    stop.set()
    await asyncio.wait_for(working, 30)
    assert NOW - kept["at"] < timedelta(days=7)
