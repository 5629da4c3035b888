"""An agent's own money as the back office moves and reads it: once for one wish, and nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent_stage import Stage, on_stage
from pitboss.domain.invalid import Invalid
from pitboss.engine.agent_funding import Funded, fund_from_outside
from pitboss.storage.database import Database
from pitboss.storage.players.wallets import read_agent_balances


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as set_up:
        yield set_up


@pytest.fixture
async def owner(stage: Stage, database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url, role=None, size=8)
    yield database
    await database.close()


async def fund(
    stage: Stage, owner: Database, amount: str, request_id: str | None, agent_id: int | None = None
) -> Funded:
    async with owner.anyone() as conn:
        return await fund_from_outside(
            stage.hub, conn, agent_id or stage.one.agent_id, "EUR", amount, request_id,
            actor="staff:anna", now=datetime.now(UTC),
        )  # fmt: skip


async def held(stage: Stage, agent_id: int, *currencies: str) -> dict[str, int]:
    async with stage.hub.database.tenant(stage.one.agent_id) as conn:
        return await read_agent_balances(conn, agent_id, currencies)


async def test_one_wish_asked_for_many_times_at_once_moves_money_once(stage: Stage, owner: Database) -> None:
    before = await held(stage, stage.one.agent_id, "EUR")
    told = await asyncio.gather(*(fund(stage, owner, "100.25", "a-wish") for _ in range(20)))
    after = await held(stage, stage.one.agent_id, "EUR")
    assert after["EUR"] == before["EUR"] + 10_025
    assert {(one.amount, one.balance, one.currency.code) for one in told} == {(10_025, after["EUR"], "EUR")}
    with pytest.raises(Invalid, match="request_id"):
        await fund(stage, owner, "100.26", "a-wish")
    await asyncio.gather(*(fund(stage, owner, "-0.25", None) for _ in range(4)))
    assert (await held(stage, stage.one.agent_id, "EUR"))["EUR"] == before["EUR"] + 10_025 - 100
    audited = await stage.owner.fetch(
        "SELECT action, actor, detail->>'amount' AS amount FROM audit WHERE action LIKE 'agent.fund%' ORDER BY seq"
    )
    assert {row["actor"] for row in audited} == {"staff:anna"}
    assert sorted(row["action"] for row in audited) == ["agent.fund"] * 25 + ["agent.fund.refused"]


@pytest.mark.parametrize("amount", ["0", "-0", "0.001", "1e2", "NaN", "", " 1", "1,5", "99999999999999999"])
async def test_what_is_no_amount_moves_nothing(stage: Stage, owner: Database, amount: str) -> None:
    before = await held(stage, stage.one.agent_id, "EUR")
    with pytest.raises(Invalid, match="amount"):
        await fund(stage, owner, amount, None)
    assert await held(stage, stage.one.agent_id, "EUR") == before


async def test_balances_are_of_the_agents_own_wallets_and_no_other_tenants(stage: Stage) -> None:
    expected = await stage.owner.fetch(
        "SELECT currency, balance FROM wallet WHERE agent_id = $1 AND player_id IS NULL", stage.one.agent_id
    )
    wanted = {row["currency"]: row["balance"] for row in expected}
    assert await held(stage, stage.one.agent_id, *wanted, "XTS") == wanted and wanted["EUR"] > 0
    assert await held(stage, stage.other.agent_id, "EUR") == {}
